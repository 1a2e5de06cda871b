"""Dates of agreements: the yearly window of changes, the end of an agreement, a version that waits for an answer."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ground import clock
from members.messages import (
    AGREEMENT,
    AGREEMENT_ENDS,
    AGREEMENT_VERSION,
    APPROVAL_WAITS,
    CHANGE_WINDOW,
    UNIVERSITY,
)
from members.models import Agreement, AgreementSide, AgreementVersion, Approval, University
from members.models.exchange import year_ends, year_of, year_on
from members.reminders.people import coordinators_by_university, once
from members.workflow import AgreementStatus
from notifications.reminders import Dated, ReminderKind, register

WINDOW_ENDS = (1, 31)  # month and day: numbers of places of the next academic year are changed until then
ANSWER_WITHIN = dt.timedelta(days=28)  # people are told 7 and 21 days after a version was sent


def window_end(day: dt.date) -> dt.date:
    """The last day of the window of changes that is open on `day` (mobility-facts: end of January)."""
    this_year = dt.date(day.year, *WINDOW_ENDS)
    return this_year if day <= this_year else dt.date(day.year + 1, *WINDOW_ENDS)


def year_changed_until(day: dt.date) -> str:
    """The academic year whose places are changed until `day`, the end of a window: the one that begins after it."""
    return year_of(day.year)


class ChangeWindow(ReminderKind):
    """The end of the yearly window of changes, told to the coordinators of universities with agreements in force."""

    name = CHANGE_WINDOW
    label = _("End of the yearly window for changes of agreements")
    message = CHANGE_WINDOW
    offsets = (30, 7, 1)
    placeholders = {"year": _("the academic year whose places change")}

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        day = window_end(first)
        if day > last:
            return []
        return [self._dated(university, day) for university in self._concerned(day).order_by("pk")]

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        moment = clock.now()
        found = University.objects.select_related("organisation").filter(uuid__in=uuids)
        dated = {row.uuid: self._dated(row, window_end(clock.date_in(moment, row.zone))) for row in found}
        days = {one.date for one in dated.values()}
        concerned = {day: set(self._concerned(day).values_list("uuid", flat=True)) for day in days}
        return {key: value for key, value in dated.items() if key in concerned[value.date]}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        chosen = dict(University.objects.filter(uuid__in=uuids).values_list("uuid", "pk"))
        people = coordinators_by_university(list(chosen.values()))
        return {key: people[pk] for key, pk in chosen.items()}

    def _concerned(self, day: dt.date) -> QuerySet[University]:
        """Universities with an agreement that holds in the academic year whose places are changed until `day`."""
        in_force = Agreement.objects.in_force(year_changed_until(day)).filter(status=AgreementStatus.IN_FORCE)
        rows = University.objects.filter(agreement_sides__agreement__in=in_force).distinct()
        return rows.select_related("organisation")

    def _dated(self, university: University, day: dt.date) -> Dated:
        context = {"ends_on": day, "year": year_changed_until(day), "zone": university.zone}
        return Dated(UNIVERSITY, university.uuid, str(university), day, university.zone, context)


class EndOfAgreement(ReminderKind):
    """The end of the last academic year of an agreement, told to the coordinators of both sides; and once more when it
    has ended, unless a version with later years came into force. Of one that notice was given of they are not told.
    """

    name = AGREEMENT_ENDS
    label = _("End of an agreement")
    message = AGREEMENT_ENDS
    offsets = (180, 60)
    after = (14,)
    placeholders, overdue = {"agreement": _("the two universities")}, True

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        years = (year_on(first), year_on(last))
        rows = self._ending().filter(current__last_year__range=years).order_by("pk")
        dated = (self._dated(agreement) for agreement in rows.iterator(chunk_size=500))
        return (one for one in dated if first <= one.date <= last)

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {row.uuid: self._dated(row) for row in self._ending().filter(uuid__in=uuids)}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        sides = AgreementSide.objects.filter(agreement__uuid__in=uuids)
        of_agreement: dict[uuid.UUID, list[int]] = defaultdict(list)
        for key, university in sides.order_by("place").values_list("agreement__uuid", "university"):
            of_agreement[key].append(university)
        people = coordinators_by_university({u for places in of_agreement.values() for u in places})
        return {key: once(p for u in places for p in people[u]) for key, places in of_agreement.items()}

    def _ending(self) -> QuerySet[Agreement]:
        states = [AgreementStatus.IN_FORCE, AgreementStatus.EXPIRED]
        rows = Agreement.objects.filter(status__in=states).select_related("current")
        return rows.prefetch_related("sides__university__organisation")

    def _dated(self, agreement: Agreement) -> Dated:
        assert agreement.current is not None  # noqa: S101 - a constraint says so
        day = year_ends(agreement.current.last_year)
        context = {"uuid": str(agreement.uuid), "agreement": str(agreement), "ends_on": day}
        zone = agreement.sides.all()[0].university.zone
        return Dated(AGREEMENT, agreement.uuid, str(agreement), day, zone, context | {"zone": zone})


class ApprovalWaits(ReminderKind):
    """A version that was sent is to be answered within four weeks; told to the sides that have not approved it.

    The side that sent it without approving it is told as well: without its approval nothing comes into force. A week
    after those four weeks they are told once more.
    """

    name = APPROVAL_WAITS
    label = _("Agreement that waits for your approval")
    message = APPROVAL_WAITS
    offsets = (21, 7)
    after = (7,)
    placeholders, overdue = {"agreement": _("the two universities")}, True

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        # A day more at both ends: the civil date of the moment depends on the zone.
        begin = clock.day_begins(first - ANSWER_WITHIN - dt.timedelta(days=1), "UTC")
        end = clock.day_begins(last - ANSWER_WITHIN + dt.timedelta(days=2), "UTC")
        rows = self._waiting().filter(sent_at__range=(begin, end)).order_by("pk")
        dated = (self._dated(version) for version in rows.iterator(chunk_size=500))
        return (one for one in dated if first <= one.date <= last)

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {row.uuid: self._dated(row) for row in self._waiting().filter(uuid__in=uuids)}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        versions = list(
            AgreementVersion.objects.filter(uuid__in=uuids).values_list("uuid", "pk", "agreement")
        )
        approved = set(
            Approval.objects.filter(version__uuid__in=uuids).values_list("version", "side__university")
        )
        sides: dict[int, list[int]] = defaultdict(list)
        rows = AgreementSide.objects.filter(agreement__in={agreement for _uuid, _pk, agreement in versions})
        for agreement, university in rows.order_by("place").values_list("agreement", "university"):
            sides[agreement].append(university)
        people = coordinators_by_university({u for places in sides.values() for u in places})
        return {
            key: once(p for u in sides[agreement] if (pk, u) not in approved for p in people[u])
            for key, pk, agreement in versions
        }

    def _waiting(self) -> QuerySet[AgreementVersion]:
        rows = AgreementVersion.objects.waiting().select_related("author_side__organisation", "agreement")
        return rows.prefetch_related("agreement__sides__university__organisation")

    def _dated(self, version: AgreementVersion) -> Dated:
        assert version.sent_at is not None  # noqa: S101 - a constraint says so
        zone = version.author_side.zone
        sent = clock.date_in(version.sent_at, zone)
        agreement = version.agreement
        until = sent + ANSWER_WITHIN
        context = {
            "uuid": str(agreement.uuid), "agreement": str(agreement), "author": str(version.author_side),
            "sent_on": sent, "until_on": until, "zone": zone,
        }  # fmt: skip
        return Dated(AGREEMENT_VERSION, version.uuid, str(agreement), until, zone, context)


def register_kinds() -> None:
    """Called once at the start."""
    for kind in (ChangeWindow(), EndOfAgreement(), ApprovalWaits()):
        register(kind)
