"""The reminder of an event to those who registered for it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from ground import clock
from news.models import Registration
from news.registering import messages
from news.registering.telling import about, person_of
from news.workflow import Publication
from notifications.reminders import Dated, ReminderKind, register


class EventReminder(ReminderKind):
    """The first day of an event, to everybody who is in; those who wait or have cancelled are not reminded.

    Each registration is a record of its own in the ledger, so that people without an account are told as well.
    """

    name = messages.REMINDER
    label = _("Beginning of an event")
    message = messages.REMINDER
    offsets = (7, 1)

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        # A day wider on both sides: the civil day is that of the event's own zone.
        begin = clock.day_begins(first, settings.TIME_ZONE) - dt.timedelta(days=1)
        end = clock.day_begins(last, settings.TIME_ZONE) + dt.timedelta(days=2)
        rows = self._in().filter(event__starts_by__range=(begin, end)).order_by("event__starts_by", "pk")
        found = (self._dated(row) for row in rows.iterator(chunk_size=500))
        return (one for one in found if first <= one.date <= last)

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {row.uuid: self._dated(row) for row in self._in().filter(uuid__in=uuids)}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        rows = self._in().filter(uuid__in=uuids)
        return {row.uuid: [person_of(row)] for row in rows if row.user is None or row.user.is_active}

    def _in(self) -> Any:
        live = {"event__publication": Publication.PUBLISHED, "event__cancelled_at__isnull": True}
        rows = Registration.objects.kept().filter(state=Registration.State.IN, **live)
        return rows.select_related("event", "user")

    def _dated(self, row: Any) -> Dated:
        context = {**about(row.event), "registration": str(row.uuid)}
        name = str(context["title"])
        return Dated(messages.SUBJECT, row.uuid, name, row.event.first_day, row.event.zone, context)


def register_kinds() -> None:
    """Called once at the start."""
    register(EventReminder())
