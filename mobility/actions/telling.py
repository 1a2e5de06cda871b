"""What people are told, said in the transaction that did it; the wording is in templates/messages."""

from __future__ import annotations

from typing import Any

from ground import clock
from members.models import Appointment, Role
from mobility.answers import titles
from mobility.models import Application, Call
from mobility.workflow import KIND, Status
from notifications import outbox


def tell_applicant(kind: str, application: Application, **context: Any) -> None:
    """A message of `kind` to the person who applied."""
    _tell(kind, application, application.applicant, context)


def tell_coordinators(kind: str, application: Application, **context: Any) -> None:
    """A message of `kind` to everybody who coordinates mobility at the sending university today."""
    holders = Appointment.objects.in_force(clock.now()).holders(
        Role.MOBILITY_COORDINATOR, application.call.university_id
    )
    for appointment in holders.select_related("user").order_by("pk"):
        _tell(kind, application, appointment.user, {"applicant": application.applicant_name, **context})


def tell_writers(kind: str, call: Call, **context: Any) -> None:
    """A message of `kind` to everybody who is writing an application to `call`."""
    rows = Application.objects.filter(call=call, status__in=[Status.DRAFT, Status.RETURNED])
    for application in rows.select_related("call__university", "applicant").order_by("pk").iterator(1000):
        _tell(kind, application, application.applicant, {"call_version": call.version, **context})


def _tell(kind: str, application: Application, to: Any, context: dict[str, Any]) -> None:
    call = application.call
    once = context.get("message") or context.get("call_version", application.version)
    common = {
        "reference": application.reference,
        "uuid": application.uuid,
        "zone": call.university.zone,
        **{f"call_{language}": title for language, title in titles(call).items()},
    }
    outbox.enqueue(
        kind,
        to=to,
        subject=(KIND, application.uuid, application.reference),
        context=common | context,
        key=f"{kind}:{application.uuid}:{once}:{to.pk}",
    )
