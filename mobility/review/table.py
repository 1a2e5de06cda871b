"""The coordinator's table of a call: a page of it, its facets with their numbers, the filters kept under a name.

It costs the same however many applications there are: pages are cut by cursors, and a number is counted to COUNTED
and no farther ("1,000+").
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Func, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.db.models.lookups import GreaterThan
from django.utils.translation import gettext as _

from ground import clock, paging, plans
from ground.gathering import together
from ground.templatetags.ground_tags import number
from members.models import FieldOfEducation, University
from mobility import progress
from mobility.models import Application, Call, Eqf, PendingDecision
from mobility.review.query import (
    COLUMNS,
    FACETS,
    FINDINGS,
    SCORED,
    SORTS,
    TO_ANSWER,
    Asked,
    narrowed,
    new_messages,
    of_facet,
)
from mobility.workflow import Status

PER_PAGE = 25
COUNTED = 1000
_MOST_OPTIONS = 60  # of a facet
_INDEXED = ("status",)
_OPEN = ("status", "finding", "scored", "message")  # facets that stand open: what a day of decisions needs


@dataclass(frozen=True)
class Option:
    """A value of a facet: in words, how many there are, and the address that puts it in or takes it out."""

    name: str
    value: str
    words: Any
    query: str
    count: str
    checked: bool


@dataclass(frozen=True)
class Facet:
    name: str
    label: Any
    options: list[Option]
    open: bool


@dataclass(frozen=True)
class Line:
    """One application of the page; `waits` names the bulk decision that waits for it, `rank` its place among all."""

    application: Application
    tone: str
    submitted: dt.date
    findings: list[str]
    waits: str
    rank: int


@dataclass(frozen=True)
class Table:
    """A page of the table, and what it can be narrowed and ordered by."""

    asked: Asked
    page: paging.Page[Application]
    lines: list[Line]
    facets: list[Facet]
    sorts: list[tuple[str, Any, bool]]
    columns: list[tuple[str, Any, bool]]
    total: str
    found: int

    @property
    def is_ranking(self) -> bool:
        return self.asked.sort == "score"


@plans.for_these_values()
def page_of(
    call: Call, everything: QuerySet[Application], asked: Asked, *, after: str = "", before: str = "",
    waiting: bool = True,
) -> Table:  # fmt: skip
    """The page of the table at a cursor; `waiting` says whether decisions that wait are shown.

    Raises paging.BadCursor when `after` or `before` was not made here.
    """
    found = narrowed(everything, asked)
    numbers, total = _numbers(call, everything, asked)
    page = paging.page(_shown(found, waiting), asked.order, size=PER_PAGE, after=after, before=before)
    return Table(
        asked=asked,
        page=page,
        lines=[_line(row, page.first + n if page.first else 0) for n, row in enumerate(page.rows)],
        facets=_facets(asked, numbers),
        sorts=[(key, words, key == asked.sort) for key, (words, _order) in SORTS.items()],
        columns=[(key, words, key in asked.columns) for key, words in COLUMNS.items()],
        total=at_most(total),
        found=total,
    )


def at_most(count: int) -> str:
    """A number as the table says it: counted to COUNTED and no farther."""
    return str(number(count)) if count <= COUNTED else f"{number(COUNTED)}+"


def _shown(rows: QuerySet[Application], waiting: bool) -> QuerySet[Application]:
    """What a line shows, in one query; with the bulk decision that waits for it, where that is shown."""
    if waiting:
        pending = PendingDecision.objects.filter(is_open=True, application=OuterRef("pk"))
        rows = rows.annotate(waits=Subquery(pending.values("bulk__uuid")[:1]))
    return rows.annotate(
        first_wish=KT("snapshot__wishes__0__host"),
        studies=KT("snapshot__studies__study_programme"),
        work=KT("snapshot__work__work_unit"),
        has_message=Exists(new_messages()),
    ).select_related("sent_field", "applicant", "call__university").defer(
        "snapshot", "motivation", "work_plan", "work_goals", "work_value", "work_outcomes"
    )  # fmt: skip


def _line(row: Any, rank: int) -> Line:
    zone = row.call.university.zone
    return Line(
        application=row,
        tone=progress.tone(row.status),
        submitted=clock.date_in(row.submitted_at, zone) if row.submitted_at else dt.date.min,
        findings=[str(FINDINGS[code]) for code in row.findings if code in FINDINGS],
        waits=str(getattr(row, "waits", None) or ""),
        rank=rank,
    )


class _Length(Func):
    function = "cardinality"
    output_field = IntegerField()


def _capped(rows: QuerySet[Application]) -> Any:
    """How many `rows` there are, counted a little beyond COUNTED at most."""
    return _Length(ArraySubquery(rows.order_by().values("pk")[: COUNTED + 1]))


def _any(rows: QuerySet[Application]) -> Any:
    """Whether there is one of `rows`: a look into an index each time, where EXISTS would read all rows of the call."""
    return GreaterThan(_Length(ArraySubquery(rows.order_by().values("pk")[:1])), 0)


def _numbers(call: Call, everything: QuerySet[Application], asked: Asked) -> tuple[dict[Any, Any], int]:
    """For each value of each facet its words and number (what the others leave), and the number found.

    `everything` is of the call, so its rows are counted as they are, whatever the outer row is. Where there are very
    many, only the states show numbers: the other facets would walk through all rows.
    """
    calls = Call.objects.filter(pk=call.pk)
    totals, fields, hosts = together(
        calls.values_list(_capped(narrowed(everything, asked)), flat=True), *_named(everything)
    )
    total, offered = totals[0], _offered(fields, hosts)
    counts = {}
    for name, values in offered.items():
        rest = narrowed(everything, asked.without(name))
        for n, value in enumerate(values if total <= COUNTED or name in _INDEXED else ()):
            counts[f"n_{name}_{n}"] = _capped(rest.filter(of_facet(name, value)))
    row = calls.values(**counts).get()
    numbers = {
        (name, value): (words, row.get(f"n_{name}_{n}"))
        for name, values in offered.items()
        for n, (value, words) in enumerate(values.items())
    }
    return numbers, total


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


def _facets(asked: Asked, numbers: Mapping[Any, Any]) -> list[Facet]:
    found = []
    for name, label in FACETS.items():
        options = [
            _option(asked, name, value, words, count)
            for (facet, value), (words, count) in numbers.items()
            if facet == name and (count is None or count or value in asked.chosen.get(name, ()))
        ]
        if options:
            found.append(Facet(name, label, options, name in _OPEN or name in asked.chosen))
    return found


def _option(asked: Asked, name: str, value: str, words: Any, count: int | None) -> Option:
    checked = value in asked.chosen.get(name, ())
    return Option(
        name,
        value,
        words,
        "?" + asked.toggled(name, value).query,
        "" if count is None else at_most(count),
        checked,
    )


def chosen_words(asked: Asked, facets: list[Facet]) -> list[tuple[str, str]]:
    """What the table is narrowed to, in words, each with the address that takes it out again."""
    found = [(str(one.words), one.query) for facet in facets for one in facet.options if one.checked]
    if asked.typed:
        found.append((_("“%(typed)s”") % {"typed": asked.typed}, "?" + replace(asked, typed="").query))
    return found
