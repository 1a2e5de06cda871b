"""What people are told, said in the transaction that did it; the wording is in templates/messages."""

from __future__ import annotations

from typing import Any

from ground import clock
from members.models import Appointment, Role
from mobility.answers import titles
from mobility.models import Application
from mobility.workflow import KIND
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


def _tell(kind: str, application: Application, to: Any, context: dict[str, Any]) -> None:
    call = application.call
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
        key=f"{kind}:{application.uuid}:{application.version}:{to.pk}",
    )
