"""One step for many applications: planned, waiting where nobody else sees it, undone or carried out.

Rows are locked in this order: bulk decision, places (by id), applications (by id). Each application is carried out in
a transaction of its own, so that a worker which dies leaves nothing half done and the next one goes on where it was.
"""

from __future__ import annotations

import datetime as dt
import uuid as uuids
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit import trail
from ground import clock
from ground.workflow import NotPossible
from mobility.actions.deciding import NEEDS_NOTE, OFFERS, decide, offer_place, wished
from mobility.actions.door import hold_seat, lock_call, lock_places, move, release_seat
from mobility.actions.telling import tell_bulk_refused
from mobility.models import Application, BulkDecision, Call, PendingDecision, Place
from mobility.rules import may, require
from mobility.workflow import APPLICATION, BULK, BULK_KIND, BulkStatus

WAIT = dt.timedelta(minutes=10)
MOST = 500
STEPS = ("find_eligible", "find_ineligible", "return", "offer", "waitlist", "not_select")


@dataclass
class Planned:
    """What the step would do to one application: with which place, or why nothing."""

    application: Application
    place: Place | None = None
    why: str = ""


def plan(call: Call, step: str, applications: Sequence[Application], *, by: Any) -> list[Planned]:
    """What `step` would do to each, the best scored first. An offer is of the best wish that has a seat left.

    `applications` are of `call`. Reads only; raises NotPossible when there is no such step for many.
    """
    if step not in STEPS:
        raise NotPossible(_("This step is not possible in the present state."))
    open_ones = PendingDecision.objects.filter(is_open=True, application__in=applications)
    waiting = set(open_ones.values_list("application_id", flat=True))
    planned = [Planned(one, why=_why_not(one, step, by, waiting)) for one in sorted(applications, key=_rank)]
    if step in OFFERS:
        _give_places(call, [one for one in planned if not one.why])
    return planned


def _rank(application: Application) -> tuple[Any, ...]:
    """The best score first, then who submitted first; those without a score last."""
    score = application.score
    return (score is None, -(score or 0), application.submitted_at, application.pk)


def _why_not(application: Application, step: str, by: Any, waiting: set[int]) -> str:
    transition = APPLICATION.transitions[step]
    if not may(transition.permission, by, application):
        return _("You may not decide about this application.")
    if application.status not in transition.sources:
        state = {"state": application.get_status_display()}
        return _("This step is not possible now. State: %(state)s.") % state
    return _("A decision about this application waits already.") if application.pk in waiting else ""


def _give_places(call: Call, planned: list[Planned]) -> None:
    places = {str(place.uuid): place for place in call.places.for_table()}
    left = {key: place.left for key, place in places.items()}
    for one in planned:
        key = next((key for key in wished(one.application) if left.get(key, 0) > 0), None)
        if key is None:
            one.why = _("No seat is left at any of the places wished for.")
        else:
            left[key] -= 1
            one.place = places[key]


@transaction.atomic
def make_bulk(
    call: Call, step: str, applications: Iterable[Application], *, by: Any, token: uuids.UUID, note: str = "",
    days: int | None = None,
) -> BulkDecision:  # fmt: skip
    """Let `step` wait for each of the applications that can take it. Seats that it offers are taken at once.

    The same `token` twice is one decision. Raises PermissionDenied or NotPossible (unknown step, no reason given,
    too many, or nothing left that can take the step).
    """
    require("mobility.edit_call", by, call)
    locked_call = lock_call(call.pk)
    if (there := BulkDecision.objects.filter(uuid=token, call=call, by=by).first()) is not None:
        return there
    if step in NEEDS_NOTE and not note.strip():
        raise NotPossible(_("Write the reason or the request. The applicant reads it."))
    planned = [
        one for one in plan(locked_call, step, _locked(call, step, applications), by=by) if not one.why
    ]
    if not planned:
        raise NotPossible(_("None of the chosen applications can take this step now."))
    return _keep(call, step, planned, by=by, uuid=token, note=note, offer_days=days)


def _keep(call: Call, step: str, planned: list[Planned], *, by: Any, **given: Any) -> BulkDecision:
    """Write the decisions down with the seats that they take, and record them; the rows are locked."""
    now = clock.read()
    made = {"call": call, "by": by, "step": step, "made_at": now, "takes_effect_at": now + WAIT}
    bulk = BulkDecision.objects.create(**made, **given)
    PendingDecision.objects.bulk_create(
        PendingDecision(bulk=bulk, application=one.application, place=one.place) for one in planned
    )
    for one in planned:
        if one.place is not None:
            hold_seat(one.place)
    details = {"step": step, "count": len(planned)}
    trail.record(
        "mobility.make_bulk", by=by, kind=BULK_KIND, subject=bulk.uuid, name=call.slug, details=details
    )
    return bulk


def _locked(call: Call, step: str, applications: Iterable[Application]) -> list[Application]:
    """The applications as they are now, held; before them the places of the call where the step takes seats."""
    keys = [one.pk for one in applications]
    if len(keys) > MOST:
        raise NotPossible(_("Choose fewer applications: %(count)d at most.") % {"count": MOST})
    if step in OFFERS:
        lock_places(list(call.places.values_list("pk", flat=True)))
    rows = Application.objects.filter(pk__in=keys, call=call).select_related("call__university", "applicant")
    return list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def _lock(bulk: BulkDecision) -> BulkDecision:
    rows = BulkDecision.objects.select_for_update(of=("self",)).select_related("call__university", "by")
    return rows.get(pk=bulk.pk)


def _is_over(bulk: BulkDecision) -> bool:
    return bool(clock.read() >= bulk.takes_effect_at)


@transaction.atomic
def undo_bulk(bulk: BulkDecision, *, by: Any) -> BulkDecision:
    """Take the decisions back before the first of them was sent; the seats they held are free in the same moment.

    Undoing again what is undone changes nothing. Raises PermissionDenied or NotPossible (sent already).
    """
    locked = _lock(bulk)
    require("mobility.undo_bulk", by, locked)
    if locked.status == BulkStatus.UNDONE:
        return locked
    begun = locked.decisions.filter(is_open=False).exists() or _is_over(locked)
    if locked.status != BulkStatus.PENDING or begun:
        raise NotPossible(_("The decisions were sent already. They can't be undone any more."))
    keys = locked.decisions.exclude(place=None).values_list("place_id", flat=True)
    places = lock_places(list(keys))
    for key in keys:
        release_seat(places[key])
    locked.decisions.update(is_open=False)
    way = BULK.find("undo_bulk", source=locked.status)
    move(locked, way, by=by, kind=BULK_KIND, name=locked.call.slug, settled_at=clock.read())
    return locked


def carry_out_due() -> int:
    """Carry out every bulk decision whose ten minutes have passed; says how many decisions were taken."""
    return sum(carry_out(bulk) for bulk in BulkDecision.objects.due(clock.read()))


def carry_out(bulk: BulkDecision) -> int:
    """Take the decisions that wait, each once and in a transaction of its own, then close; says how many were taken.

    Any number of workers may do this at once, and begin again after one died. What can't be taken any more (withdrawn
    or moved meanwhile, the right to decide ended) is kept with its reason and told to the coordinators at the end.
    """
    taken = 0
    for key in list(bulk.decisions.filter(is_open=True).order_by("pk").values_list("pk", flat=True)):
        taken += _carry_one(bulk, key)
    _settle(bulk)
    return taken


@transaction.atomic
def _carry_one(bulk: BulkDecision, key: int) -> int:
    locked = _lock(bulk)
    if locked.status != BulkStatus.PENDING or clock.read() < locked.takes_effect_at:
        return 0
    pending = _hold(key)
    if pending is None:
        return 0
    try:
        with transaction.atomic():
            _take(locked, pending)
    except (NotPossible, PermissionDenied) as error:
        pending.refusal = str(error)[:300] or _("The right to decide has ended.")
        if pending.place_id:
            release_seat(lock_places([pending.place_id])[pending.place_id])
    pending.is_open = False
    pending.save(update_fields=["is_open", "refusal"])
    return 0 if pending.refusal else 1


def _hold(key: int) -> PendingDecision | None:
    """The decision, held until the transaction ends; None where it does not wait any more."""
    rows = PendingDecision.objects.select_for_update(of=("self",)).filter(pk=key, is_open=True)
    return rows.select_related("application", "place").first()


def _take(bulk: BulkDecision, pending: PendingDecision) -> None:
    """The decision itself, by the verbs that decide about one."""
    if bulk.by is None:
        raise PermissionDenied
    if pending.place is None:
        decide(pending.application, bulk.step, by=bulk.by, note=bulk.note)
        return
    place = lock_places([pending.place.pk])[pending.place.pk]
    release_seat(place)
    offer_place(pending.application, place=place, by=bulk.by, days=bulk.offer_days, step=bulk.step)


@transaction.atomic
def _settle(bulk: BulkDecision) -> None:
    """Close a bulk decision of which nothing waits any more, and tell what could not be done."""
    locked = _lock(bulk)
    if locked.status != BulkStatus.PENDING or locked.decisions.filter(is_open=True).exists():
        return
    refused = locked.decisions.exclude(refusal="").count()
    way = BULK.find("carry_out_bulk", source=locked.status)
    details = {"count": locked.decisions.count() - refused, "refused": refused}
    move(
        locked, way, by=None, kind=BULK_KIND, name=locked.call.slug, details=details, settled_at=clock.read()
    )
    if refused:
        tell_bulk_refused(locked, refused)
