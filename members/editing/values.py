"""Answers of a page: compared by what they say, marked as they were read, merged with what is stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Clash:
    """A value that two people changed: the name of the answer, what was typed, what is stored now."""

    name: str
    mine: Any
    theirs: Any


class Clashing(Exception):
    """Somebody saved meanwhile and changed the same. `values` are what was typed, with the other's changes wherever
    nothing was typed; `marks` are of what is stored now; `clashes` are what both changed."""

    def __init__(self, values: dict[str, Any], marks: dict[str, str], clashes: list[Clash]) -> None:
        super().__init__([clash.name for clash in clashes])
        self.values = values
        self.marks = marks
        self.clashes = clashes


def said(value: Any) -> Any:
    """A value as it is compared: text without blank ends, numbers without idle noughts, tables in one order."""
    if isinstance(value, list | tuple | set | frozenset):
        return sorted((said(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    if isinstance(value, Mapping):
        return {name: said(one) for name, one in value.items()}
    if isinstance(value, Decimal):
        return format(value.normalize(), "f")
    if value is None or value is False:
        return ""
    return str(value).replace("\r\n", "\n").replace("\r", "\n").strip()


def mark(value: Any) -> str:
    """A short sign that changes whenever the value says something else."""
    written = json.dumps(said(value), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def marks(values: Values) -> dict[str, str]:
    """The mark of every value."""
    return {name: mark(value) for name, value in values.items()}


def changed(before: Values, after: Values) -> list[str]:
    """The names of the answers that say something else."""
    return [name for name in after if said(before.get(name)) != said(after[name])]


def merged(typed: Values, stored: Values, seen: Mapping[str, str]) -> dict[str, Any]:
    """What is to be stored: what was typed, and what somebody else stored meanwhile wherever nothing was typed.

    `seen` are the marks of the values that the person began with. Raises Clashing where both changed the same.
    """
    result, clashes = dict(typed), []
    for name, mine in typed.items():
        theirs = stored.get(name)
        if said(mine) == said(theirs) or seen.get(name) == mark(theirs):
            continue
        if seen.get(name) == mark(mine):
            result[name] = theirs
        else:
            clashes.append(Clash(name, mine, theirs))
    if clashes:
        raise Clashing(result, marks(stored), clashes)
    return result
