"""What is different between two states of a project, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from projects.history.words import FIELDS, ROW_LABELS, TEXTS, Row, State, Words
from projects.matching import Effort, Opcode, TooMuch, changes

_CONTEXT_WORDS = 12
_WORD = re.compile(r"\S+\s*")


@dataclass(frozen=True)
class Piece:
    """Some words that stayed, went or came."""

    words: str
    went: bool = False
    came: bool = False


@dataclass(frozen=True)
class Difference:
    label: Words
    pieces: list[Piece]


def differences(old: State, new: State, effort: Effort | None = None) -> list[Difference]:
    """What went and came, field by field and row by row; texts word by word as far as `effort` reaches."""
    effort = effort or Effort()
    found = []
    for name, label in FIELDS.items():
        was, is_ = old.own.get(name, ""), new.own.get(name, "")
        if was != is_:
            found.append(Difference(label, pieces(was, is_, effort) if name in TEXTS else _whole(was, is_)))
    for model, label in ROW_LABELS.items():
        found.extend(_of_rows(label, old.rows[model], new.rows[model]))
    return found


def _whole(was: str, is_: str) -> list[Piece]:
    ways = (("went", was), ("came", is_))
    return [Piece(words, **{way: True}) for way, words in ways if words]


def _of_rows(label: Words, old: list[Row], new: list[Row]) -> Iterator[Difference]:
    before, after = {row.key: row for row in old}, {row.key: row for row in new}
    yield from (Difference(label, [Piece(row.line, went=True)]) for row in old if row.key not in after)
    yield from (Difference(label, [Piece(row.line, came=True)]) for row in new if row.key not in before)
    stayed = [key for key in before if key in after]
    for key in stayed:
        if before[key].cells != after[key].cells:
            yield Difference(label, list(of_cells(before[key], after[key])))
    if stayed != [key for key in after if key in before]:
        yield Difference(label, [Piece(_("in another order"))])


def of_cells(old: Row, new: Row) -> Iterator[Piece]:
    """The row's name, then what changed in it: "Final report — Due on: 1 March 2026 1 June 2026"."""
    yield Piece(f"{new.name} · ")
    for label in dict.fromkeys([*old.cells, *new.cells]):
        was, is_ = old.cells.get(label, ""), new.cells.get(label, "")
        if was != is_:
            if label:
                yield Piece(f"{label}: ")
            yield from _whole(was, is_)


def pieces(old: str, new: str, effort: Effort | None = None) -> list[Piece]:
    """What stayed, went and came between two texts, word by word; long passages that stayed are cut short.

    Passages for which that would take more than is left of `effort` are told as a whole.
    """
    try:
        before, after = (_WORD.findall(text) for text in (old, new))
        return list(_pieces(before, after, _opcodes(before, after, effort or Effort())))
    except TooMuch:
        return _whole(old, new)


def _pieces(before: list[str], after: list[str], found: list[Opcode]) -> Iterator[Piece]:
    for tag, i, j, k, m in found:
        if tag == "equal":
            words = after[k:m]
            if m == len(after) and j < len(before):
                words[-1] = before[j - 1]  # with the space that stands before what went
            yield Piece(_shortened(words))
            continue
        if i < j:
            yield Piece("".join(before[i:j]).strip(), went=True)
        if k < m:
            yield Piece("".join(after[k:m]).strip(), came=True)


def _opcodes(before: list[str], after: list[str], effort: Effort) -> list[Opcode]:
    """How the one becomes the other: by the words, and by the spaces between them when nothing else is different."""
    words = [[word.strip() for word in side] for side in (before, after)]
    one, other = words if words[0] != words[1] else (before, after)
    return changes(one, other, effort)


def _shortened(words: list[str]) -> str:
    if len(words) <= 2 * _CONTEXT_WORDS + 1:
        return "".join(words)
    return "".join(words[:_CONTEXT_WORDS]).rstrip() + " … " + "".join(words[-_CONTEXT_WORDS:])
