"""One search over all kinds of records in two statements: how many of each there are, and the first of each.

Where nearly nothing has the words as they were typed, they are taken for words of titles with a wrong letter.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.safestring import SafeString

from alliance_portal.pages.asking import First, Number, statement, together
from alliance_portal.pages.looks import LOOKS, Hit, Look
from ground import plans
from ground.marking import excerpt, marked, stand_in
from ground.patience import TooLong, patience
from ground.search import Part, Words

MOST = 1000  # counted exactly and ranked up to here
SOME = 100  # the same for suggestions
FEW = 5  # exact hits with which nobody needs to be asked whether a letter was wrong
LONGEST = 3  # seconds


@dataclass(frozen=True)
class Shown:
    """A hit as the page shows it: with the words marked, and a part of its text where its name has none of them."""

    hit: Hit
    title: SafeString
    note: SafeString
    text: SafeString
    text_language: str = ""


@dataclass
class Group:
    """The first hits of one kind and the number of all, MOST with `more` where there are more."""

    look: Look
    count: int
    hits: list[Shown]
    href: str = ""

    @property
    def more(self) -> bool:
        return self.count > MOST

    @property
    def number(self) -> int:
        return min(self.count, MOST)


@dataclass
class Found:
    """What a search found. `near`: words that were looked for in place of those typed (`instead`) or besides them."""

    typed: str
    groups: list[Group] = field(default_factory=list)
    near: list[str] = field(default_factory=list)
    widened: bool = False
    instead: bool = False
    took_too_long: bool = False

    @property
    def total(self) -> int:
        return sum(group.number for group in self.groups)

    @property
    def shown(self) -> int:
        """How many hits are shown."""
        return sum(len(group.hits) for group in self.groups)

    @property
    def more(self) -> bool:
        return any(group.more for group in self.groups)


def find(typed: str, user: Any, *, each: int) -> Found:
    """What `user` may see of what has, for every word `typed`, a word that begins with it; the first `each` of a kind.

    Two statements (numbers, hits), a third where a letter may be wrong.
    """
    return _patiently(typed, user, each, MOST, texts=True)


def suggest(typed: str, user: Any, *, each: int) -> Found:
    """The same for who is still typing: without texts, and the best come first where they are but SOME."""
    return _patiently(typed, user, each, SOME, texts=False)


def _patiently(typed: str, user: Any, each: int, most: int, *, texts: bool) -> Found:
    words = Words.of(typed)
    if not words.typed:
        return Found(typed)
    try:
        with patience(LONGEST), plans.for_these_values():
            return _find(typed, words, user, each, most, texts=texts)
    except TooLong:
        return Found(typed, took_too_long=True)


def _find(typed: str, words: Words, user: Any, each: int, most: int, *, texts: bool) -> Found:
    numbers, known = _numbers(words, user, most, words.neighbours())
    exact = sum(numbers.values())
    wide = words.with_near(known)
    widened = False
    if exact < FEW and any(wide.near):
        wider, _known = _numbers(wide, user, most)
        widened = sum(wider.values()) > exact
        words, numbers = (wide, wider) if widened else (words, numbers)
    found = Found(typed, widened=widened, instead=widened and not exact)
    rows = _rows(
        words, user, {key: First(each, number <= most, texts) for key, number in numbers.items() if number}
    )
    near = {word for others in words.near for word in others}
    for look in LOOKS:
        if hits := rows.get(look.key):
            drawn = [shown(hit, [*words.typed, *near]) for hit in hits]
            found.groups.append(Group(look, numbers[look.key], drawn, look.all_of(typed, near=widened)))
    found.near = sorted(_standing(near, found.groups))  # no word is told that stands in nothing they may see
    return found


def _standing(near: set[str], groups: Iterable[Group]) -> set[str]:
    texts = " ".join(f"{one.hit.title} {one.hit.note} {one.text}" for g in groups for one in g.hits)
    return stand_in(texts, near) if near else set()


def shown(hit: Hit, words: Collection[str]) -> Shown:
    """The hit with the folded `words` marked; what has them only in its other language shows them in that."""
    title, note = marked(hit.title, words), marked(hit.note, words)
    part, language = "", hit.text_language
    if "<mark>" not in title:
        part = excerpt(hit.text, words)
        if not part and "<mark>" not in note:
            found = ((excerpt(text, words), code) for text, code in hit.elsewhere)
            part, language = next((one for one in found if one[0]), ("", ""))
    return Shown(hit, title, note, marked(part, words), language)


def _numbers(words: Words, user: Any, most: int, also: Part | None = None) -> tuple[dict[str, int], set[str]]:
    """How many of each kind there are, one more than `most` at most; and the words that `also` finds."""
    asked = (statement(look, words, user, Number(most)) for look in LOOKS)
    parts = [part for part in asked if part]
    if also:
        sql, values = also
        parts.append((f"SELECT word, -1 FROM ({sql}) AS known (word)", values))  # noqa: S608 - it's our own
    rows = together(parts)
    return {key: number for key, number in rows if number >= 0}, {word for word, number in rows if number < 0}


def _rows(words: Words, user: Any, wanted: dict[str, First]) -> dict[str, list[Hit]]:
    """The first hits of each kind."""
    asked = (statement(look, words, user, wanted[look.key]) for look in LOOKS if look.key in wanted)
    rows = together([part for part in asked if part])
    made = {look.key: look.hit for look in LOOKS}
    hits: dict[str, list[Hit]] = {}
    for key, _place, shown in sorted(rows, key=lambda row: (row[0], row[1])):
        hits.setdefault(key, []).append(made[key](json.loads(shown) if isinstance(shown, str) else shown))
    return hits
