"""All that a search finds of one kind, page by page: the best first where they are few, the newest where many."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, F, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, JSONObject

from alliance_portal.pages.finding import LONGEST, MOST, Shown, shown
from alliance_portal.pages.looks import Look
from ground import paging, plans
from ground.patience import TooLong, patience
from ground.search import Words

SIZE = 25
# What stands in an order for what is not known: the moment of a draft, the name of a centre in English.
_LATER = Value(dt.datetime(9999, 1, 1, tzinfo=dt.UTC), output_field=DateTimeField())
_NAME = Coalesce(F("name_lt"), Value(""), output_field=TextField())
_INSTEAD: dict[str, Any] = {"published_at": _LATER, "name_en": _NAME}


@dataclass
class Listed:
    """One page of hits and the number of all, MOST with `more` where there are more."""

    hits: list[Shown]
    page: paging.Page[Any]
    number: int = 0
    more: bool = False
    took_too_long: bool = False


def list_all(
    look: Look, typed: str, user: Any, *, near: bool = False, after: str = "", before: str = ""
) -> Listed:
    """One page of what `user` may see of one kind and what was `typed` finds: three statements at any depth.

    `near` takes words of titles along that differ from those typed by one letter; that is a statement more.

    Raises paging.BadCursor where a cursor was not made here.
    """
    words = Words.of(typed)
    if not words.typed:
        return Listed([], paging.Page([], "", ""))
    try:
        with patience(LONGEST), plans.for_these_values():
            words = _with_near(words) if near else words
            return _listed(look, words, user, {"after": after, "before": before})
    except TooLong:
        return Listed([], paging.Page([], "", ""), took_too_long=True)


def _listed(look: Look, words: Words, user: Any, cursors: dict[str, str]) -> Listed:
    rows: QuerySet[Any] = look.rows(user, words)
    drawn = rows.annotate(shown=JSONObject(**look.columns)).only("pk")
    keys = _best(look, rows, words)
    number = len(keys) if keys is not None else rows.order_by().values("pk")[: MOST + 1].count()
    if keys is not None and number <= MOST:
        page = paging.page_of(drawn, keys, size=SIZE, **cursors)
    else:
        ordered, order = _newest(look, drawn)
        page = paging.page(ordered, order, size=SIZE, **cursors)
    marked = [*words.typed, *(word for others in words.near for word in others)]
    hits = [shown(look.hit(row.shown), marked) for row in page.rows]
    return Listed(hits, page, min(number, MOST), number > MOST)


def _with_near(words: Words) -> Words:
    if not (asked := words.neighbours()):
        return words
    with connection.cursor() as cursor:
        cursor.execute(*asked)
        return words.with_near(word for (word,) in cursor.fetchall())


def _best(look: Look, rows: QuerySet[Any], words: Words) -> list[int] | None:
    """The keys of all hits, best first, one more than MOST at most; None where nothing tells good from better."""
    if look.rank is None:
        return None
    few = rows.filter(pk__in=rows.order_by().values("pk")[: MOST + 1])
    return list(few.order_by(look.rank(words).desc(), *look.newest).values_list("pk", flat=True))


def _newest(look: Look, rows: QuerySet[Any]) -> tuple[QuerySet[Any], list[str]]:
    """`rows` with what they are ordered by as columns of their own, none of them empty, and the order."""
    columns: dict[str, Any] = {}
    order = []
    for number, name in enumerate(look.newest):
        field = name.lstrip("-")
        known: Any = F(field)
        if instead := _INSTEAD.get(field):
            known = Coalesce(known, instead, output_field=instead.output_field)
        columns[f"by_{number}"] = known
        order.append(f"{'-' if name.startswith('-') else ''}by_{number}")
    return rows.annotate(**columns), order
