"""Three versions of a text made one: what only one side changed is taken, where both did, both stand marked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from projects.matching import Effort, blocks

MARKS = re.compile("[\u27ea\u27eb]")  # ⟪ and ⟫ stand around passages that both changed


@dataclass(frozen=True)
class Merged:
    """The text, and whether there are passages in it that a person has to settle."""

    text: str
    marked: bool


def merge(base: str | None, mine: str, theirs: str, names: tuple[str, str], effort: Effort) -> Merged:
    """`mine` and `theirs` as one text, line by line, seen from `base`; `names` say whose each marked passage is.

    Nothing is lost: every line of either that is not in both, or was not taken out on purpose, is in the result.
    Without `base`, what both have in common stands in for it. Raises matching.TooMuch beyond `effort`.
    """
    effort.begin()
    a, b = mine.split("\n"), theirs.split("\n")
    common = _common(a, b, effort) if base is None else base.split("\n")
    lines: list[str] = []
    marked = False
    for origin, left, right in _regions(common, a, b, effort):
        if left == right or right == origin:
            lines += left
        elif left == origin:
            lines += right
        else:
            marked = True
            both = zip(names, ("\n".join(left), "\n".join(right)), strict=True)
            lines += [f"⟪ {name}: {words} ⟫" for name, words in both]
    return Merged("\n".join(lines), marked)


def _common(a: list[str], b: list[str], effort: Effort) -> list[str]:
    return [line for block in blocks(a, b, effort) for line in a[block.a : block.a + block.size]]


def _regions(
    base: list[str], a: list[str], b: list[str], effort: Effort
) -> Iterator[tuple[list[str], list[str], list[str]]]:
    """The three texts cut at the lines that all of them share: what stands between, then what is shared."""
    at = at_a = at_b = 0
    for start, end, in_a, in_b in _shared(base, a, b, effort):
        if at < start or at_a < in_a or at_b < in_b:
            yield base[at:start], a[at_a:in_a], b[at_b:in_b]
        shared = base[start:end]
        if shared:
            yield shared, shared, shared
        at, at_a, at_b = end, in_a + end - start, in_b + end - start


def _shared(
    base: list[str], a: list[str], b: list[str], effort: Effort
) -> Iterator[tuple[int, int, int, int]]:
    """Runs of lines of `base` that stand in both others: from, to, where in `a`, where in `b`; at last the ends."""
    to_a, to_b = blocks(base, a, effort), blocks(base, b, effort)
    i = j = 0
    while i < len(to_a) and j < len(to_b):
        one, other = to_a[i], to_b[j]
        start, end = max(one.a, other.a), min(one.a + one.size, other.a + other.size)
        if start < end:
            yield start, end, one.b + start - one.a, other.b + start - other.a
        if one.a + one.size < other.a + other.size:
            i += 1
        else:
            j += 1
    yield len(base), len(base), len(a), len(b)
