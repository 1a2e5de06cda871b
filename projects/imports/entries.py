"""Milestones and results in a file: what they have, and what their cells mean, in numbered columns or in a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_noop

from ground.text import fold
from projects.imports import cells
from projects.imports.cells import Wrong
from projects.models import Milestone, Result


@dataclass(frozen=True)
class Kind:
    """A kind of entry: under which name rows list it, how its numbered columns begin, what it has."""

    name: str
    prefix: str
    fields: tuple[str, ...]
    day: str
    new: Mapping[str, str]
    nameless: str


MILESTONES = Kind(
    "milestones", "milestone", ("due_on", "done_on", "kind", "title_en", "title_lt"), "due_on",
    {"due_on": "", "done_on": "", "kind": Milestone.Kind.OTHER.value, "title_en": "", "title_lt": ""},
    gettext_noop("The name of this milestone is missing."),
)  # fmt: skip
OUTCOMES = Kind(
    "outcomes", "result", ("category", "title_en", "title_lt", "url", "reached_on"), "reached_on",
    {"category": Result.Category.OTHER.value, "title_en": "", "title_lt": "", "url": "", "reached_on": ""},
    gettext_noop("The name of this result is missing."),
)  # fmt: skip
KINDS = (MILESTONES, OUTCOMES)


def listed(kind: Kind, item: str, order: str) -> dict[str, str]:
    """One thing of a list as the portal's own export writes it. Raises Wrong."""
    given = zip(kind.fields, cells.parts(item, len(kind.fields)), strict=True)
    return {name: value(_READ_AS[name].format(kind.prefix), part, order)[0] for name, part in given if part}


_READ_AS = {
    "due_on": "day", "done_on": "day", "reached_on": "day", "url": "address", "kind": "milestone_kind",
    "category": "result_category", "title_en": "{}_title", "title_lt": "{}_title",
}  # fmt: skip


def value(read_as: str, cell: str, order: str) -> tuple[str, bool]:
    """What a cell of a milestone or result means, and whether it could be read twice. Raises Wrong."""
    if read_as == "day":
        day, unsure = cells.day(cell, order)
        return day.isoformat(), unsure
    if read_as == "address":
        return cells.address(cell), False
    if read_as.endswith("_title"):
        return cells.line(cell, 200 if read_as.startswith("milestone") else 300), False
    found = _choices(read_as).get(fold(cell))
    if found is None:
        raise Wrong(gettext_noop("“%(word)s” is none of the words that fit here."), word=cell[:40])
    return found, False


@cache
def _choices(read_as: str) -> Mapping[str, str]:
    """The kinds of milestones or the categories of results by their names in both languages."""
    choices = Milestone.Kind if read_as == "milestone_kind" else Result.Category
    found = {fold(one): one for one in choices.values}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found |= {fold(str(one.label)): str(one.value) for one in choices}
    return found
