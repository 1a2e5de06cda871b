"""What is done to appointments: begin, change and end."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from audit import trail
from ground import clock
from ground.workflow import NotPossible
from members.models import Appointment, University


@transaction.atomic
def appoint(
    user: Any, *, role: str, university: University | None, by: Any,
    valid_from: dt.datetime | None = None, valid_until: dt.datetime | None = None,
) -> Appointment:  # fmt: skip
    """Give `user` a role, at `university` where the role is held at one, from now unless said otherwise.

    Raises PermissionDenied, or ValidationError when the scope, the order or an overlap is wrong.
    """
    _demand(by)
    return begin(
        user, role=role, university=university, by=by, valid_from=valid_from, valid_until=valid_until
    )


def begin(
    user: Any, *, role: str, university: University | None, by: Any,
    valid_from: dt.datetime | None = None, valid_until: dt.datetime | None = None,
) -> Appointment:  # fmt: skip
    """Make the appointment; that `by` may, the verb has asked that calls this in its transaction.

    Raises ValidationError as `appoint` does.
    """
    appointment = Appointment(
        user=user, role=role, university=university, valid_from=valid_from or clock.now(), valid_until=valid_until,
        granted_by=by if getattr(by, "pk", None) else None,
    )  # fmt: skip
    appointment.full_clean()
    appointment.save()
    _record("members.appoint", appointment, by)
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, by: Any) -> Appointment:
    """End an appointment now; its holder has no right from this moment on, in open sessions too.

    Raises PermissionDenied, or NotPossible when it has ended already.
    """
    _demand(by)
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    now = clock.now()
    if appointment.valid_until is not None and appointment.valid_until <= now:
        raise NotPossible(_("This appointment has ended already."))
    # One that has not begun yet never begins: it keeps the shortest period there is.
    appointment.valid_from = min(appointment.valid_from, now - dt.timedelta(microseconds=1))
    appointment.valid_until = now
    appointment.save()
    _record("members.end_appointment", appointment, by)
    return appointment


def change_appointment(appointment: Appointment, *, by: Any) -> Appointment:
    """Keep the changed dates of an appointment. Raises PermissionDenied or ValidationError."""
    _demand(by)
    with transaction.atomic():
        appointment.full_clean()
        appointment.save()
        _record("members.change_appointment", appointment, by)
    return appointment


def _demand(by: Any) -> None:
    if not by.has_perm("members.appoint"):
        raise PermissionDenied


def _record(verb: str, appointment: Appointment, by: Any) -> None:
    trail.record(
        verb,
        by=by,
        kind="members.appointment",
        subject=appointment.uuid,
        name=f"{appointment.user}: {appointment.role}",
        details={
            "role": appointment.role,
            "university": appointment.university.slug if appointment.university else None,
            "from": appointment.valid_from.isoformat(),
            "until": appointment.valid_until.isoformat() if appointment.valid_until else None,
        },
    )
