"""The last day of a role that a person holds and that no other appointment follows."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground import clock
from members.messages import APPOINTMENT, COLLEAGUE_ROLE_ENDS, ROLE_ENDS
from members.models import Appointment, Role
from members.reminders.people import coordinators_by_university, office
from notifications.reminders import Dated, ReminderKind, register

_DAY = dt.timedelta(days=1)
# So many end at once, with the studies, that only those who hold them are told.
_MANY = (Role.STUDENT, Role.STAFF_TRAVELLER)


class EndOfAppointment(ReminderKind):
    """Told to who holds the role. At its end it holds no more, so the last day is that of the moment before."""

    name = message = ROLE_ENDS
    label = _("End of your role")
    offsets: Sequence[int] = (30, 7)
    placeholders: Mapping[str, Any] = {
        "role_words": _("the name of the role"),
        "university": _("the name of the university; empty for a role of the whole alliance"),
    }

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        # A day more at both ends: the civil date of the moment depends on the zone.
        begin, end = clock.day_begins(first - _DAY, "UTC"), clock.day_begins(last + 2 * _DAY, "UTC")
        rows = self._last_ones().filter(valid_until__range=(begin, end)).order_by("pk")
        dated = (self._dated(row) for row in rows.iterator(chunk_size=500))
        return (one for one in dated if first <= one.date <= last)

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        rows = self._last_ones().filter(uuid__in=uuids)
        if not self.overdue:
            rows = rows.filter(valid_until__gt=clock.now())
        return {row.uuid: self._dated(row) for row in rows}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        return {row.uuid: [row.user] for row in self._last_ones().filter(uuid__in=uuids)}

    def _last_ones(self) -> QuerySet[Appointment]:
        later = Appointment.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=OuterRef("valid_until")),
            Q(university=OuterRef("university")) | Q(university__isnull=True),
            user=OuterRef("user"), role=OuterRef("role"),
        )  # fmt: skip
        rows = Appointment.objects.filter(~Exists(later), valid_until__isnull=False, user__is_active=True)
        return rows.select_related("user", "university__organisation").defer(
            "university__organisation__search"
        )

    def _dated(self, row: Any) -> Dated:
        zone = row.university.zone if row.university else settings.TIME_ZONE
        day = clock.date_in(row.valid_until - dt.timedelta(microseconds=1), zone)
        context = {"role": row.role, "holder": str(row.user), "ends_on": day, "zone": zone}
        context |= row.university.organisation.told_as("university") if row.university else {"university": ""}
        context["slug"] = row.university.slug if row.university else ""
        name = str(row.university) if row.university else settings.BRAND["alliance"]
        return Dated(APPOINTMENT, row.uuid, name, day, zone, context)


class EndOfColleaguesAppointment(EndOfAppointment):
    """Told to the coordinators of the university, or to the alliance office where the role is the whole alliance's.
    Of students and travelling staff they are not told. A week after the last day they are told once more, unless the
    person holds the role again: so nobody goes on in good faith without it.
    """

    name = message = COLLEAGUE_ROLE_ENDS
    label = _("End of a colleague's role")
    offsets = (30,)
    after = (7,)
    overdue = True
    placeholders = {**EndOfAppointment.placeholders, "holder": _("the name of the colleague")}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        rows = list(self._last_ones().filter(uuid__in=uuids))
        people = coordinators_by_university({row.university_id for row in rows if row.university_id})
        everywhere = office() if any(row.university_id is None for row in rows) else []
        return {
            row.uuid: [
                one
                for one in (people[row.university_id] if row.university_id else everywhere)
                if one.pk != row.user_id
            ]
            for row in rows
        }

    def _last_ones(self) -> QuerySet[Appointment]:
        return super()._last_ones().exclude(role__in=_MANY)


def register_kinds() -> None:
    """Called once at the start."""
    register(EndOfAppointment())
    register(EndOfColleaguesAppointment())
