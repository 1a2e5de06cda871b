"""Dates on which a university's standing ends: its membership of the alliance, its Erasmus charter."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from members.messages import CHARTER_ENDS, MEMBERSHIP_ENDS, UNIVERSITY
from members.models import Membership, University
from members.reminders.people import coordinators_by_university, office, once
from notifications.reminders import Dated, ReminderKind, register


class _OfUniversity(ReminderKind):
    """Told to the coordinators of the university and to the office."""

    audiences = {
        "coordinators": _("Coordinators of mobility at the university"),
        "office": _("The alliance office"),
    }
    placeholders = {"university": _("the name of the university")}
    overdue = True

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        told = self.by_role(uuids)
        return {key: once([*roles["coordinators"], *roles["office"]]) for key, roles in told.items()}

    def by_role(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, Sequence[Any]]]:
        chosen = dict(University.objects.filter(uuid__in=uuids).values_list("uuid", "pk"))
        people = coordinators_by_university(list(chosen.values()))
        everywhere = office()
        return {key: {"coordinators": people[pk], "office": everywhere} for key, pk in chosen.items()}

    def _dated(self, university: University, day: dt.date) -> Dated:
        context = {"slug": university.slug, "ends_on": day, "zone": university.zone}
        context |= university.organisation.told_as("university")
        return Dated(UNIVERSITY, university.uuid, str(university), day, university.zone, context)


class EndOfMembership(_OfUniversity):
    """The last day of a membership that no other one follows."""

    name = MEMBERSHIP_ENDS
    label = _("End of a membership of the alliance")
    message = MEMBERSHIP_ENDS
    offsets = (90, 30)
    after = (7,)

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        rows = self._last_ones().filter(valid_until__range=(first, last)).order_by("pk")
        return (self._of(row) for row in rows.iterator(chunk_size=500))

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {
            row.university.uuid: self._of(row) for row in self._last_ones().filter(university__uuid__in=uuids)
        }

    def _last_ones(self) -> QuerySet[Membership]:
        later = Membership.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=OuterRef("valid_until")),
            university=OuterRef("university"),
        )
        rows = Membership.objects.filter(~Exists(later), valid_until__isnull=False)
        return rows.select_related("university__organisation")

    def _of(self, membership: Any) -> Dated:
        return self._dated(membership.university, membership.valid_until)


class EndOfCharter(_OfUniversity):
    """The last day of the Erasmus charter of a university of the portal."""

    name = CHARTER_ENDS
    label = _("End of an Erasmus charter")
    message = CHARTER_ENDS
    offsets = (180, 60, 30)
    after = (7,)

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        rows = self._chartered().filter(organisation__charter_until__range=(first, last)).order_by("pk")
        return (self._of(row) for row in rows.iterator(chunk_size=500))

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {row.uuid: self._of(row) for row in self._chartered().filter(uuid__in=uuids)}

    def _chartered(self) -> QuerySet[University]:
        rows = University.objects.filter(organisation__charter_until__isnull=False)
        return rows.select_related("organisation")

    def _of(self, university: Any) -> Dated:
        return self._dated(university, university.organisation.charter_until)


def register_kinds() -> None:
    """Called once at the start."""
    register(EndOfMembership())
    register(EndOfCharter())
