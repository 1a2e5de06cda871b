"""The one door to change the state of an application.

Rows are always locked in this order: calls, places (by id), applications. Nobody waits in a circle.
"""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from audit import trail
from ground.workflow import NotPossible, Transition
from mobility.models import Application, Call, Place
from mobility.rules import require
from mobility.workflow import APPLICATION, KIND, Status
from notifications import outbox

# The messages that ask the applicant for something, by the state in which they ask for it.
ASKED = {Status.OFFERED: "mobility.place_offered", Status.RETURNED: "mobility.returned"}


def lock_call(pk: int) -> Call:
    """The call, held until the transaction ends; its dates can't change meanwhile."""
    return Call.objects.select_for_update(no_key=True, of=("self",)).select_related("university").get(pk=pk)


def lock_places(pks: list[int]) -> dict[int, Place]:
    """The places by id, held until the transaction ends; taken in the order of their ids."""
    rows = Place.objects.select_for_update(no_key=True, of=("self",)).select_related("host__organisation")
    return {place.pk: place for place in rows.filter(pk__in=pks).order_by("pk")}


def lock_application(application: Application) -> Application:
    """The application as it is now, held until the transaction ends."""
    rows = Application.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("call__university__organisation", "applicant").get(pk=application.pk)


def enter(application: Application, name: str, *, by: Any) -> tuple[Application, Transition]:
    """Lock the application and find the way `name` for `by`.

    Raises PermissionDenied, or NotPossible when the way is unknown or doesn't leave the present state.
    """
    locked = lock_application(application)
    return locked, way_for(locked, name, by=by)


def way_for(locked: Application, name: str, *, by: Any) -> Transition:
    """The way `name` out of the state of a locked application, if `by` may take it. Raises as `enter` does."""
    known = APPLICATION.transitions.get(name)
    if known is not None:
        require(known.permission, by, locked)
    return APPLICATION.find(name, source=locked.status)


def pass_through(
    locked: Application,
    transition: Transition,
    *,
    by: Any,
    details: dict[str, Any] | None = None,
    **changes: Any,
) -> Application:
    """Write the new state with `changes` and record it; `locked` came out of `enter`."""
    told = {"from": locked.status, "to": transition.target, **(details or {})}
    for field, value in changes.items():
        setattr(locked, field, value)
    locked.status = transition.target
    locked.version += 1
    locked.save(update_fields=["status", "version", *changes])
    trail.record(
        f"mobility.{transition.name}",
        by=by,
        kind=KIND,
        subject=locked.uuid,
        name=locked.reference,
        details=told,
    )
    if told["from"] in ASKED:
        outbox.settle(KIND, locked.uuid, kinds=[ASKED[told["from"]]])
    return locked


def move(
    locked: Any, transition: Transition, *, by: Any, kind: str, name: str, details: dict[str, Any] | None = None,
    field: str = "status", **changes: Any,
) -> None:  # fmt: skip
    """Write the new state of a locked call, appeal or bulk decision with `changes`, and record it."""
    told = {"from": getattr(locked, field), "to": transition.target, **(details or {})}
    for changed, value in (changes | {field: transition.target}).items():
        setattr(locked, changed, value)
    locked.save(update_fields=[field, *changes])
    trail.record(
        f"mobility.{transition.name}", by=by, kind=kind, subject=locked.uuid, name=name, details=told
    )


def lock_offered_seat(application: Application) -> Place | None:
    """The place that is offered to the application, held before the application itself is."""
    pk = Application.objects.filter(pk=application.pk).values_list("offered_place_id", flat=True).get()
    return lock_places([pk])[pk] if pk else None


def same_seat(locked: Application, place: Place | None) -> None:
    """Raise NotPossible when an offer was made between the locks of the place and of the application."""
    if locked.status == Status.OFFERED and (place is None or place.pk != locked.offered_place_id):
        raise NotPossible(_("The application has changed meanwhile. Look at it and try again."))


def take_seat(place: Place) -> None:
    """One more seat is taken; the database refuses more than there are."""
    Place.objects.filter(pk=place.pk).update(taken=F("taken") + 1)


def hold_seat(place: Place) -> None:
    """One more seat is taken by a decision that waits; outside it still counts as free."""
    Place.objects.filter(pk=place.pk).update(taken=F("taken") + 1, waiting=F("waiting") + 1)


def release_seat(place: Place) -> None:
    """A decision does not hold its seat any more: it is undone, carried out or refused."""
    Place.objects.filter(pk=place.pk).update(taken=F("taken") - 1, waiting=F("waiting") - 1)


def free_seat(place: Place | None) -> None:
    """One seat less is taken."""
    if place is not None:
        Place.objects.filter(pk=place.pk).update(taken=F("taken") - 1)
