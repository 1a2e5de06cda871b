"""Columns that a file has several times, with a number: further lines of funding, milestones, results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from projects.imports.fields import SINGLE, Column

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_LINES, MOST_ENTRIES = 9, 20
MONEY = ("programme", "amount", "currency", "share", "contract_number")
# Field of a milestone or a result → what its column is called, how its cells are read, an example.
MILESTONE: Mapping[str, tuple[str | _StrPromise, str, str]] = {
    "title_en": (_("Milestone {number}"), "milestone_title", "Final report"),
    "title_lt": (_("Milestone {number} in Lithuanian"), "milestone_title", "Galutinė ataskaita"),
    "due_on": (_("Milestone {number} due"), "day", "2028-04-30"),
    "kind": (_("Milestone {number} kind"), "milestone_kind", "report"),
    "done_on": (_("Milestone {number} done"), "day", ""),
}
RESULT: Mapping[str, tuple[str | _StrPromise, str, str]] = {
    "title_en": (_("Result {number}"), "result_title", "Handbook of joint courses"),
    "title_lt": (_("Result {number} in Lithuanian"), "result_title", "Jungtinių dalykų vadovas"),
    "category": (_("Result {number} category"), "result_category", "method"),
    "url": (_("Result {number} address"), "address", "https://project.example/handbook"),
    "reached_on": (_("Result {number} reached"), "day", ""),
}
_FOUND_AGAIN = _("Belongs to what has the same number. A milestone or result is found again by its name.")
_FURTHER = _(
    "Of a further line of funding. A line is found again by its contract number, else by its programme."
)
_BY_NAME = {column.name: column for column in SINGLE}


def line(number: int) -> list[Column]:
    """The columns of a further line of funding; the first has no number."""
    return [
        Column(f"{name}_{number}", format_lazy("{label} {number}", label=_BY_NAME[name].label, number=number),
               _FURTHER, "", clearable=False, base=name)
        for name in MONEY
    ]  # fmt: skip


def milestone(number: int) -> list[Column]:
    """The columns of a milestone."""
    return _entry("milestone", MILESTONE, number)


def result(number: int) -> list[Column]:
    """The columns of a result."""
    return _entry("result", RESULT, number)


def _entry(kind: str, fields: Mapping[str, tuple[str | _StrPromise, str, str]], number: int) -> list[Column]:
    return [
        Column(f"{kind}_{number}_{name}", format_lazy(label, number=number), _FOUND_AGAIN,
               example if number == 1 else "", clearable=False, base=base)
        for name, (label, base, example) in fields.items()
    ]  # fmt: skip


NUMBERED: Sequence[Column] = (
    *(column for number in range(2, MOST_LINES + 1) for column in line(number)),
    *(column for number in range(1, MOST_ENTRIES + 1) for column in milestone(number)),
    *(column for number in range(1, MOST_ENTRIES + 1) for column in result(number)),
)
# What a template has and what the help explains.
SAMPLE: Sequence[Column] = (*line(2), *milestone(1), *milestone(2), *result(1))


def offered(used: Sequence[str]) -> list[Column]:
    """The numbered columns that a person may choose: those in use, and of each kind the next number."""
    found: list[Column] = []
    for make, first, last, mark in ((line, 2, MOST_LINES, "programme_"), (milestone, 1, MOST_ENTRIES, "milestone_"),
                                    (result, 1, MOST_ENTRIES, "result_")):  # fmt: skip
        taken = [n for n in range(first, last + 1) if _in_use(used, mark, n)]
        for number in range(first, min(max(taken, default=first - 1) + 1, last) + 1):
            found += make(number)
    return found


def _in_use(used: Sequence[str], mark: str, number: int) -> bool:
    if mark == "programme_":
        return any(name == f"{base}_{number}" for name in used for base in MONEY)
    return any(name.startswith(f"{mark}{number}_") for name in used)
