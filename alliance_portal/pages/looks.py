"""What a search looks at: each kind of record with the rows that the person may see, their order and what is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ground import clock
from ground.search import Words, how_well, how_well_entered
from ground.templatetags.ground_tags import day
from members.models import Centre, Contact, Organisation, OrganisationalUnit, University
from mobility.models import Call, Place
from news.models import Event, NewsItem
from projects.models import Programme, Project

READ = 4000  # signs of a long text in which the words are looked for to show them


@dataclass(frozen=True)
class Hit:
    """One thing found: its name (in `language`, "" for the page's own), where it is, a line about it, its text.

    `elsewhere`: its name and text in the language in which they are not shown, with the code of that language.
    """

    title: str
    href: str
    note: str = ""
    language: str = ""
    text: str = ""
    text_language: str = ""
    elsewhere: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Look:
    """One kind of record.

    `rows`: those that the person may see and the words find. `newest`: their order where they are many; where they are
    few, `rank` goes before it. `columns`: what a hit is made of, by `hit`, without a further query.
    """

    key: str
    title: Any
    rows: Callable[[Any, Words], QuerySet[Any]]
    newest: tuple[str, ...]
    columns: dict[str, Any]
    hit: Callable[[dict[str, Any]], Hit]
    rank: Callable[[Words], Any] | None = None
    more: str = ""

    def all_of(self, typed: str, *, near: bool = False) -> str:
        """Where all that has the words typed can be seen, or with `near` words that differ from them by one letter.

        `more` is a list that narrows further, and takes words as they are typed; for other kinds, and for words that
        are near, it is the list of the search itself.
        """
        listed = reverse("pages:search_all", args=[self.key])
        if near:
            return f"{listed}?{urlencode({'q': typed, 'near': '1'})}"
        return f"{reverse(self.more) if self.more else listed}?{urlencode({'q': typed})}"


def _in_both(*names: str) -> dict[str, Any]:
    return {f"{name}_{code}": F(f"{name}_{code}") for name in names for code in ("en", "lt")}


def _long(name: str) -> dict[str, Any]:
    return {f"text_{code}": Substr(f"{name}_{code}", 1, READ) for code in ("en", "lt")}


_NAMES = ("name", "local_name", "local_language", "lithuanian_name", "short_name", "city", "country")


def _organisation(path: str) -> dict[str, Any]:
    return {name: F(f"{path}__{name}") for name in _NAMES}


def _named(row: dict[str, Any]) -> Organisation:
    return Organisation(**{name: row[name] or "" for name in _NAMES})


def _spoken(row: dict[str, Any], name: str) -> tuple[str, str]:
    """The text in the page's language, else in the other one with its code."""
    current = (get_language() or "en").split("-")[0]
    words, code = next(iter(_versions(row, name)), ("", current))
    return words, "" if code == current else code


def _versions(row: dict[str, Any], name: str) -> list[tuple[str, str]]:
    """The text in each language in which there is one, with its code; that of the page comes first."""
    current = (get_language() or "en").split("-")[0]
    codes = sorted(("en", "lt"), key=lambda code: code != current)
    return [(str(words), code) for code in codes if (words := row.get(f"{name}_{code}"))]


def _told(row: dict[str, Any], name: str, href: str, note: str = "") -> Hit:
    title, language = _spoken(row, name)
    elsewhere = (*_versions(row, name)[1:], *_versions(row, "text")[1:])
    return Hit(title, href, note, language, *_spoken(row, "text"), elsewhere)


def _project(row: dict[str, Any]) -> Hit:
    first, last = row["starts_on"][:4], row["ends_on"][:4]
    years = first if first == last else f"{first}–{last}"
    href = reverse("projects:detail", args=[row["key"]])
    return _told(row, "title", href, f"{row['code']} · {_named(row)} · {years}")


def _where(organisation: Organisation) -> str:
    return ", ".join(part for part in (organisation.city_shown, str(organisation.country.name)) if part)


def _university(row: dict[str, Any]) -> Hit:
    organisation = _named(row)
    return Hit(organisation.name_shown, reverse("members:detail", args=[row["slug"]]), _where(organisation))


def _contact(row: dict[str, Any]) -> Hit:
    lithuanian = row["contact_lt"] if (get_language() or "").startswith("lt") else ""
    subject, language = _spoken(row, "subject")
    note = " · ".join(
        part for part in (_named(row).name_shown, "" if language else subject, row["email"]) if part
    )
    return Hit(
        lithuanian or row["contact"], reverse("members:detail", args=[row["slug"]]) + "#contacts", note
    )


def _call(row: dict[str, Any]) -> Hit:
    closes = day(_date(row["closes_at"], row["zone"]))
    until = _("applications until %(day)s") % {"day": closes}
    return _told(
        row, "title", reverse("mobility:call", args=[row["slug"]]), f"{_named(row).name_shown} · {until}"
    )


def _date(moment: str, zone: str) -> dt.date:
    return clock.date_in(dt.datetime.fromisoformat(moment), zone)


def _place(row: dict[str, Any]) -> Hit:
    host, (field, language) = _named(row).name_shown, _spoken(row, "field")
    title, href = _spoken(row, "title")[0], reverse("mobility:call", args=[row["slug"]])
    return Hit(f"{host}: {field}" if field else host, href, title, language)


def _news(row: dict[str, Any]) -> Hit:
    published = row["published_at"]
    note = day(_date(published, row["zone"] or "Europe/Vilnius")) if published else _("draft")
    return _told(row, "title", reverse("news:detail", args=[row["slug"]]), str(note))


def _event(row: dict[str, Any]) -> Hit:
    place, _language = _spoken(row, "place")
    note = " · ".join(part for part in (str(day(_date(row["starts_by"], row["zone"]))), place) if part)
    return _told(row, "title", reverse("news:event", args=[row["slug"]]), note)


def _programme(row: dict[str, Any]) -> Hit:
    return _told(row, "name", reverse("funding:detail", args=[row["slug"]]))


def _centre(row: dict[str, Any]) -> Hit:
    return _told(row, "centre", reverse("members:centre", args=[row["slug"]]), str(_named(row).name_shown))


def _unit(row: dict[str, Any]) -> Hit:
    return _told(
        row, "unit", reverse("members:detail", args=[row["slug"]]) + "#units", str(_named(row).name_shown)
    )


def _as(prefix: str, name: str) -> dict[str, Any]:
    return {f"{prefix}_{code}": F(f"{name}_{code}") for code in ("en", "lt")}


def _entry_rank(kind: str) -> Callable[[Words], Any]:
    return lambda words: how_well_entered(kind, words)


LOOKS = (
    Look(
        "projects", gettext_lazy("Projects"), lambda user, words: Project.objects.visible_to(user).search(words),
        ("-ends_on", "-pk"),
        {**_in_both("title"), **_long("description"), **_organisation("lead__organisation"),
         **{name: F(name) for name in ("code", "key", "starts_on", "ends_on")}},
        _project, how_well, "projects:list",
    ),
    Look(
        "universities", gettext_lazy("Universities"),
        lambda user, words: University.objects.visible_to(user).search_by_all(words),
        ("organisation__sort_key", "pk"), {**_organisation("organisation"), "slug": F("slug")}, _university,
        lambda words: how_well(words, "organisation__search"),
    ),
    Look(
        "calls", gettext_lazy("Calls for mobility"),
        lambda user, words: Call.objects.visible_to(user).search(words), ("-closes_at", "-pk"),
        {**_in_both("title"), **_long("summary"), **_organisation("university__organisation"),
         "slug": F("slug"), "closes_at": F("closes_at"), "zone": F("university__zone")},
        _call, _entry_rank("call"),
    ),
    Look(
        "places", gettext_lazy("Places that can be applied for"),
        lambda user, words: Place.objects.open_to(user, clock.now()).search(words),
        ("call__closes_at", "host__organisation__sort_key", "pk"),
        {**_organisation("host__organisation"), **_as("title", "call__title"), **_as("field", "field__name"),
         "slug": F("call__slug")},
        _place,
    ),
    Look(
        "contacts", gettext_lazy("People to ask"),
        lambda user, words: Contact.objects.visible_to(user).public().search(words), ("name", "pk"),
        {**_organisation("university__organisation"), **_in_both("subject"), "contact": F("name"),
         "contact_lt": F("lithuanian_name"), "email": F("email"), "slug": F("university__slug")},
        _contact, _entry_rank("contact"),
    ),
    Look(
        "news", gettext_lazy("News"), lambda user, words: NewsItem.objects.visible_to(user).search(words),
        ("-published_at", "-pk"),
        {**_in_both("title"), **_long("body"), "slug": F("slug"), "published_at": F("published_at"),
         "zone": F("university__zone")},
        _news, how_well,
    ),
    Look(
        "events", gettext_lazy("Events"), lambda user, words: Event.objects.visible_to(user).search(words),
        ("-starts_by", "-pk"),
        {**_in_both("title", "place"), **_long("body"), "slug": F("slug"), "starts_by": F("starts_by"),
         "zone": F("zone")},
        _event, how_well,
    ),
    Look(
        "funding", gettext_lazy("Funding programmes and actions"),
        lambda user, words: Programme.objects.visible_to(user).search(words), ("path", "pk"),
        {**_in_both("name"), **_long("purpose"), "slug": F("slug")}, _programme, _entry_rank("programme"),
    ),
    Look(
        "centres", gettext_lazy("Innovation centres"),
        lambda user, words: Centre.objects.visible_to(user).search(words), ("name_en", "pk"),
        {**_organisation("host"), **_as("centre", "name"), **_long("mission"), "slug": F("slug")}, _centre,
        _entry_rank("centre"),
    ),
    Look(
        "units", gettext_lazy("Departments and units"),
        lambda user, words: OrganisationalUnit.objects.visible_to(user).search(words), ("sort_key", "pk"),
        {**_organisation("university__organisation"), **_as("unit", "name"), **_long("description"),
         "slug": F("university__slug")},
        _unit, _entry_rank("unit"),
    ),
)  # fmt: skip
