"""Dates of factsheets: until when partners nominate and students apply, and a factsheet that is not there in time.

Weeks until a decision or a transcript are facts to read; they remind nobody.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ground import clock
from members.factsheets.messages import APPLICATION_DEADLINE, FACTSHEET_MISSING, NOMINATION_DEADLINE, TERM
from members.factsheets.missing import due_day, without_factsheet, year_due
from members.factsheets.partners import partners
from members.messages import UNIVERSITY
from members.models import FactsheetTerm, University
from members.reminders.people import coordinators_by_university, once
from notifications.reminders import Dated, ReminderKind, register


class _Deadline(ReminderKind):
    """A deadline of a term of a published factsheet, told to the coordinators of the university that set it and of
    those with an agreement in force with it in that academic year.
    """

    field: str
    offsets = (30, 7, 1)

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        rows = self._published().filter(**{f"{self.field}__range": (first, last)}).order_by(self.field, "pk")
        return (self._dated(row) for row in rows.iterator(chunk_size=500))

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {row.uuid: self._dated(row) for row in self._published().filter(uuid__in=uuids)}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        rows = FactsheetTerm.objects.filter(uuid__in=uuids)
        hosting = {
            key: (u, y) for key, u, y in rows.values_list("uuid", "factsheet__university", "factsheet__year")
        }
        others = partners(hosting.values())
        concerned = {key: [pair[0], *others.get(pair, [])] for key, pair in hosting.items()}
        people = coordinators_by_university({u for places in concerned.values() for u in places})
        return {key: once(p for u in places for p in people[u]) for key, places in concerned.items()}

    def _published(self) -> QuerySet[FactsheetTerm]:
        rows = FactsheetTerm.objects.published().filter(**{f"{self.field}__isnull": False})
        return rows.with_university()

    def _dated(self, row: FactsheetTerm) -> Dated:
        university, day = row.factsheet.university, getattr(row, self.field)
        context = {
            "slug": university.slug, "term": row.term, "year": row.factsheet.year, "until_on": day,
            "zone": university.zone, **university.organisation.told_as("university"),
        }  # fmt: skip
        name = f"{university} {row.factsheet.year}"
        return Dated(TERM, row.uuid, name, day, university.zone, context)


class NominationDeadline(_Deadline):
    """Until when home universities nominate."""

    name = NOMINATION_DEADLINE
    label = _("Deadline for nominations to a partner university")
    message = NOMINATION_DEADLINE
    field = "nomination_until"


class ApplicationDeadline(_Deadline):
    """Until when students apply at the host. Coordinators are told for now; students are told themselves as soon as
    the portal knows who was nominated.
    """

    name = APPLICATION_DEADLINE
    label = _("Deadline for applications at a partner university")
    message = APPLICATION_DEADLINE
    field = "application_until"


class MissingFactsheet(ReminderKind):
    """Members without a published factsheet of the next academic year on 1 December; told to their coordinators, two
    weeks before and on the day.
    """

    name = FACTSHEET_MISSING
    label = _("Factsheet of the next academic year that is missing")
    message = FACTSHEET_MISSING
    offsets = (14, 0)

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        day = due_day(first)
        if day > last:
            return []
        return [self._dated(university, day) for university in without_factsheet(day).order_by("pk")]

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        moment = clock.now()
        found = University.objects.select_related("organisation").filter(uuid__in=uuids)
        dated = {row.uuid: self._dated(row, due_day(clock.date_in(moment, row.zone))) for row in found}
        days = {one.date for one in dated.values()}
        lacking = {day: set(without_factsheet(day).values_list("uuid", flat=True)) for day in days}
        return {key: value for key, value in dated.items() if key in lacking[value.date]}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        chosen = dict(University.objects.filter(uuid__in=uuids).values_list("uuid", "pk"))
        people = coordinators_by_university(list(chosen.values()))
        return {key: people[pk] for key, pk in chosen.items()}

    def _dated(self, university: University, day: dt.date) -> Dated:
        context = {
            "slug": university.slug, "year": year_due(day), "until_on": day,
            **university.organisation.told_as("university"),
        }  # fmt: skip
        return Dated(UNIVERSITY, university.uuid, str(university), day, university.zone, context)


def register_kinds() -> None:
    """Called once at the start."""
    for kind in (NominationDeadline(), ApplicationDeadline(), MissingFactsheet()):
        register(kind)
