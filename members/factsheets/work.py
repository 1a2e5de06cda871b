"""What of factsheets waits for coordinators: own ones, and the deadlines of partners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from ground import clock
from ground.templatetags.ground_tags import days_left, overdue
from ground.work import NOTHING, Asked, WorkItem, read
from members.appointments import held_by
from members.factsheets.deadlines import NOMINATION, Deadline
from members.factsheets.missing import DUE, without_factsheet, year_due
from members.models import Agreement, AgreementSide, Factsheet, FactsheetTerm, Role, University
from members.models.exchange import year_of, year_on

DUE_WITHIN_DAYS = 30
SHOWN = 50
_DAY = dt.timedelta(days=1)


def waiting_for(user: Any) -> list[WorkItem]:
    """Drafts and missing factsheets of the universities that the person coordinates, and deadlines for nominations to
    their partners in the next thirty days. None for who coordinates nowhere; one query.
    """
    return read(asked(user))


def asked(user: Any) -> Asked:
    """What is read for it."""
    mine = held_by(user).universities(Role.MOBILITY_COORDINATOR)
    if not mine:
        return NOTHING
    drafts = Factsheet.objects.filter(university__in=mine, is_published=False).for_list()
    day = _due_of_this_year()
    without = without_factsheet(day).filter(pk__in=mine).order_by("pk") if day else University.objects.none()
    lookups = [drafts.prefetch_related(None).order_by("year", "pk")[:SHOWN], without, _nominations(mine)]
    return Asked(lookups, _items)


def _items(drafts: list[Factsheet], without: list[University], terms: list[FactsheetTerm]) -> list[WorkItem]:
    return [
        *(_draft(row) for row in drafts),
        *_missing(without, {(row.university_id, row.year) for row in drafts}),
        *(item for row in terms if (item := _nomination(row)) is not None),
    ]


def _draft(row: Factsheet) -> WorkItem:
    return WorkItem(
        _title(row.university, row.year),
        _("It is a draft. Students and partners don't see it yet."),
        _("Check and publish"),
        row.get_absolute_url(),
        kind="factsheet",
    )


def _missing(without: list[University], begun: set[tuple[int, str]]) -> Iterator[WorkItem]:
    """Factsheets that are not even begun: from 1 November on, until they are there."""
    day = _due_of_this_year()
    if day is None:
        return
    year = year_due(day)
    for university in without:
        if (university.pk, year) in begun:
            continue
        today = clock.today(university.zone)
        late = overdue(day, today)
        when = late or days_left(day, today)
        yield WorkItem(
            _title(university, year),
            _("There is none for the next academic year: %(when)s.") % {"when": when},
            _("Begin the factsheet"),
            reverse("members:factsheet_create", args=[university.slug]),
            due=day,
            late=bool(late),
            kind="factsheet",
        )


def _due_of_this_year() -> dt.date | None:
    """The first of December of the academic year that runs, in its last thirty days and ever after."""
    today = clock.today(dt.UTC)
    day = dt.date(int(year_on(today)[:4]), *DUE)
    return day if today >= day - DUE_WITHIN_DAYS * _DAY else None


def _nominations(mine: set[int]) -> QuerySet[FactsheetTerm]:
    """Terms of partners whose nominations end in the next thirty days, or a day more: dates differ around the world."""
    today = clock.today(dt.UTC)
    rows = FactsheetTerm.objects.published().filter(
        partners_of(mine, today),
        nomination_until__range=(today - _DAY, today + (DUE_WITHIN_DAYS + 1) * _DAY),
    )
    return rows.with_university().order_by("nomination_until", "pk")[:SHOWN]


def _nomination(row: Any) -> WorkItem | None:
    here = clock.today(row.factsheet.university.zone)
    deadline = Deadline(row, NOMINATION, row.nomination_until, here)
    if deadline.passed or (deadline.on - here).days > DUE_WITHIN_DAYS:
        return None
    return WorkItem(
        _title(row.factsheet.university, row.factsheet.year),
        _("%(deadline)s: %(when)s.") % {"deadline": deadline.words, "when": deadline.left},
        _("Open the factsheet"),
        row.factsheet.get_absolute_url(),
        due=deadline.on,
        kind="nomination",
    )


def partners_of(mine: set[int], today: dt.date) -> Q:
    """Terms of universities with an agreement in force with one of `mine`, in the years whose deadlines can be near:
    the one that runs and the two after it.
    """
    start = int(year_on(today)[:4])
    found = Q(pk__in=[])
    for year in (year_of(start), year_of(start + 1), year_of(start + 2)):
        agreed = Agreement.objects.in_force(year).filter(sides__university__in=mine)
        others = AgreementSide.objects.filter(agreement__in=agreed).exclude(university__in=mine)
        found |= Q(factsheet__year=year, factsheet__university__in=others.values("university"))
    return found


def _title(university: Any, year: str) -> str:
    return _("%(university)s: factsheet %(year)s") % {"university": university, "year": year}
