"""What speaks against the rules of a call in what somebody answered. It keeps nobody from applying: people decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ground import languages
from members.models.exchange import Cefr
from mobility.models import Call

_ORDER = {level: n for n, level in enumerate(Cefr.values)}  # native speakers come last, above C2


@dataclass(frozen=True)
class Finding:
    """A rule that is not met: its code (kept, counted, filtered by), the part of the answers, and the reason."""

    code: str
    part: str
    words: str


def check(call: Call, given: Mapping[str, Any]) -> list[Finding]:
    """The rules of `call` that `given` does not meet; what is not answered yet breaks none.

    `given` has the parts of a snapshot (`mobility/answers.py`), those that are there. The call's languages and fields
    are read, so a page loads them with it.
    """
    studies = given.get("studies") or {}
    return [
        *_ects(call, studies), *_level(call, studies), *_field(call, studies), *_earlier(call, studies),
        *_languages(call, given.get("languages")),
    ]  # fmt: skip


def _ects(call: Call, studies: Mapping[str, Any]) -> Iterator[Finding]:
    ects = studies.get("ects")
    if call.minimum_ects and ects is not None and ects < call.minimum_ects:
        words = ngettext(
            "The call asks for at least %(count)d ECTS credit.",
            "The call asks for at least %(count)d ECTS credits.",
            call.minimum_ects,
        )
        yield Finding("ects", "studies", words % {"count": call.minimum_ects})


def _level(call: Call, studies: Mapping[str, Any]) -> Iterator[Finding]:
    level = studies.get("level")
    if call.levels and level is not None and level not in call.levels:
        yield Finding("level", "studies", _("The call is for other levels of studies."))


def _field(call: Call, studies: Mapping[str, Any]) -> Iterator[Finding]:
    """A broad or narrow field of the call holds for all detailed ones within it."""
    code = str((studies.get("field") or {}).get("code") or "")
    wanted = [field.pk for field in call.fields_of_education.all()] if code else []
    if wanted and not any(code.startswith(one) for one in wanted):
        yield Finding("field", "studies", _("The call is for other fields of education."))


def _earlier(call: Call, studies: Mapping[str, Any]) -> Iterator[Finding]:
    most, months = call.most_earlier_months, _number(studies.get("earlier_months"))
    if most is not None and months is not None and months > most:
        words = ngettext(
            "The call is for those with at most %(count)d month of mobility so far.",
            "The call is for those with at most %(count)d months of mobility so far.",
            most,
        )
        yield Finding("earlier", "studies", words % {"count": most})


def _languages(call: Call, known: Any) -> Iterator[Finding]:
    if not known:
        return
    levels = {row.get("language"): _ORDER.get(row.get("level"), -1) for row in known}
    for wanted in call.languages.all():
        if levels.get(wanted.language, -1) < _ORDER[wanted.level]:
            name = {"language": languages.name(wanted.language), "level": wanted.level}
            yield Finding("language", "languages", _("The call asks for: %(language)s %(level)s.") % name)


def _number(value: Any) -> Decimal | None:
    try:
        return None if value in (None, "") else Decimal(str(value))
    except InvalidOperation:
        return None
