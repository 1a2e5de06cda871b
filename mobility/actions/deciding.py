"""What the sending university decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from mobility.actions.door import enter, lock_places, pass_through, take_seat
from mobility.actions.telling import tell_applicant
from mobility.models import Application, CompletionRequest, Place
from mobility.workflow import Status

OFFERS = ("offer", "uphold_appeal_offer")
NEEDS_NOTE = ("return", "find_ineligible")
DECISIONS = (
    "find_eligible", "find_ineligible", "return", "offer", "waitlist", "not_select", "uphold_eligibility_appeal",
    "uphold_appeal_waitlist", "uphold_appeal_offer",
)  # fmt: skip


class PlaceTaken(NotPossible):
    """No seat is left at the place."""


@transaction.atomic
def decide(
    application: Application, step: str, *, by: Any, note: str = "", fields: Sequence[str] = ()
) -> Application:
    """Take a decision that needs no place: eligible or not, returned with a request, waiting list, not selected.

    `note` is for the applicant; returning and finding not eligible need one. `fields` names what an application that
    is returned lacks ("personal.birth_date").
    Raises PermissionDenied or NotPossible (unknown step, wrong state, no reason given).
    """
    locked, transition = enter(application, step, by=by)
    if step not in DECISIONS or step in OFFERS:
        raise NotPossible(_("This step is not possible in the present state."))
    if step in NEEDS_NOTE and not note.strip():
        raise NotPossible(_("Write the reason or the request. The applicant reads it."))
    now = clock.now()
    done = pass_through(locked, transition, by=by, details={"note": note}, decision_note=note, decided_at=now)
    if done.status == Status.RETURNED:
        CompletionRequest.objects.create(
            application=done, asked_at=now, asked_by=by, fields=list(fields), note=note
        )
    kind = "mobility.returned" if done.status == Status.RETURNED else "mobility.decided"
    tell_applicant(kind, done, outcome=str(done.status), note=note)
    return done


@transaction.atomic
def offer_place(
    application: Application, *, place: Place, by: Any, days: int | None = None, step: str = "offer"
) -> Application:
    """Offer one of the places the applicant wished for; its seat is taken from this moment.

    The offer can be answered until the end of the day that is `days` (or as many as the call says) from today.
    Raises PermissionDenied, NotPossible (wrong state, or not one of the wishes) or PlaceTaken (no seat left).
    """
    seat = lock_places([place.pk]).get(place.pk)
    locked, transition = enter(application, step, by=by)
    if step not in OFFERS or seat is None or str(seat.uuid) not in wished(locked):
        raise NotPossible(_("This place is not one of the applicant's wishes."))
    if seat.left < 1:
        raise PlaceTaken(_("No seat is left at this place. Choose another."))
    until = locked.call.answer_until(clock.now(), days or locked.call.offer_days)
    take_seat(seat)
    done = pass_through(
        locked, transition, by=by, details={"place": str(seat), "until": until.isoformat()}, offered_place=seat,
        offer_expires_at=until, decision_note="",
    )  # fmt: skip
    tell_applicant("mobility.place_offered", done, expires_at=until, **seat.host.organisation.told_as("host"))
    return done


def wished(application: Application) -> list[str]:
    """The identifiers of the places in the submitted wishes, best first."""
    return [str(wish.get("place")) for wish in (application.snapshot or {}).get("wishes", [])]
