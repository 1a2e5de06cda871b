"""The words of applications, each with its call before it: what a call's table looks for costs no more where other
calls have very many applications with the same word."""

from __future__ import annotations

from typing import Any, TypeVar

from django.contrib.postgres.search import SearchVectorField
from django.db.models import F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast

from ground import text
from ground.search import Matches, ToQuery

Rows = TypeVar("Rows", bound=QuerySet[Any])


class InCall(Func):
    function = "mobility_in_call"
    output_field = SearchVectorField()


WORDS = InCall(F("call_id"), F("search"))


def matching(rows: Rows, call: Any, typed: str) -> Rows:
    """Those of `rows`, all of `call`, in whose name or reference every word typed begins one.

    Nothing typed leaves the rows as they are; marks alone find nothing.
    """
    if not typed.strip():
        return rows
    query = " & ".join(f"c{call.pk}z{word}:*" for word in text.typed_words(typed))
    return rows.filter(Matches(WORDS, ToQuery(Cast(Value(query), TextField())))) if query else rows.none()
