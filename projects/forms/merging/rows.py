"""Rows of three versions made one: matched by what they are, then merged field by field."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from projects.actions import PARTS
from projects.forms.merging.sides import Line, Unit, units_of
from projects.forms.partner_rows import newcomer_in
from projects.forms.stored import ROW_FIELDS, TYPED_ONLY
from projects.history import KEYS

Key = Callable[[Line], Any]
_ONE_OF_EACH = ("websites", "departments")


class Doubt(Enum):
    """Why it has to be asked whether a row stays."""

    NONE = "none"
    REMOVED_BY_ME = "mine"  # and changed by them
    REMOVED_BY_THEM = "theirs"  # and changed by me
    ONLY_MINE = "only_mine"  # and nobody knows whether it was there before
    ONLY_THEIRS = "only_theirs"


@dataclass(frozen=True, eq=False)
class Triple:
    """One row in each of the versions in which it is."""

    base: Line | None
    mine: Line | None
    theirs: Line | None


@dataclass(frozen=True, eq=False)
class Outcome:
    """A row as it is kept. `asked` are the fields that both changed differently (mine stand in `typed`), `own` those of
    mine that alone were changed.
    """

    triple: Triple
    typed: dict[str, str]
    asked: list[Unit] = field(default_factory=list)
    own: list[Unit] = field(default_factory=list)
    doubt: Doubt = Doubt.NONE


@dataclass(frozen=True)
class MergedRows:
    """The rows of one kind. `apart` says whether they differ from those that are stored."""

    kind: str
    triples: list[Triple]
    outcomes: list[Outcome]
    apart: bool


def merge_rows(kind: str, base: list[Line] | None, mine: list[Line], theirs: list[Line]) -> MergedRows:
    """`mine` and `theirs` as one list, seen from `base` (None: not known). No row is dropped that only one has, unless
    the other took it away and nobody changed it.
    """
    triples = _matched(kind, base, mine, theirs)
    placed = _placed(triples, base, mine, theirs)
    outcomes = [found for triple in placed if (found := _outcome(kind, triple, base is not None))]
    outcomes = _once(kind, outcomes)
    kept = [outcome.triple.theirs for outcome in outcomes]
    moved = kept != theirs if has_order(kind) else set(kept) != set(theirs)
    return MergedRows(kind, triples, outcomes, moved or any(outcome.own for outcome in outcomes))


def same(kind: str, one: Line, other: Line) -> bool:
    """Whether all fields of two rows are the same."""
    return all(one.at(unit) == other.at(unit) for unit in units_of(kind))


def _matched(kind: str, base: list[Line] | None, mine: list[Line], theirs: list[Line]) -> list[Triple]:
    before = base or []
    natural, lasting = _natural(kind), _lasting(kind)
    of_mine = _pairs(before, mine, _number)
    if lasting is not _uuid:
        rest = [line for line in before if line not in of_mine]
        of_mine |= _pairs(rest, _without(mine, of_mine.values()), natural)
    of_theirs = _pairs(before, theirs, lasting)
    triples = [Triple(line, of_mine.get(line), of_theirs.get(line)) for line in before]
    new, others = _without(mine, of_mine.values()), _without(theirs, of_theirs.values())
    both = _pairs(new, others, _number)
    rest = [line for line in new if line not in both]
    both |= _pairs(rest, _without(others, both.values()), natural)
    triples += [Triple(None, line, both.get(line)) for line in new]
    return triples + [Triple(None, None, line) for line in _without(others, both.values())]


def _pairs(ones: Iterable[Line], others: Iterable[Line], key: Key) -> dict[Line, Line]:
    """Each of `ones` with the first of `others` that has the same key and is not taken; None is no key."""
    free: dict[Any, list[Line]] = {}
    for line in others:
        free.setdefault(key(line), []).append(line)
    free.pop(None, None)
    return {line: free[key(line)].pop(0) for line in ones if free.get(key(line))}


def _without(lines: Iterable[Line], taken: Iterable[Line]) -> list[Line]:
    gone = set(taken)
    return [line for line in lines if line not in gone]


def _number(line: Line) -> Any:
    return line.values.get("id")


def _uuid(line: Line) -> Any:
    return line.values.get("uuid")


def _lasting(kind: str) -> Key:
    """By what a stored row is the same one in two versions, as the history has it."""
    name = KEYS.get(PARTS[kind].model)
    return _uuid if name is None else _natural(kind)


def _natural(kind: str) -> Key:
    """By what two rows that were made apart say the same."""

    def key(line: Line) -> Any:
        found = {name: line.at((name,))[0].casefold() for name in ROW_FIELDS[kind]}
        if kind == "partners" and (newcomer := newcomer_in(line.values)):
            return newcomer.folded, newcomer.country
        if kind == "funding" and not found["contract_number"]:
            return tuple(part for unit in units_of(kind) for part in line.at(unit))
        names = _SAYING[kind]
        return tuple(found[name] for name in names) if any(found[name] for name in names) else None

    return key


_SAYING: dict[str, Unit] = {
    "websites": ("url",),
    "funding": ("programme_id", "contract_number"),
    "team": ("name",),
    "departments": ("unit_id",),
    "partners": ("organisation_id",),
    "milestones": ("title_en", "title_lt", "due_on"),
    "results": ("title_en", "title_lt"),
}


def _placed(
    triples: list[Triple], base: list[Line] | None, mine: list[Line], theirs: list[Line]
) -> list[Triple]:
    """In my order when I changed it, in theirs otherwise; what only the other has follows what it followed there."""
    of = {line: triple for triple in triples for line in (triple.mine, triple.theirs) if line}
    mine_moved = base is None or _moved(base, mine, of)
    first, second = (mine, theirs) if mine_moved else (theirs, mine)
    placed = [of[line] for line in first]
    at = 0
    for line in second:
        if of[line] not in placed:
            placed.insert(at, of[line])
        at = placed.index(of[line]) + 1
    return placed


def _moved(base: list[Line], lines: list[Line], of: dict[Line, Triple]) -> bool:
    now = [of[line].base for line in lines if of[line].base]
    there = set(now)
    return now != [line for line in base if line in there]


def has_order(kind: str) -> bool:
    """Whether people put the rows of this kind in an order of their own."""
    return any(stored.name == "position" for stored in PARTS[kind].model._meta.get_fields())


def _outcome(kind: str, triple: Triple, known: bool) -> Outcome | None:
    """The row as it is kept; None when it goes without anybody being asked."""
    base, mine, theirs = triple.base, triple.mine, triple.theirs
    if mine and theirs:
        return _of_both(kind, triple, mine, theirs)
    here = mine or theirs
    if here is None or (base and same(kind, base, here)):
        return None
    if base:
        doubt = Doubt.REMOVED_BY_THEM if mine else Doubt.REMOVED_BY_ME
    elif known or (mine and _number(mine) is None):
        doubt = Doubt.NONE
    else:
        doubt = Doubt.ONLY_MINE if mine else Doubt.ONLY_THEIRS
    # A row that is no longer stored is made anew, so it carries no number.
    return Outcome(triple, {**here.typed, "id": str(_number(theirs)) if theirs else ""}, doubt=doubt)


def _of_both(kind: str, triple: Triple, mine: Line, theirs: Line) -> Outcome:
    base = triple.base
    found = Outcome(triple, {**dict.fromkeys(TYPED_ONLY.get(kind, ()), ""), **theirs.typed})
    found.typed["id"] = str(_number(theirs))
    for unit in units_of(kind):
        if mine.at(unit) == theirs.at(unit) or (base and mine.at(unit) == base.at(unit)):
            continue
        clash = base is None or theirs.at(unit) != base.at(unit)
        (found.asked if clash else found.own).append(unit)
        found.typed.update({name: mine.typed[name] for name in unit})
    return found


def _once(kind: str, outcomes: list[Outcome]) -> list[Outcome]:
    """Without those that say no more than another one of which nothing is asked."""
    if kind not in _ONE_OF_EACH:
        return outcomes
    (name,) = ROW_FIELDS[kind]
    settled: dict[str, Outcome] = {}
    for outcome in outcomes:
        if not outcome.asked and outcome.doubt is Doubt.NONE:
            settled.setdefault(outcome.typed[name].casefold(), outcome)
    return [
        outcome for outcome in outcomes if settled.get(outcome.typed[name].casefold(), outcome) is outcome
    ]
