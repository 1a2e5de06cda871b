"""Dates of calls and applications that people are reminded of. A deadline that is a moment is told as its date in the
zone of the call; where it has passed within the day, nobody is told any more.
"""

from __future__ import annotations

import datetime as dt
import uuid
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from ground import clock
from members.models import Appointment, Role
from mobility.answers import titles
from mobility.messages import CALL_CLOSES, OFFER_ENDS, REVIEWS_DUE
from mobility.models import GRACE, Application, Call, Review
from mobility.workflow import CALL_KIND, KIND, TO_SCORE, Publication, Status
from notifications.reminders import Dated, ReminderKind, register

_DAY = dt.timedelta(days=1)
NAMED = {"call": _("the title of the call")}


def _moments(first: dt.date, last: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """From when until when a moment can lie whose date, in whatever zone, is `first` to `last`."""
    return clock.day_begins(first - _DAY, "UTC"), clock.day_begins(last + 2 * _DAY, "UTC")


class _OfApplication(ReminderKind):
    """A moment that concerns one application, told to who applied. Nobody is reminded on the day of what was just told
    or begun.
    """

    subject = CALL_KIND
    placeholders: Mapping[str, Any] = {**NAMED, "reference": _("the reference of the application")}
    moment: str  # how the lookup names it
    settled: str  # since when the person knows of it
    told: str  # how the wording names it

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        rows = self._open().filter(**{f"{self.moment}__range": _moments(first, last)})
        known = rows.filter(**{f"{self.settled}__lte": clock.now() - _DAY}).order_by("pk")
        dated = (self._dated(row) for row in known.iterator(chunk_size=500))
        return (one for one in dated if first <= one.date <= last)

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {row.uuid: self._dated(row) for row in self._open().filter(uuid__in=uuids)}

    def belonging(self, owners: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {row.uuid: self._dated(row) for row in self._open().filter(call__uuid__in=owners)}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        rows = self._open().filter(uuid__in=uuids, applicant__is_active=True).select_related("applicant")
        return {row.uuid: [row.applicant] for row in rows}

    @abstractmethod
    def _open(self) -> QuerySet[Application]:
        """Those of which people are still to be told."""

    @abstractmethod
    def _ends(self, application: Any) -> dt.datetime:
        """The moment that the date is about."""

    def _dated(self, application: Application) -> Dated:
        call, until = application.call, self._ends(application)
        zone, name = call.university.zone, application.reference
        context = {"uuid": str(application.uuid), "reference": name, "zone": zone, self.told: until}
        day = clock.date_in(until, zone)
        owner = (CALL_KIND, call.uuid)
        return Dated(KIND, application.uuid, name, day, zone, context | _named(call), belongs_to=owner)


class CloseOfCall(_OfApplication):
    """The close of a call, told to who has begun an application and not submitted it."""

    name = message = CALL_CLOSES
    label = _("Close of a call with an application that is not submitted")
    offsets = (7, 2)
    moment, settled, told = "call__closes_at", "created_at", "closes_at"

    def _open(self) -> QuerySet[Application]:
        rows = Application.objects.filter(
            status=Status.DRAFT,
            call__publication=Publication.PUBLISHED,
            call__closes_at__gt=clock.now() - GRACE,
        )
        return rows.for_list()

    def _ends(self, application: Any) -> dt.datetime:
        return application.call.closes_at  # type: ignore[no-any-return]


class EndOfOffer(_OfApplication):
    """Until when an offer of a place is answered, told to whom it is made."""

    name = message = OFFER_ENDS
    label = _("Offer of a place that is not answered")
    offsets = (3, 1)
    placeholders = {**_OfApplication.placeholders, "host": _("the university of the place")}
    moment, settled, told = "offer_expires_at", "decided_at", "expires_at"

    def _open(self) -> QuerySet[Application]:
        rows = Application.objects.filter(status=Status.OFFERED, offer_expires_at__gt=clock.now() - GRACE)
        return rows.for_list()

    def _ends(self, application: Any) -> dt.datetime:
        return application.offer_expires_at  # type: ignore[no-any-return]

    def _dated(self, application: Application) -> Dated:
        dated = super()._dated(application)
        host = str(application.offered_place.host) if application.offered_place else ""
        return replace(dated, context={**dated.context, "host": host})


class ReviewsDue(ReminderKind):
    """The day by which a call is decided, told to reviewers who have applications of it to score: each of them once,
    however many there are. Three days after it they are told once more, if they still have some.
    """

    name = message = REVIEWS_DUE
    label = _("Applications to score before a call is decided")
    offsets = (14, 3)
    after = (3,)
    placeholders, overdue, subject = NAMED, True, CALL_KIND

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        rows = self._waiting().filter(decision_on__range=(first, last)).order_by("decision_on", "pk")
        return (self._dated(call) for call in rows.iterator(chunk_size=500))

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {call.uuid: self._dated(call) for call in self._waiting().filter(uuid__in=uuids)}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        held = Appointment.objects.in_force(clock.now()).holders(Role.REVIEWER)
        mine = held.filter(user=OuterRef("reviewer"), university=OuterRef("application__call__university"))
        rows = _to_score().filter(Exists(mine), application__call__uuid__in=uuids).select_related("reviewer")
        people: dict[uuid.UUID, dict[int, Any]] = defaultdict(dict)
        for row in rows.annotate(of=F("application__call__uuid")).order_by("reviewer"):
            people[row.of][row.reviewer_id] = row.reviewer
        return {key: list(found.values()) for key, found in people.items()}

    def _waiting(self) -> QuerySet[Call]:
        rows = Call.objects.exclude(publication=Publication.DRAFT).filter(decision_on__isnull=False)
        return rows.filter(Exists(_to_score().filter(application__call=OuterRef("pk")))).for_list()

    def _dated(self, call: Any) -> Dated:
        zone = call.university.zone
        context = {"until_on": call.decision_on, "zone": zone, **_named(call)}
        return Dated(CALL_KIND, call.uuid, str(call), call.decision_on, zone, context)


def _to_score() -> QuerySet[Review]:
    """Reviews that are assigned and not finished, of applications that are still scored."""
    return Review.objects.filter(done_at__isnull=True, application__status__in=TO_SCORE)


def _named(call: Call) -> dict[str, str]:
    return {f"call_{language}": title for language, title in titles(call).items()}


def register_kinds() -> None:
    """Called once at the start."""
    for kind in (CloseOfCall(), EndOfOffer(), ReviewsDue()):
        register(kind)
