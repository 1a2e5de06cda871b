"""Dates, times, sizes, money and text as people read them. Built in: templates need no `load`."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from django import template
from django.conf import settings
from django.forms import BaseForm, BaseFormSet
from django.urls import translate_url
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from ground import clock, kept, richtext
from ground.text import titled

register = template.Library()

# Lithuanian says "Vilniaus laiku": the name of a zone is one translatable whole, never put together.
ZONES: dict[str, str | Promise] = {
    "Europe/Vilnius": gettext_lazy("Vilnius time"),
    "Europe/Amsterdam": gettext_lazy("Amsterdam time"),
    "Europe/Athens": gettext_lazy("Athens time"),
    "Europe/Berlin": gettext_lazy("Berlin time"),
    "Europe/Brussels": gettext_lazy("Brussels time"),
    "Europe/Copenhagen": gettext_lazy("Copenhagen time"),
    "Europe/Dublin": gettext_lazy("Dublin time"),
    "Europe/Helsinki": gettext_lazy("Helsinki time"),
    "Europe/Lisbon": gettext_lazy("Lisbon time"),
    "Europe/London": gettext_lazy("London time"),
    "Europe/Madrid": gettext_lazy("Madrid time"),
    "Europe/Oslo": gettext_lazy("Oslo time"),
    "Europe/Paris": gettext_lazy("Paris time"),
    "Europe/Riga": gettext_lazy("Riga time"),
    "Europe/Rome": gettext_lazy("Rome time"),
    "Europe/Stockholm": gettext_lazy("Stockholm time"),
    "Europe/Tallinn": gettext_lazy("Tallinn time"),
    "Europe/Vienna": gettext_lazy("Vienna time"),
    "Europe/Warsaw": gettext_lazy("Warsaw time"),
    "America/Monterrey": gettext_lazy("Monterrey time"),
    "UTC": gettext_lazy("coordinated universal time"),
}

_KINDS = {
    "application/pdf": "PDF",
    "application/zip": "ZIP",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
    "application/vnd.oasis.opendocument.text": "ODT",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "text/csv": "CSV",
    "text/plain": "TXT",
}


def locale_name() -> str:
    """The CLDR locale of the language in use; English is written the European way (1 March 2026)."""
    return "lt" if (get_language() or "").startswith("lt") else "en_GB"


def zone_words(zone: str) -> str:
    """The name of an IANA zone in words ("Vilnius time"), or the bare zone where there is no name."""
    name = ZONES.get(zone)
    return str(name) if name else _("time zone %(zone)s") % {"zone": zone}


@register.filter(expects_localtime=True)
def day(value: dt.date | None) -> str:
    """A date in full: "1 March 2026", "2026 m. kovo 1 d." (it breaks around the month alone); empty for no date."""
    if not isinstance(value, dt.date):
        return ""
    # The same moment in two zones is equal, and may lie on two days.
    return _day(value.date() if isinstance(value, dt.datetime) else value, locale_name())


# What a date or a number is called is remembered: the same ones stand on many pages, and to write one costs as much
# as to draw a small component.
@lru_cache(maxsize=5000)
def _day(value: dt.date, locale: str) -> str:
    if locale != "lt":
        return format_date(value, "d MMMM y", locale=locale)
    return _SHORT_FOR.sub("\u00a0\\1", format_date(value, "long", locale=locale))


# "m." and "d." stay with their number, "2026 m." and "1 d.", where a line is narrow.
_SHORT_FOR = re.compile(r" ([md]\.)")


@register.filter(expects_localtime=True)
def weekday(value: dt.date | None) -> str:
    """The name of the day of the week ("Thursday", "ketvirtadienis"); empty for no date."""
    return format_date(value, "EEEE", locale=locale_name()) if isinstance(value, dt.date) else ""


@register.filter
def moment(value: dt.datetime | None, zone: str = "") -> str:
    """A moment in `zone`: "3 December 2026, 23:59 (Vilnius time)"; the portal's own zone when none is given."""
    if not isinstance(value, dt.datetime):
        return ""
    zone = str(zone or settings.TIME_ZONE)
    local = value.astimezone(ZoneInfo(zone))
    words = {"day": day(local.date()), "time": local.strftime("%H:%M"), "zone": zone_words(zone)}
    return _("%(day)s, %(time)s (%(zone)s)") % words


@register.filter
def iso(value: dt.date | dt.datetime | None) -> str:
    """For the `datetime` attribute of `<time>`: 2026-03-01, or 2026-12-03T21:59Z."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, dt.date) else ""


def days_until(value: dt.date | dt.datetime, until_from: Any = None) -> int:
    """Whole days from today to `value`; `until_from` is today's date or the zone that tells it."""
    if isinstance(until_from, dt.datetime):
        until_from = timezone.localtime(until_from).date()
    if isinstance(until_from, dt.date):
        today, zone = until_from, settings.TIME_ZONE
    else:
        zone = str(until_from or settings.TIME_ZONE)
        today = clock.today(zone)
    end = clock.date_in(value, zone) if isinstance(value, dt.datetime) else value
    return (end - today).days


@register.filter
def days_left(value: dt.date | None, today: Any = None) -> str:
    """ "94 days left", "last day today", "ended on 1 March 2026"; `today` is a date or a zone."""
    if not isinstance(value, dt.date):
        return ""
    left = days_until(value, today)
    if left < 0:
        return _("ended on %(day)s") % {"day": day(value)}
    if left == 0:
        return _("last day today")
    return filled(ngettext("%(count)d day left", "%(count)d days left", left), count=left)


@register.filter
def closes(value: dt.date | None, today: Any = None) -> str:
    """ "closes in 12 days", "closes today", "closed on 3 December 2026"; `today` is a date or a zone."""
    if not isinstance(value, dt.date):
        return ""
    left = days_until(value, today)
    if left < 0:
        return _("closed on %(day)s") % {"day": day(value)}
    if left == 0:
        return _("closes today")
    return filled(ngettext("closes in %(count)d day", "closes in %(count)d days", left), count=left)


SOON = 30  # days; amber is for time that runs out


@register.filter
def urgency(value: dt.date | None, today: Any = None) -> str:
    """The tone of a deadline: "signal" in its last 30 days, quiet before; `today` is a date or a zone."""
    return "signal" if isinstance(value, dt.date) and days_until(value, today) <= SOON else ""


@register.filter
def starts(value: dt.date | None, today: Any = None) -> str:
    """ "in 12 days", "tomorrow", "today", "took place on 3 December 2026"; `today` is a date or a zone."""
    if not isinstance(value, dt.date):
        return ""
    left = days_until(value, today)
    if left < 0:
        return _("took place on %(day)s") % {"day": day(value)}
    if left < 2:
        return _("tomorrow") if left else _("today")
    return filled(ngettext("in %(count)d day", "in %(count)d days", left), count=left)


@register.filter
def overdue(value: dt.date | None, today: Any = None) -> str:
    """ "6 days overdue" for a date that has passed, else empty; `today` is a date or a zone."""
    late = -days_until(value, today) if isinstance(value, dt.date) else 0
    words = ngettext("%(count)d day overdue", "%(count)d days overdue", late)
    return filled(words, count=late) if late > 0 else ""


@register.filter
def number(value: Any) -> str:
    """A number with the language's own marks: "6,142" and "6 142", below naught with a real minus sign."""
    if not isinstance(value, int | float | Decimal):
        return ""
    return _number(value, locale_name())


@lru_cache(maxsize=5000, typed=True)
def _number(value: Any, locale: str) -> str:
    return format_decimal(value, locale=locale).replace("-", "−")


@register.filter
def degrees(value: Any, axis: str) -> str:
    """A latitude or longitude (`axis`) with its side of the world: "25.67507° N", "100.31847° W"; empty for none."""
    if not isinstance(value, int | float | Decimal):
        return ""
    sides = {
        ("latitude", True): _("%(degrees)s° N"), ("latitude", False): _("%(degrees)s° S"),
        ("longitude", True): _("%(degrees)s° E"), ("longitude", False): _("%(degrees)s° W"),
    }  # fmt: skip
    away = Decimal(value).copy_abs()
    return sides[axis, value >= 0] % {"degrees": format_decimal(away, format="0.#####", locale=locale_name())}


register.filter("titled", titled)


def filled(words: str, **values: Any) -> str:
    """Translated `words` with their gaps filled; `%(name)d` takes a number as people read it: "1 264", never "1264"."""
    return _COUNT.sub(r"%(\1)s", words) % {
        name: number(value) if isinstance(value, int) else value for name, value in values.items()
    }


_COUNT = re.compile(r"%\((\w+)\)d")


@register.filter
def money(value: Any, currency: str = "EUR") -> str:
    """An amount with its currency, cents only where there are some: "€12,000", "12 000 €"."""
    if not isinstance(value, int | Decimal):
        return ""
    return _money(value, str(currency), locale_name())


@lru_cache(maxsize=5000, typed=True)
def _money(value: int | Decimal, currency: str, locale: str) -> str:
    whole = value == int(value)
    said = format_currency(
        value, currency, locale=locale, currency_digits=not whole, decimal_quantization=not whole,
        format=None if not whole else ("#,##0 ¤" if locale == "lt" else "¤#,##0"),
    )  # fmt: skip
    return said.replace("-", "−")


@register.filter
def size(octets: int | None) -> str:
    """The size of a file: "240 kB", "1.1 MB"."""
    if octets is None:
        return ""
    if octets < 1000:
        return ngettext("%(count)d byte", "%(count)d bytes", octets) % {"count": octets}
    unit, factor = ("MB", 1_000_000) if octets >= 999_500 else ("kB", 1000)
    pattern = "#,##0.#" if unit == "MB" else "#,##0"
    return f"{format_decimal(octets / factor, pattern, locale=locale_name())}\u00a0{unit}"


@register.filter
def kind(content_type: str | None) -> str:
    """The short name of a file's type: "PDF", "DOCX"."""
    content_type = (content_type or "").split(";")[0]
    return _KINDS.get(content_type, content_type.rpartition("/")[2].upper())


@register.filter
def markdown(source: str | None) -> SafeString:
    """Markdown as safe HTML."""
    return richtext.render(source)


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """`mapping[key]`, or nothing: for keys that a template can't write with a dot."""
    return mapping.get(key, "") if hasattr(mapping, "get") else ""


def in_language(record: Any, field: str) -> tuple[str, str]:
    """The text of a translated `field` and its language: the one in use, else another that has it."""
    current = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
    for code in sorted((code for code, _name in settings.LANGUAGES), key=lambda code: code != current):
        if words := getattr(record, f"{field}_{code}", None):
            return str(words), code if code != current else ""
    return "", ""


@register.simple_tag
def text(record: Any, field: str) -> SafeString | str:
    """A translated field as plain text, marked with its language when that isn't the page's."""
    words, other = in_language(record, field)
    return format_html('<span lang="{}">{}</span>', other, words) if other else words


@register.simple_tag
def words(record: Any, field: str) -> str:
    """A translated field where no mark-up may stand, as in the title of a page."""
    return in_language(record, field)[0]


@register.simple_tag
def rich(record: Any, field: str, top: int = 3) -> SafeString:
    """A translated Markdown field as HTML, marked with its language when that isn't the page's; headings from `top`."""
    words, other = in_language(record, field)
    html = richtext.render(words, top=top)
    return format_html('<div class="flow" lang="{}">{}</div>', other, html) if other else html


@register.simple_tag(takes_context=True)
def languages(context: template.Context) -> list[dict[str, Any]]:
    """This page in every language: code, name, path with its query, and whether it is the present one."""
    request = context.get("request")
    path = request.get_full_path() if request else "/"
    known: dict[str, list[dict[str, Any]]] = request.__dict__.setdefault("_languages", {}) if request else {}
    if path not in known:  # a page says it twice, in its head and in its frame
        known[path] = [
            {"code": code, "name": name, "path": _in_other_words(path, code)}
            for code, name in settings.LANGUAGES
        ]
    return [{**one, "current": one["code"] == get_language()} for one in known[path]]


def _in_other_words(path: str, code: str) -> str:
    """The same page in the language `code`: addresses differ by their first part alone, so none is looked up."""
    here = f"/{get_language()}/"
    return f"/{code}/{path.removeprefix(here)}" if path.startswith(here) else translate_url(path, code)


def wrong(candidate: Any) -> bool:
    """Whether `candidate` is a form or formset that was sent and has errors.

    Asks the type itself: looking into what is lazy would read the unread count and make a form token for every page.
    """
    if issubclass(type(candidate), BaseForm):
        return candidate.is_bound and bool(candidate.errors)
    return issubclass(type(candidate), BaseFormSet) and candidate.is_bound and not candidate.is_valid()


@register.simple_tag(takes_context=True)
def error_prefix(context: template.Context) -> str:
    """ "Error: " for the title of a page on which a form was sent with errors."""
    return _("Error: ") if any(wrong(value) for value in context.flatten().values()) else ""


@register.simple_tag(takes_context=True)
def typed_by(context: template.Context, address: str = "") -> SafeString:
    """Stands in a form whose words are kept when its session ends before it is sent (see `ground.kept`).

    `address` is where the form is sent, if that is not the address of the page.
    """
    request = context["request"]
    proof = kept.proof_for(request.user, address or request.path)
    return format_html('<input type="hidden" name="{}" value="{}">', kept.FIELD, proof)
