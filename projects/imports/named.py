"""Milestones and results that a row gives: each is matched by its name with one of the project, or is a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop

from ground.text import fold
from projects.imports.entries import MILESTONES, Kind
from projects.imports.rows import Given, Plan

Entry = Mapping[str, Any]
_TITLES = ("title_en", "title_lt")


@dataclass
class Entries:
    """The settling of the milestones or the results of one row; as projects.imports.funding.Funding does with money."""

    kind: Kind
    given: Given
    plan: Plan
    before: Sequence[Entry]
    parts: list[dict[str, Any]] = field(default_factory=list)
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def settle(self) -> None:
        """Match every entry that the row gives; what it does not name stays."""
        self.free = list(self.before)
        values, kind = self.given.values, self.kind
        for number in self.plan.numbers(kind.prefix):
            names = {name: f"{kind.prefix}_{number}_{name}" for name in kind.fields}
            found = {name: values[key] for name, key in names.items() if values.get(key)}
            wrong = {problem["column"] for problem in self.given.problems if not problem.get("warning")}
            if found and not any(
                self.plan.place(key) in wrong for key in names.values() if key in self.plan.places
            ):
                self._settle(found, self.plan.place(names["title_en"], names["title_lt"], *names.values()))
        for found in values.get(kind.name, ()):
            self._settle(found, self.plan.place(kind.name))

    def _settle(self, found: Entry, place: int | None) -> None:
        if not found.get("title_en") and not found.get("title_lt"):
            self.given.refuse(place, self.kind.nameless)
            return
        meant = [one for one in self.free if _same_name(one, found)]
        if len(meant) > 1:
            meant = [one for one in meant if one[self.kind.day] == found.get(self.kind.day, "")] or meant
        if len(meant) > 1 and _shown(meant[0]) != _shown(meant[1]):
            words = gettext_noop(
                "The project has several of this name. Give the day of the one that is meant."
            )
            self.given.refuse(place, words)
            return
        before = meant[0] if meant else {}
        after = {**self.kind.new, "id": None, **before, **_own_names(before, found)}
        if self.kind is MILESTONES and not after["due_on"]:
            self.given.refuse(place, gettext_noop("The day on which this milestone is due is missing."))
            return
        self.free = [one for one in self.free if one is not before]
        if after != before:
            self.parts.append(after)
            self.changes.append((_shown(before), _shown(after)))


def _same_name(one: Entry, given: Entry) -> bool:
    """Whether a name that is given is the other's in either language, whatever the case of its letters."""
    return bool(_names(one) & _names(given))


def _names(entry: Entry) -> set[str]:
    return {fold(entry[name]) for name in _TITLES if entry.get(name)}


def _own_names(before: Entry, given: Entry) -> Entry:
    """What is given, without a name that is known already, but as the one in the other language."""
    if not before:
        return given
    titles = zip(_TITLES, reversed(_TITLES), strict=True)
    foreign = {
        name for name, other in titles
        if given.get(name) and fold(given[name]) == fold(before[other]) != fold(before[name])
    }  # fmt: skip
    return {name: value for name, value in given.items() if name not in foreign}


def _shown(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if name != "id"}
