"""What a version says, ready to be shown: the whole, each side, each condition, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from members.agreements import balance, words
from members.agreements.content import ConditionContent, SideContent, VersionContent
from members.agreements.words import Line, Names
from members.models.exchange import Kind, years_between

_IN_TITLE = ("kind", "direction")


@dataclass(frozen=True)
class Part:
    """A part of a version under its own heading."""

    title: str
    lines: list[Line]


@dataclass(frozen=True)
class Told:
    """A version in words: parts without anything said are left out."""

    reason: str
    terms: list[Line]
    sides: list[Part]
    conditions: list[Part]


@dataclass(frozen=True)
class Years:
    """Places agreed for academic years in which nothing changes, by kind, with totals; seen from one side."""

    first_year: str
    last_year: str
    lines: list[balance.Line]


def told(content: VersionContent, names: Names) -> Told:
    """`content` in the language in use; no query."""
    sides = [Part(names.full(side), _of_side(side, names)) for side in content.sides]
    conditions = [
        Part(
            words.condition_title(condition, content, names),
            [
                line
                for line in _said(words.condition_lines(condition, content, names))
                if line.key not in _IN_TITLE
            ],
        )
        for condition in content.conditions
    ]
    return Told(content.reason, _said(words.terms(content)), sides, conditions)


def _of_side(side: SideContent, names: Names) -> list[Line]:
    """The codes of the university, the unit (or that it is the whole), and the people, or that they are unnamed."""
    unit, signatory, *people = words.side_lines(side, names)
    whole = replace(unit, value=unit.value or _("The whole university"))
    signs = replace(signatory, value=signatory.value or _("not named yet"))
    return [*names.codes.get(side.university, []), whole, signs, *_said(people)]


def years(content: VersionContent, place: int, ends_after: str = "") -> list[Years]:
    """Places by kind, seen from the side at `place`; years in a row with the same places stand together."""
    last = min(content.last_year, ends_after or content.last_year)
    if last < content.first_year:
        return []
    found: list[Years] = []
    for year in years_between(content.first_year, last):
        lines = balance.with_totals(_lines(content, year, place))
        first = found.pop().first_year if found and found[-1].lines == lines else year
        found.append(Years(first, year, lines))
    return found


def _lines(content: VersionContent, year: str, place: int) -> list[balance.Line]:
    held = [c for c in content.conditions if c.first_year <= year <= c.last_year]
    return [
        balance.Line((kind,), _places(held, kind, place), _places(held, kind, 3 - place))
        for kind in Kind
        if any(c.kind == kind for c in held)
    ]


def _places(conditions: Iterable[ConditionContent], kind: Kind, sends: int) -> int:
    return sum(c.places for c in conditions if c.kind == kind and c.sends == sends)


def _said(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.value]


def titles(content: VersionContent, names: Names) -> Mapping[int, str]:
    """The title of each condition, by its place in the list."""
    return {i: words.condition_title(c, content, names) for i, c in enumerate(content.conditions)}
