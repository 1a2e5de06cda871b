"""The coordinator's table of a call: a page of it, its facets with their numbers, the filters kept under a name.

It costs the same however many applications there are: pages are cut by cursors, and a number is counted so far and no
farther ("1,000+").
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT
from django.utils.translation import gettext as _

from ground import clock, paging, plans
from mobility import progress
from mobility.models import Application, Call, PendingDecision
from mobility.review.counting import at_most, numbers_of
from mobility.review.query import COLUMNS, FACETS, FINDINGS, SORTS, Asked, narrowed, new_messages

PER_PAGE = 25
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
    numbers = numbers_of(call, everything, asked)
    # What was found already is not looked for again: how rare a word is the database can only guess.
    found = (
        narrowed(everything, asked, call) if numbers.keys is None else everything.filter(pk__in=numbers.keys)
    )
    rows, whole = _shown(found, waiting), None
    if asked.typed and numbers.keys is None:
        rows, whole = found, _shown(everything, waiting)  # found by words, so sorted
    page = paging.page(rows, asked.order, size=PER_PAGE, after=after, before=before, whole=whole)
    return Table(
        asked=asked,
        page=page,
        lines=[_line(row, page.first + n if page.first else 0) for n, row in enumerate(page.rows)],
        facets=_facets(asked, numbers.of),
        sorts=[(key, words, key == asked.sort) for key, (words, _order) in SORTS.items()],
        columns=[(key, words, key in asked.columns) for key, words in COLUMNS.items()],
        total=at_most(numbers.total),
        found=numbers.total,
    )


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
