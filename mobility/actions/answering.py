"""How an offer ends: accepted, declined, expired; and how an applicant withdraws."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from mobility.actions.door import enter, free_seat, lock_offered_seat, pass_through, same_seat
from mobility.actions.telling import tell_applicant, tell_coordinators
from mobility.models import Application, Place
from mobility.workflow import Status


@transaction.atomic
def accept_offer(application: Application, *, by: Any) -> Application:
    """Take the place that was offered; it was kept for this person since the offer.

    Raises PermissionDenied or NotPossible (no offer, or it has ended).
    """
    locked, transition = enter(application, "accept", by=by)
    if not locked.can_be_answered(clock.now()):
        raise NotPossible(_("The time to answer this offer has passed."))
    done = pass_through(locked, transition, by=by)
    tell_coordinators("mobility.offer_answered", done, outcome=Status.ACCEPTED.value, **_host(done))
    return done


def decline_offer(application: Application, *, by: Any) -> Application:
    """Give the place back; its seat is free in the same moment. Raises PermissionDenied or NotPossible."""
    return _leave(application, "decline", by=by)


def withdraw_application(application: Application, *, by: Any) -> Application:
    """End one's application, from any state before acceptance; an offered seat is free in the same moment.

    Raises PermissionDenied or NotPossible.
    """
    return _leave(application, "withdraw", by=by)


@transaction.atomic
def _leave(application: Application, name: str, *, by: Any) -> Application:
    place = lock_offered_seat(application)
    locked, transition = enter(application, name, by=by)
    same_seat(locked, place)
    was_offered = locked.status == Status.OFFERED
    done = pass_through(locked, transition, by=by)
    if was_offered:
        free_seat(place)
        tell_coordinators("mobility.offer_answered", done, outcome=str(done.status), **_host(done))
    return done


@transaction.atomic
def expire_offer(application: Application, *, by: Any = None) -> Application:
    """End an offer that nobody answered in time; its seat is free in the same moment. `by` None is the portal.

    Raises PermissionDenied or NotPossible (answered meanwhile, or its time has not passed).
    """
    place: Place | None = lock_offered_seat(application)
    locked, transition = enter(application, "expire", by=by)
    same_seat(locked, place)
    if locked.can_be_answered(clock.now()):
        raise NotPossible(_("The time to answer this offer has not passed yet."))
    done = pass_through(locked, transition, by=by)
    free_seat(place)
    tell_applicant("mobility.offer_expired", done, expires_at=done.offer_expires_at, **_host(done))
    tell_coordinators("mobility.offer_answered", done, outcome=Status.EXPIRED.value, **_host(done))
    return done


def expire_offers() -> int:
    """End every offer whose time has passed, each in its own transaction; says how many."""
    ended = 0
    for application in Application.objects.overdue_offers(clock.now()).order_by("offer_expires_at", "pk"):
        try:
            expire_offer(application)
        except (NotPossible, PermissionDenied):
            continue  # answered in the meantime
        ended += 1
    return ended


def _host(application: Application) -> dict[str, str]:
    place = application.offered_place
    return place.host.organisation.told_as("host") if place else {"host": ""}
