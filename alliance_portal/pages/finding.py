"""One search over all kinds of records in two statements: how many of each there are, and the first of each.

Where nearly nothing has the words as they were typed, they are taken for words of titles with a wrong letter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.utils.safestring import SafeString

from alliance_portal.pages.looks import LOOKS, Hit, Look
from ground.marking import excerpt, marked, stand_in
from ground.patience import TooLong, patience
from ground.search import Part, Words

MOST = 1000  # counted exactly and ranked up to here
FEW = 5  # exact hits with which nobody needs to be asked whether a letter was wrong
LONGEST = 3  # seconds


@dataclass(frozen=True)
class Shown:
    """A hit as the page shows it: with the words marked, and a part of its text where its name has none of them."""

    hit: Hit
    title: SafeString
    note: SafeString
    text: SafeString


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
    words = Words.of(typed)
    if not words.typed:
        return Found(typed)
    try:
        with patience(LONGEST):
            return _find(typed, words, user, each)
    except TooLong:
        return Found(typed, took_too_long=True)


def _find(typed: str, words: Words, user: Any, each: int) -> Found:
    numbers, known = _numbers(words, user, words.neighbours())
    exact = sum(numbers.values())
    wide = words.with_near(known)
    widened = False
    if exact < FEW and any(wide.near):
        wider, _known = _numbers(wide, user)
        widened = sum(wider.values()) > exact
        words, numbers = (wide, wider) if widened else (words, numbers)
    found = Found(typed, widened=widened, instead=widened and not exact)
    rows = _rows(words, user, numbers, each)
    near = {word for others in words.near for word in others}
    for look in LOOKS:
        if hits := rows.get(look.key):
            shown = [_shown(hit, [*words.typed, *near]) for hit in hits]
            found.groups.append(Group(look, numbers[look.key], shown, look.all_of("" if widened else typed)))
    found.near = sorted(_standing(near, found.groups))  # no word is told that stands in nothing they may see
    return found


def _standing(near: set[str], groups: Iterable[Group]) -> set[str]:
    texts = " ".join(f"{shown.hit.title} {shown.hit.note} {shown.text}" for g in groups for shown in g.hits)
    return stand_in(texts, near) if near else set()


def _shown(hit: Hit, words: list[str]) -> Shown:
    title = marked(hit.title, words)
    part = "" if "<mark>" in title else excerpt(hit.text, words)
    return Shown(hit, title, marked(hit.note, words), marked(part, words))


def _numbers(words: Words, user: Any, also: Part | None = None) -> tuple[dict[str, int], set[str]]:
    """How many of each kind there are, one more than MOST at most; and the words that `also` finds."""
    parts: list[Part] = []
    for look in LOOKS:
        if part := _sql(look.rows(user, words).order_by().values("pk")[: MOST + 1]):
            sql, values = part
            counted = f"SELECT %s::text, count(*) FROM ({sql}) AS found"  # noqa: S608 - Django made it
            parts.append((counted, [look.key, *values]))
    if also:
        sql, values = also
        parts.append((f"SELECT word, -1 FROM ({sql}) AS known (word)", values))  # noqa: S608 - the same
    rows = _together(parts)
    return {key: number for key, number in rows if number >= 0}, {word for word, number in rows if number < 0}


def _rows(words: Words, user: Any, numbers: dict[str, int], each: int) -> dict[str, list[Hit]]:
    """The first hits of each kind: the best where they are few, the newest where they are many."""
    parts = []
    for look in LOOKS:
        if number := numbers.get(look.key):
            rows: Any = look.rows(user, words)
            best = [look.rank(words).desc()] if look.rank and number <= MOST else []
            rows = rows.annotate(shown=JSONObject(**look.columns)).order_by(*best, *look.newest)
            if part := _sql(rows.values("shown")[:each]):
                sql, values = part
                numbered = f"SELECT %s::text, row_number() OVER (), found.shown FROM ({sql}) AS found"  # noqa: S608
                parts.append((numbered, [look.key, *values]))
    hits: dict[str, list[Hit]] = {}
    made = {look.key: look.hit for look in LOOKS}
    for key, _place, shown in sorted(_together(parts), key=lambda row: (row[0], row[1])):
        hits.setdefault(key, []).append(made[key](json.loads(shown) if isinstance(shown, str) else shown))
    return hits


def _sql(rows: QuerySet[Any]) -> Part | None:
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, list(values)


def _together(parts: list[Part]) -> list[tuple[Any, ...]]:
    """The rows of all parts, in one statement."""
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"({sql})" for sql, _values in parts), [v for _sql, vs in parts for v in vs]
        )
        return cursor.fetchall()
