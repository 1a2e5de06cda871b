"""What one version says differently from another, field by field, in the words of the reader's language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from members.agreements import words
from members.agreements.content import ConditionContent, VersionContent, read
from members.agreements.words import Line, Names
from members.models import AgreementVersion


class Fate(TextChoices):
    """What became of a part of the agreement."""

    ADDED = "added", gettext_lazy("Added")
    REMOVED = "removed", gettext_lazy("Removed")
    CHANGED = "changed", gettext_lazy("Changed")


@dataclass(frozen=True)
class Change:
    """One value that differs; an empty `before` or `after` means that nothing was said."""

    key: str
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Part:
    """A part of the agreement that differs: the terms of the whole, a side, or a condition."""

    title: str
    fate: Fate
    changes: list[Change]


def between(before: AgreementVersion, after: AgreementVersion) -> list[Part]:
    """What `after` says differently from `before`: the whole first, then the sides, then the conditions.

    Conditions are matched by their origin, not by what they say; their order is no difference. At most five queries,
    however much there is.
    """
    return compare(read(before), read(after))


def compare(before: VersionContent, after: VersionContent, names: Names | None = None) -> list[Part]:
    """The same of contents at hand; at most three queries, none with `names`."""
    names = names or Names.of(before, after)
    parts = [_changed(_("The whole agreement"), words.terms(before), words.terms(after))]
    earlier = {side.place: side for side in before.sides}
    for side in after.sides:
        old = words.side_lines(earlier[side.place], names)
        parts.append(_changed(names.university(after, side.place), old, words.side_lines(side, names)))
    parts += _conditions(before, after, names)
    return [part for part in parts if part.changes]


def _conditions(before: VersionContent, after: VersionContent, names: Names) -> Iterable[Part]:
    earlier: dict[Any, ConditionContent] = {c.origin: c for c in before.conditions}
    for condition in after.conditions:
        title = words.condition_title(condition, after, names)
        lines = words.condition_lines(condition, after, names)
        former = earlier.pop(condition.origin, None) if condition.origin else None
        if former is None:
            yield _part(title, Fate.ADDED, [], lines)
        else:
            yield _changed(title, words.condition_lines(former, before, names), lines)
    for condition in earlier.values():
        title = words.condition_title(condition, before, names)
        yield _part(title, Fate.REMOVED, words.condition_lines(condition, before, names), [])


def _changed(title: str, before: list[Line], after: list[Line]) -> Part:
    return _part(title, Fate.CHANGED, before, after)


def _part(title: str, fate: Fate, before: list[Line], after: list[Line]) -> Part:
    old, new = ({line.key: line for line in lines} for lines in (before, after))
    changes = [
        Change(line.key, line.label, _value(old, line.key), _value(new, line.key))
        for line in (after or before)
    ]
    return Part(title, fate, [change for change in changes if change.before != change.after])


def _value(lines: dict[str, Line], key: str) -> str:
    return lines[key].value if key in lines else ""
