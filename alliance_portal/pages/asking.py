"""What the search asks of each kind of record: put together once for all visitors, anew for who is signed in.

Putting the statements of ten kinds together takes longer than running them. For visitors they differ by the words and
the moment alone, so they are made with stand-ins in their places and kept as SQL.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import get_language

from alliance_portal.pages.looks import LOOKS, Look
from ground import clock
from ground.search import Part, Words

_LOOKS = {look.key: look for look in LOOKS}
# A moment that no record has: what stands near it in a statement is reckoned from the real one.
_MOMENT = dt.datetime(6000, 1, 1, tzinfo=dt.UTC)
_NEAR_IT = dt.timedelta(days=1000)


class Number(NamedTuple):
    """How many records there are, not counted beyond `most`."""

    most: int


class First(NamedTuple):
    """The first records, the best of all or the newest; with their long texts, or without."""

    each: int
    best: bool
    texts: bool


Wanted = Number | First


def statement(look: Look, words: Words, user: Any, wanted: Wanted) -> Part | None:
    """The statement that finds what is wanted; None where there can't be anything."""
    if getattr(user, "is_authenticated", False):
        return _made(look, words, user, wanted)
    made = _for_visitors(look.key, len(words.typed), wanted, get_language())
    return (made[0], _filled(made[1], words)) if made else None


@lru_cache(maxsize=2000)
def _for_visitors(key: str, count: int, wanted: Wanted, language: str | None) -> Part | None:
    """The statement for any visitor who types `count` words; some models read the language of the page."""
    with clock.one_moment(_MOMENT):
        return _made(_LOOKS[key], _stand_in(count), AnonymousUser(), wanted)


def _made(look: Look, words: Words, user: Any, wanted: Wanted) -> Part | None:
    rows: QuerySet[Any] = look.rows(user, words)
    if isinstance(wanted, Number):
        rows = rows.order_by().values("pk")[: wanted.most + 1]
        return _sql(rows, f"SELECT '{look.key}'::text, count(*) FROM ({{}}) AS found")  # noqa: S608 - a name of ours
    best = [look.rank(words).desc()] if look.rank and wanted.best else []
    columns = {
        name: one for name, one in look.columns.items() if wanted.texts or not name.startswith("text_")
    }
    rows = (
        rows.annotate(shown=JSONObject(**columns))
        .order_by(*best, *look.newest)
        .values("shown")[: wanted.each]
    )
    return _sql(rows, f"SELECT '{look.key}'::text, row_number() OVER (), found.shown FROM ({{}}) AS found")  # noqa: S608


def _sql(rows: QuerySet[Any], whole: str) -> Part | None:
    try:
        sql, values = rows.query.sql_with_params()
    except EmptyResultSet:
        return None
    return whole.replace("{}", sql), list(values)


@lru_cache(maxsize=20)
def _stand_in(count: int) -> Words:
    """So many words that nobody types. Each has one that is near, so the words as typed are told from all of them."""
    return Words(tuple(f"typed§{n}" for n in range(count)), tuple((f"near§{n}",) for n in range(count)))


def _filled(values: list[Any], words: Words) -> list[Any]:
    """The values of a statement with what was typed, and the moment, in the place of what stood for them."""
    given = _given(words)
    return [
        given.get(one, one) if isinstance(one, str) else _moment(one) if isinstance(one, dt.datetime) else one
        for one in values
    ]


@lru_cache(maxsize=20)
def _given(words: Words) -> dict[str, str]:
    return dict(zip(_queries(_stand_in(len(words.typed))), _queries(words), strict=True))


def _queries(words: Words) -> list[str]:
    """Every way in which a statement can ask for the words."""
    return [words.query, Words(words.typed).query, *(one.query for one in words.alone)]


def _moment(value: dt.datetime) -> dt.datetime:
    away = value - _MOMENT
    return clock.now() + away if abs(away) < _NEAR_IT else value


def together(parts: list[Part]) -> list[tuple[Any, ...]]:
    """The rows of all parts, in one statement."""
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"({sql})" for sql, _values in parts), [v for _sql, vs in parts for v in vs]
        )
        return cursor.fetchall()
