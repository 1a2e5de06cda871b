"""What two sequences share, with an end to the work: comparing takes the cube of what repeats, so steps are counted."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import accumulate, pairwise

Opcode = tuple[str, int, int, int, int]
# A step is one place of one sequence held against one of the other: some 50 ns. All comparisons of a page together take
# less than half a second at worst; none may use up what the others need.
PER_PAGE = 4_000_000
PER_TEXT = 1_000_000
_PER_WORD = 4  # cutting a text into words takes its time as well
_PER_SEARCHED = 3  # a word that is looked for, found or not
_PER_PIECE = 100  # and so does showing a piece

_LONG = 400  # words of both texts
_STOPS = (".", "!", "?", ";", ":")
_WAYS = {(True, True): "replace", (True, False): "delete", (False, True): "insert"}


class TooMuch(Exception):
    """Comparing these would take too long."""


class Effort:
    """The steps that are left for all comparisons of one page."""

    def __init__(self, steps: int = PER_PAGE) -> None:
        self.left = steps
        self._floor = 0

    def begin(self) -> None:
        """Another text is looked at: it may take a share of what is left. Raises TooMuch when nothing is."""
        if self.left <= 0:
            raise TooMuch
        self._floor = max(0, self.left - PER_TEXT)

    def spend(self, steps: int) -> None:
        """Count `steps` before they are taken. Raises TooMuch when they are not left."""
        if self.left - steps < self._floor:
            raise TooMuch
        self.left -= steps


class _Counted(difflib.SequenceMatcher[str]):
    """Finds blocks as its parent does, and counts beforehand what each search looks at."""

    def __init__(self, a: Sequence[str], b: Sequence[str], effort: Effort) -> None:
        super().__init__(None, a, b, autojunk=False)
        self._effort = effort
        times = Counter(b)
        self._before = [0, *accumulate(_PER_SEARCHED + times[word] for word in a)]

    def find_longest_match(
        self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None
    ) -> difflib.Match:
        end = len(self._before) - 1 if ahi is None else ahi
        self._effort.spend(self._before[end] - self._before[alo])
        return super().find_longest_match(alo, ahi, blo, bhi)


def changes(one: Sequence[str], other: Sequence[str], effort: Effort) -> list[Opcode]:
    """How the words of the one text become those of the other, as difflib's opcodes.

    Long texts are compared by sentences first, then by words where these differ. A passage that would take more than is
    left of `effort` is replaced as a whole. Raises TooMuch when not even the beginning is left.
    """
    effort.begin()
    effort.spend(_PER_WORD * (len(one) + len(other)))
    start, end = shared_ends(one, other)
    a, b = len(one) - end, len(other) - end
    found: list[Opcode] = [("equal", 0, start, 0, start), ("equal", a, len(one), b, len(other))]
    found[1:1] = _passages(one[start:a], other[start:b], effort, start)
    return _joined(found)


def _passages(one: Sequence[str], other: Sequence[str], effort: Effort, at: int) -> Iterator[Opcode]:
    whole: Opcode = ("replace", 0, len(one), 0, len(other))
    coarse = _by_sentences(one, other, effort) if len(one) + len(other) > _LONG else [whole]
    for tag, i, j, k, m in coarse:
        found: list[Opcode] = [(tag, 0, j - i, 0, m - k)]
        if tag == "replace":
            with suppress(TooMuch):
                found = opcodes(one[i:j], other[k:m], effort)
        yield from ((way, x + i + at, y + i + at, z + k + at, w + k + at) for way, x, y, z, w in found)


def _by_sentences(one: Sequence[str], other: Sequence[str], effort: Effort) -> list[Opcode]:
    (ends, texts), (other_ends, other_texts) = _sentences(one), _sentences(other)
    try:
        found = opcodes(texts, other_texts, effort)
    except TooMuch:
        return [("replace", 0, len(one), 0, len(other))]
    return [(tag, ends[i], ends[j], other_ends[k], other_ends[m]) for tag, i, j, k, m in found]


def _sentences(words: Sequence[str]) -> tuple[list[int], list[str]]:
    """Where sentences end among the words (at first: 0), and the sentences."""
    ends = [0, *(i for i, word in enumerate(words, start=1) if word.rstrip().endswith(_STOPS))]
    if ends[-1] < len(words):
        ends.append(len(words))
    return ends, [" ".join(words[i:j]) for i, j in pairwise(ends)]


def _joined(found: Sequence[Opcode]) -> list[Opcode]:
    """The same with what stays in one piece where it stands side by side, and without what is empty."""
    kept: list[Opcode] = []
    for tag, i, j, k, m in found:
        if kept and kept[-1][0] == tag == "equal":
            kept[-1] = (tag, kept[-1][1], j, kept[-1][3], m)
        elif i < j or k < m:
            kept.append((tag, i, j, k, m))
    return kept


def opcodes(one: Sequence[str], other: Sequence[str], effort: Effort) -> list[Opcode]:
    """How the one becomes the other, as difflib tells it. Raises TooMuch."""
    found: list[Opcode] = []
    i = j = 0
    for block in blocks(one, other, effort):
        if way := _WAYS.get((i < block.a, j < block.b)):
            found.append((way, i, block.a, j, block.b))
        i, j = block.a + block.size, block.b + block.size
        if block.size:
            found.append(("equal", block.a, i, block.b, j))
    effort.spend(_PER_PIECE * len(found))
    return found


def blocks(one: Sequence[str], other: Sequence[str], effort: Effort) -> list[difflib.Match]:
    """The runs that both have in the same order, an empty one at the ends as the last. Raises TooMuch.

    What is the same at both ends is set aside first: that costs little, and most changes are small.
    """
    effort.spend(_PER_WORD * (len(one) + len(other)))
    start, end = shared_ends(one, other)
    a, b = len(one) - end, len(other) - end
    found = _Counted(one[start:a], other[start:b], effort).get_matching_blocks()
    first = [difflib.Match(0, 0, start)] if start else []
    middle = [difflib.Match(block.a + start, block.b + start, block.size) for block in found[:-1]]
    last = [difflib.Match(a, b, end)] if end else []
    return [*first, *middle, *last, difflib.Match(len(one), len(other), 0)]


def shared_ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """How many are the same at the beginning, and how many of the rest at the end."""
    most = min(len(one), len(other))
    start = next((i for i in range(most) if one[i] != other[i]), most)
    end = next((i for i in range(most - start) if one[-1 - i] != other[-1 - i]), most - start)
    return start, end
