"""What a version says, ready to be shown: the whole, each side, each condition, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from members.agreements import words
from members.agreements.content import VersionContent
from members.agreements.words import Line, Names
from members.models.exchange import years_between

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
class Year:
    """Places agreed for one academic year, seen from one side."""

    year: str
    out: int
    back: int

    @property
    def difference(self) -> int:
        return self.back - self.out


def told(content: VersionContent, names: Names) -> Told:
    """`content` in the language in use; no query."""
    sides = [
        Part(names.university(content, side.place), _said(words.side_lines(side, names)))
        for side in content.sides
    ]
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


def balance(content: VersionContent, place: int, ends_after: str = "") -> list[Year]:
    """Places of all kinds by academic year, seen from the side at `place`."""
    last = min(content.last_year, ends_after or content.last_year)
    if last < content.first_year:
        return []
    return [
        Year(year, _places(content, year, place), _places(content, year, 3 - place))
        for year in years_between(content.first_year, last)
    ]


def _places(content: VersionContent, year: str, sends: int) -> int:
    return sum(
        c.places for c in content.conditions if c.sends == sends and c.first_year <= year <= c.last_year
    )


def _said(lines: list[Line]) -> list[Line]:
    return [line for line in lines if line.value]


def titles(content: VersionContent, names: Names) -> Mapping[int, str]:
    """The title of each condition, by its place in the list."""
    return {i: words.condition_title(c, content, names) for i, c in enumerate(content.conditions)}
