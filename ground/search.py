"""Stored search vectors: folded in Python, matched by the database's GIN index."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BooleanField, F, FloatField, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast

from ground import text

Rows = TypeVar("Rows", bound=QuerySet[Any])


class ToVector(Func):
    """Folded words as a search vector (the words are split already, so `simple` is all it needs)."""

    function = "to_tsvector"
    template = "%(function)s('simple', %(expressions)s)"
    output_field = SearchVectorField()


class ToQuery(Func):
    function = "to_tsquery"
    template = "%(function)s('simple', %(expressions)s)"
    output_field = TextField()


class Matches(Func):
    """`vector @@ query` as a condition."""

    template = "(%(expressions)s)"
    arg_joiner = " @@ "
    output_field = BooleanField()


class Weighed(Func):
    """A vector whose words count more than those of a plain one when the best matches come first."""

    function = "setweight"
    template = "%(function)s(%(expressions)s, 'A')"
    output_field = SearchVectorField()


class Joined(Func):
    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = SearchVectorField()


class Rank(Func):
    """How well a vector matches a query."""

    function = "ts_rank"
    output_field = FloatField()


def search_value(parts: Iterable[str | None], *, names: Iterable[str | None] = ()) -> Any:
    """What a SearchVectorField is set to: the words of `parts`, folded; those of `names` rank higher."""
    rest = ToVector(Cast(Value(text.document(parts)), TextField()))
    first = text.document(names)
    return Joined(Weighed(ToVector(Cast(Value(first), TextField()))), rest) if first else rest


def ranked(rows: Rows, typed: str, *, field: str = "search") -> Rows:
    """The rows with `rank`: how well each matches the words typed."""
    query = ToQuery(Cast(Value(text.prefix_query(typed)), TextField()))
    return rows.annotate(rank=Rank(F(field), query))


def matching(rows: Rows, typed: str, *, field: str = "search") -> Rows:
    """Those of `rows` whose vector has, for every word typed, a word that begins with it.

    Nothing typed leaves the rows as they are; marks alone find nothing.
    """
    if not typed.strip():
        return rows
    query = text.prefix_query(typed)
    return rows.filter(Matches(F(field), ToQuery(Cast(Value(query), TextField())))) if query else rows.none()
