"""The coordinator's working table."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, QuerySet
from django.db.models.fields.json import KT
from django.utils.translation import gettext_lazy as _

from ground import clock, paging, text
from mobility import progress
from mobility.models import Application
from mobility.workflow import Status

PER_PAGE = 50
SORTS = {
    "submitted": (_("First submitted"), ["submitted_at", "id"]),
    "-submitted": (_("Last submitted"), ["-submitted_at", "-id"]),
    "name": (_("Name"), ["sort_name", "id"]),
    "reference": (_("Reference"), ["reference", "id"]),
}


@dataclass(frozen=True)
class Chip:
    words: Any
    query: str
    count: int
    current: bool


@dataclass(frozen=True)
class Table:
    """A page of the table, and what it can be narrowed and ordered by."""

    page: paging.Page[Application]
    rows: list[tuple[Application, str, dt.date]]
    chips: list[Chip]
    sorts: list[tuple[str, Any, bool]]
    typed: str
    status: str
    total: int


def applications(everything: QuerySet[Application], asked: Mapping[str, Any]) -> Table:
    """The table that the query asks for; what it doesn't know is left aside.

    Raises paging.BadCursor when `after` or `before` was not made here.
    """
    typed = str(asked.get("q", ""))[:100]
    status = str(asked.get("status", ""))
    status = status if status in Status.values else ""
    sort = str(asked.get("sort", ""))
    sort = sort if sort in SORTS else "submitted"
    found = _matching(everything, typed)
    counts = dict(found.order_by().values_list("status").annotate(Count("pk")))
    rows = found.filter(status=status) if status else found
    rows = rows.annotate(
        first_wish=KT("snapshot__wishes__0__host"),
        studies=KT("snapshot__studies__study_programme"),
        work=KT("snapshot__work__work_unit"),
    )
    page = paging.page(
        rows.for_list(), SORTS[sort][1], size=PER_PAGE, after=str(asked.get("after", "")),
        before=str(asked.get("before", "")),
    )  # fmt: skip
    return Table(
        page=page,
        rows=[(row, progress.tone(row.status), _day(row)) for row in page.rows],
        chips=_chips(counts, status, {"q": typed, "sort": sort if sort != "submitted" else ""}),
        sorts=[(key, words, key == sort) for key, (words, _order) in SORTS.items()],
        typed=typed,
        status=status,
        total=sum(counts.values()),
    )


def _day(row: Application) -> dt.date:
    """The civil day of the submission, where the university is."""
    return clock.date_in(row.submitted_at, row.call.university.zone) if row.submitted_at else dt.date.min


def _matching(rows: QuerySet[Application], typed: str) -> QuerySet[Application]:
    """Those whose name or reference has every word typed, without regard to case and diacritics."""
    for word in re.findall(r"\w+", text.fold(typed))[:6]:
        rows = rows.filter(folded__contains=word)
    return rows


def _chips(counts: dict[str, int], chosen: str, kept: dict[str, str]) -> list[Chip]:
    def query(status: str) -> str:
        return "?" + urlencode({key: value for key, value in {"status": status, **kept}.items() if value})

    everything = Chip(_("All"), query(""), sum(counts.values()), not chosen)
    return [everything] + [
        Chip(status.label, query(status), counts.get(status, 0), status == chosen)
        for status in Status
        if counts.get(status) or status == chosen
    ]
