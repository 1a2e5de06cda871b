"""What the columns of a file can fill: all of them by name, and which heading means which."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from django.conf import settings
from django.utils import translation

from ground import text
from projects.imports.fields import LONG, ORGANISATIONS, SINGLE, Column
from projects.imports.numbered import NUMBERED, SAMPLE, offered

__all__ = [
    "BY_NAME",
    "COLUMNS",
    "JOINED",
    "LONG",
    "ORGANISATIONS",
    "TEMPLATE",
    "Column",
    "choices",
    "plain",
    "preset",
    "source",
]

COLUMNS = SINGLE
# The heading under which the organisations of a project stand that come from CORDIS's table of them.
JOINED = "organisations"
# What a template to begin with has.
TEMPLATE: Sequence[Column] = (*(column for column in SINGLE if column.asked), *SAMPLE)
BY_NAME: Mapping[str, Column] = {column.name: column for column in (*SINGLE, *NUMBERED)}
_NUMBERED = (
    (re.compile(r"partner\d+(organisation)?name"), "partners"),
    (re.compile(r"partner\d+country"), "partner_country"),
)


def plain(heading: str) -> str:
    """`heading` folded, without what stands in brackets and without marks."""
    return re.sub(r"[^a-z0-9]", "", text.fold(re.sub(r"\(.*?(\)|$)", "", heading)))


@cache
def _known() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for column in BY_NAME.values():
        names = [column.name, *column.aliases]
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                names.append(str(column.label))
        for name in names:
            known.setdefault(plain(name), column.name)
    return known


def preset(headings: Sequence[str]) -> dict[str, str]:
    """What each heading that we know most likely fills: position as text → name of the field.

    A field that holds one value is filled by the first column that fits.
    """
    chosen: dict[str, str] = {}
    for position, heading in enumerate(headings):
        folded = plain(heading)
        name = _known().get(folded) or next((n for mark, n in _NUMBERED if mark.fullmatch(folded)), None)
        if name and (BY_NAME[name].several or name not in chosen.values()):
            chosen[str(position)] = name
    return chosen


def choices(used: Sequence[str]) -> list[Column]:
    """The fields that a person may choose for a column, where those `used` are chosen already."""
    return [*COLUMNS, *offered(used)]


def source(headings: Iterable[str]) -> str:
    """Whose table the headings are: "erasmus", "cordis", "cordis_organisations", "cordis_whole" (both), or ""."""
    known = {plain(heading) for heading in headings}
    if {"projectidentifier", "projecttitle"} <= known or {"projectnumber", "projectsummary"} <= known:
        return "erasmus"
    if any({"projectid", *of} <= known for of in ({"organisationid"}, {"id", "role", "name"}, {JOINED})):
        return "cordis_organisations"
    if {"id", "ecmaxcontribution"} <= known:
        return "cordis_whole" if JOINED in known else "cordis"
    return ""
