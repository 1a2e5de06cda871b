"""Stored search vectors: folded in Python, matched by the database's GIN index."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.postgres.search import SearchVectorField
from django.db.models import BigIntegerField, BooleanField, F, FloatField, Func, QuerySet, TextField, Value
from django.db.models.expressions import RawSQL
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


@dataclass(frozen=True)
class Words:
    """The words to look for, each with the words of titles that stand for it because one letter was wrong."""

    typed: tuple[str, ...]
    near: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, typed: str) -> Words:
        """The words typed; single letters count where there is nothing else, and no word counts twice."""
        found = list(dict.fromkeys(text.typed_words(typed)))
        return cls(tuple([word for word in found if len(word) > 1] or found[:1]))

    @property
    def query(self) -> str:
        """A tsquery in which each word may be the beginning of a longer one; "" where there is nothing to look for."""
        near = self.near or ((),) * len(self.typed)
        either = [(word, *others) for word, others in zip(self.typed, near, strict=True)]
        return " & ".join(f"({' | '.join(f'{word}:*' for word in words)})" for words in either)

    @property
    def alone(self) -> list[Words]:
        """Each word for itself."""
        near = self.near or ((),) * len(self.typed)
        return [Words((word,), (others,)) for word, others in zip(self.typed, near, strict=True)]

    def neighbours(self) -> Part | None:
        """The statement that finds the words of titles from which these differ by one letter, and some besides.

        Titles' words have four letters or more; numbers and codes mean what they say.
        """
        keys = {key for word in self.typed if _LETTERS.fullmatch(word) for key in text.left_out(word)}
        sql = "SELECT DISTINCT word FROM ground_titleword WHERE near = ANY(%s::text[]) LIMIT 500"
        return (sql, [sorted(keys)]) if keys else None

    def with_near(self, known: Iterable[str]) -> Words:
        """The same words, each with those of the `known` ones from which it differs by one letter."""
        asked = {word for word in self.typed if _LETTERS.fullmatch(word)}
        near = [
            sorted(one for one in known if word in asked and text.one_off(word, one)) for word in self.typed
        ]
        return Words(self.typed, tuple(tuple(words[:MOST_NEAR]) for words in near))


_LETTERS = re.compile(r"[a-z]{3,40}")
MOST_NEAR = 8
Part = tuple[str, list[Any]]


def _tsquery(typed: str | Words) -> str:
    return typed.query if isinstance(typed, Words) else text.prefix_query(typed)


def entered(kind: str, typed: str | Words, *, key: str = "record") -> RawSQL:
    """The keys of the records of `kind` whose words in `ground_entry` are those typed; `key` is how SQL reads one."""
    return RawSQL(  # noqa: S611 - `key` comes from the code, what was typed is bound
        f"SELECT {key} FROM ground_entry WHERE kind = %s::text AND words @@ to_tsquery('simple', %s::text)",  # noqa: S608
        [kind, _tsquery(typed)],
        output_field=BigIntegerField() if key == "record" else TextField(),
    )


def _exactly(typed: str | Words) -> ToQuery:
    """The words as they were typed; those that only stand for them do not rank."""
    exact = Words(typed.typed) if isinstance(typed, Words) else typed
    return ToQuery(Cast(Value(_tsquery(exact)), TextField()))


def how_well(typed: str | Words, field: str = "search") -> Rank:
    """How well the vector in `field` matches the words typed."""
    return Rank(F(field), _exactly(typed))


class EntryRank(Func):
    """How well the entry of a record in `ground_entry` matches a query."""

    function = "ground_rank"
    output_field = FloatField()


def how_well_entered(kind: str, typed: str | Words) -> EntryRank:
    """How well the record's entry matches the words typed."""
    return EntryRank(Cast(Value(kind), TextField()), F("pk"), _exactly(typed))


def ranked(rows: Rows, typed: str, *, field: str = "search") -> Rows:
    """The rows with `rank`: how well each matches the words typed."""
    return rows.annotate(rank=how_well(typed, field))


def matching(rows: Rows, typed: str | Words, *, field: str = "search") -> Rows:
    """Those of `rows` whose vector has, for every word typed, a word that begins with it.

    Nothing typed leaves the rows as they are; marks alone find nothing.
    """
    if isinstance(typed, str) and not typed.strip():
        return rows
    query = _tsquery(typed)
    return rows.filter(Matches(F(field), ToQuery(Cast(Value(query), TextField())))) if query else rows.none()


def matching_entries(rows: Rows, kind: str, typed: str | Words) -> Rows:
    """The same for records whose words stand in `ground_entry`."""
    if isinstance(typed, str) and not typed.strip():
        return rows
    return rows.filter(pk__in=entered(kind, typed)) if _tsquery(typed) else rows.none()
