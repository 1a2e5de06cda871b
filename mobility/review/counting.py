"""The numbers beside the facets of a call's table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, ExpressionWrapper, F, Func, IntegerField, OuterRef, QuerySet, Value
from django.db.models.lookups import GreaterThan

from ground.gathering import together
from ground.templatetags.ground_tags import number
from members.models import FieldOfEducation, University
from mobility.models import Application, Call, Eqf
from mobility.review.query import FINDINGS, SCORED, TO_ANSWER, Asked, narrowed, of_facet
from mobility.workflow import Status

COUNTED = 1000
_MOST_OPTIONS = 60  # of a facet
_INDEXED = ("status",)
EVERY = ""
# Facets that are asked of an application by a question of their own each.
_ASKED = (*(("scored", value) for value in SCORED), *(("message", value) for value in TO_ANSWER))


class _Length(Func):
    function = "cardinality"
    output_field = IntegerField()


def _capped(rows: QuerySet[Application]) -> Any:
    """How many `rows` there are, counted a little beyond COUNTED at most."""
    return _Length(ArraySubquery(rows.order_by().values("pk")[: COUNTED + 1]))


def _any(rows: QuerySet[Application]) -> Any:
    """Whether there is one of `rows`: a look into an index each time, where EXISTS would read all rows of the call."""
    return GreaterThan(_Length(ArraySubquery(rows.order_by().values("pk")[:1])), 0)


def at_most(count: int) -> str:
    """A number as the table says it: counted to COUNTED and no farther."""
    return str(number(count)) if count <= COUNTED else f"{number(COUNTED)}+"


@dataclass(frozen=True)
class Numbers:
    """For each value of each facet its words and number (what the others leave; None where counting would walk through
    very many rows), how many were found (COUNTED and one more stand for all beyond), and, where a search found few,
    which."""

    of: dict[tuple[str, Any], tuple[Any, int | None]]
    total: int
    keys: list[int] | None


def numbers_of(call: Call, everything: QuerySet[Application], asked: Asked) -> Numbers:
    """`everything` is of the call, so its rows are counted as they are, whatever the outer row is."""
    calls, found = Call.objects.filter(pk=call.pk), narrowed(everything, asked, call)
    totals, fields, hosts = together(calls.values_list(_capped(found), flat=True), *_named(everything))
    offered = _offered(fields, hosts)
    alone, together_with = _ways(asked, few=totals[0] <= COUNTED)
    keys = [(name, value) for name in alone for value in offered[name]]
    rests = {name: narrowed(everything, asked.without(name), call) for name in (*alone, *together_with)}
    counted, *read = together(
        calls.values_list(Value(0), *(_capped(rests[key[0]].filter(of_facet(*key))) for key in keys)),
        *(_told_apart(rests[name])[: COUNTED + 1] for name in together_with),
    )
    tallies = {
        name: _tally(rows) for name, rows in zip(together_with, read, strict=True) if len(rows) <= COUNTED
    }
    numbers: dict[Any, int] = dict(zip(keys, counted[0][1:], strict=True))

    def number_at(name: str, value: Any) -> int | None:
        if name in alone:
            return numbers[name, value]
        tally = tallies.get(name if name in together_with else EVERY)
        return None if tally is None else tally[name, value]

    of = {
        (name, value): (words, number_at(name, value))
        for name, values in offered.items()
        for value, words in values.items()
    }
    searched = asked.typed and EVERY in tallies
    return Numbers(of, totals[0], [row[0] for row in read[0]] if searched else None)


def _ways(asked: Asked, *, few: bool) -> tuple[list[str], list[str]]:
    """Which facets are counted value by value, and what is read once and told apart here (EVERY: what was found).

    What was found is read where it is little; then a facet that narrows is counted by itself, since more is left
    without it. A search finds all its words again for each value that is counted by itself, so there such a facet is
    read as well. Where there is very much only the states are counted, which an index knows.
    """
    if not few:
        return [] if asked.typed else list(_INDEXED), []
    if asked.typed:
        return [], [EVERY, *asked.chosen]
    return list(asked.chosen), [EVERY]


def _told_apart(rows: QuerySet[Application]) -> QuerySet[Any, Any]:
    """What the facets ask of each of `rows`."""
    answers = (ExpressionWrapper(of_facet(*key), BooleanField()) for key in _ASKED)
    return rows.order_by().values_list(
        "pk", "status", "sent_field", "sent_host__slug", "sent_level", "findings", *answers
    )


def _tally(rows: Iterable[Any]) -> Counter[tuple[str, Any]]:
    """How many of `rows` (see `_told_apart`) each value of each facet has."""
    return Counter(key for _pk, *row in rows for key in _values_of(*row))


def _values_of(
    status: str, field: str | None, host: str | None, level: int | None, findings: list[str], *answers: bool
) -> Iterator[tuple[str, Any]]:
    """The facets and their values that an application counts for."""
    yield from (("status", status), ("field", field), ("host", host), ("level", str(level)))
    yield from (("finding", code) for code in findings or ["none"])
    yield from (key for key, answer in zip(_ASKED, answers, strict=True) if answer)


def _named(everything: QuerySet[Application]) -> tuple[QuerySet[Any], QuerySet[Any]]:
    """The fields of education and the hosts (address, name) that there are among the applications."""
    fields = FieldOfEducation.objects.filter(_any(everything.filter(sent_field=OuterRef("pk"))))
    hosts = University.objects.filter(_any(everything.filter(sent_host=OuterRef("pk"))))
    named = hosts.order_by("organisation__sort_key").values_list("slug", F("organisation__name"))
    return fields[:_MOST_OPTIONS], named[:_MOST_OPTIONS]


def _offered(fields: list[FieldOfEducation], hosts: list[tuple[str, str]]) -> dict[str, dict[str, Any]]:
    """The values that each facet offers, with their words."""
    return {
        "status": {s.value: s.label for s in Status if s != Status.DRAFT},
        "finding": dict(FINDINGS),
        "scored": dict(SCORED),
        "message": dict(TO_ANSWER),
        "field": {one.pk: one.name for one in fields},
        "host": dict(hosts),
        "level": {str(level.value): level.label for level in Eqf},
    }
