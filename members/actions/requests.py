"""What is done to requests for a role: made and withdrawn by the person, granted or refused by the university."""

from __future__ import annotations

import datetime as dt
from typing import Any

import rules
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.addresses import confirmed_address
from accounts.models import User
from audit import trail
from ground import clock
from ground.workflow import NotPossible
from members.actions.appointing import begin
from members.appointments import held_by
from members.joining.messages import GRANTED, MADE, REFUSED
from members.joining.workflow import REQUEST, RequestStatus
from members.models import Appointment, AppointmentRequest, JoinChoice, Role, University
from notifications import outbox

KIND = "members.request"
MOST_WAITING = 3


class Settled(NotPossible):
    """The request was answered or withdrawn before; `request` is as it stands now."""

    def __init__(self, request: AppointmentRequest) -> None:
        super().__init__(
            _("This request was settled meanwhile: %(state)s.") % {"state": request.get_status_display()}
        )
        self.request = request


@transaction.atomic
def make_request(*, university: University, role: str, note: str = "", by: Any) -> AppointmentRequest:
    """Ask, for oneself, for a role at a university; who answers there is told.

    Raises NotPossible without a confirmed address, when the role is held or asked for already, or when too many
    requests wait; ValidationError for a role that nobody asks for, or a note that is too long.
    """
    user = User.objects.select_for_update(no_key=True).get(
        pk=by.pk
    )  # one at a time, or the limit could be passed
    _may_ask(user, university, role)
    request = AppointmentRequest(user=user, university=university, role=role, note=note, made_at=clock.now())
    request.full_clean()
    request.save()
    _record("make", request, by)
    _tell_those_who_answer(request)
    return request


def withdraw_request(request: AppointmentRequest, *, by: Any) -> AppointmentRequest:
    """Take one's own request back. Raises PermissionDenied, or Settled."""
    with transaction.atomic():
        return _settle(_enter(request, "withdraw", by=by), "withdraw", by=by)


@transaction.atomic
def grant_request(
    request: AppointmentRequest, *, by: Any, until: dt.date | None = None
) -> AppointmentRequest:
    """Give the person the role that was asked for, from now until the end of the day `until` at the university.

    This is the one appointment that who may not appoint freely can make. Raises PermissionDenied, Settled, NotPossible
    when the person holds the role already or can't sign in any more, or ValidationError for a day that is over.
    """
    locked = _enter(request, "grant", by=by)
    if not locked.user.is_active:
        raise NotPossible(_("This person can't sign in any more. Refuse the request."))
    _appoint(locked, until, by=by)
    granted = _settle(locked, "grant", by=by)
    _tell(GRANTED, granted, granted.user, until_on=until or "")
    return granted


@transaction.atomic
def refuse_request(request: AppointmentRequest, *, reason: str, by: Any) -> AppointmentRequest:
    """Say no, with the reason that the person reads. Raises PermissionDenied, Settled, or ValidationError."""
    locked = _enter(request, "refuse", by=by)
    refused = _settle(locked, "refuse", by=by, reason=reason)
    _tell(REFUSED, refused, refused.user, reason=reason)
    return refused


@transaction.atomic
def choose_no_request(choice: str, *, by: Any) -> JoinChoice:
    """Keep what `by` said to the step instead of asking: later, another role, none. Raises ValidationError."""
    answer = JoinChoice(user_id=by.pk, choice=choice, made_at=clock.now())
    answer.clean_fields()
    values = {"choice": answer.choice, "made_at": answer.made_at}
    return JoinChoice.objects.update_or_create(user_id=by.pk, defaults=values)[0]


def _may_ask(user: Any, university: University, role: str) -> None:
    if not confirmed_address(user):
        raise NotPossible(_("Confirm your e-mail address first."))
    if held_by(user).has(role, university.pk):
        raise NotPossible(_("You hold this role at this university already."))
    waiting = list(AppointmentRequest.objects.of(user).waiting())
    if any(one.university_id == university.pk and one.role == role for one in waiting):
        raise NotPossible(_("You have asked for this already. The university answers next."))
    if len(waiting) >= MOST_WAITING:
        raise NotPossible(
            _("Three of your requests wait for an answer. Withdraw one before you make another.")
        )


def _enter(request: AppointmentRequest, name: str, *, by: Any) -> AppointmentRequest:
    """The request as it is now, held until the transaction ends; that `by` may do this to it was asked."""
    rows = AppointmentRequest.objects.select_for_update(no_key=True, of=("self",))
    locked: AppointmentRequest = rows.select_related("user", "university__organisation").get(pk=request.pk)
    if not rules.has_perm(REQUEST.transitions[name].permission, by, locked):
        raise PermissionDenied
    if locked.status != RequestStatus.WAITING:
        raise Settled(locked)
    return locked


def _settle(locked: AppointmentRequest, name: str, *, by: Any, reason: str = "") -> AppointmentRequest:
    locked.status = REQUEST.find(name, source=locked.status).target
    locked.settled_at, locked.settled_by, locked.reason = clock.now(), by, reason
    locked.full_clean()
    locked.save(update_fields=["status", "settled_at", "settled_by", "reason"])
    _record(name, locked, by)
    outbox.settle(KIND, locked.uuid, kinds=[MADE])
    return locked


def _appoint(locked: AppointmentRequest, until: dt.date | None, *, by: Any) -> None:
    ends = None
    if until is not None:
        ends = clock.day_begins(until + dt.timedelta(days=1), locked.university.zone)
        if ends <= clock.now():
            raise ValidationError({"until": _("This day is over.")})
    try:
        with transaction.atomic():
            begin(locked.user, role=locked.role, university=locked.university, by=by, valid_until=ends)
    except (ValidationError, IntegrityError) as error:  # its period overlaps one that somebody else gave
        raise NotPossible(_("The person already holds this role.")) from error


def _tell_those_who_answer(request: AppointmentRequest) -> None:
    """The coordinators of the university, or the office where it has none; of each request of a day once."""
    held = Appointment.objects.in_force(clock.now()).exclude(user=request.user).select_related("user")
    there = held.holders(Role.MOBILITY_COORDINATOR, request.university_id).order_by("pk")
    people = [row.user for row in there] or [
        row.user for row in held.holders(Role.ALLIANCE_OFFICE).order_by("pk")
    ]
    day = clock.date_in(request.made_at, request.university.zone)
    for person in people:
        # Asked for and withdrawn again and again, it is told once a day.
        once = f"{MADE}:{request.user.uuid}:{request.university_id}:{request.role}:{day}:{person.pk}"
        _tell(MADE, request, person, key=once, asker=str(request.user))


def _tell(kind: str, request: AppointmentRequest, to: Any, key: str = "", **context: Any) -> None:
    university = request.university
    common = {
        "uuid": str(request.uuid), "slug": university.slug, "role": request.role, "zone": university.zone,
        **university.organisation.told_as("university"),
    }  # fmt: skip
    outbox.enqueue(
        kind, to=to, subject=(KIND, request.uuid, str(request)), context=common | context,
        key=key or f"{kind}:{request.uuid}:{to.pk}",
    )  # fmt: skip


def _record(name: str, request: AppointmentRequest, by: Any) -> None:
    trail.record(
        f"members.request_{name}", by=by, kind=KIND, subject=request.uuid, name=f"{request.user}: {request.role}",
        details={"role": request.role, "university": request.university.slug},
    )  # fmt: skip
