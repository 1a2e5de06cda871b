"""What people are told, said in the transaction that did it; the wording is in templates/messages."""

from __future__ import annotations

from typing import Any

from ground import clock
from members.models import Appointment, Role
from mobility.answers import titles
from mobility.models import Application, BulkDecision, Call
from mobility.workflow import BULK_KIND, CALL_KIND, KIND, Status
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


def tell_reviewer(call: Call, reviewer: Any, count: int, mark: Any) -> None:
    """Tell a reviewer that `count` applications of the call were assigned; `mark` is of this one assignment."""
    context = {"count": count} | {f"call_{key}": words for key, words in titles(call).items()}
    outbox.enqueue(
        "mobility.reviews_assigned", to=reviewer, subject=(CALL_KIND, call.uuid, str(call)), context=context,
        key=f"mobility.reviews_assigned:{mark}:{reviewer.pk}",
    )  # fmt: skip


def tell_bulk_refused(bulk: BulkDecision, count: int) -> None:
    """Tell everybody who coordinates the call's university that `count` decisions could not be carried out."""
    holders = Appointment.objects.in_force(clock.now()).holders(
        Role.MOBILITY_COORDINATOR, bulk.call.university_id
    )
    context = {"uuid": bulk.uuid, "count": count} | {
        f"call_{key}": words for key, words in titles(bulk.call).items()
    }
    for appointment in holders.select_related("user").order_by("pk"):
        outbox.enqueue(
            "mobility.bulk_refused", to=appointment.user, subject=(BULK_KIND, bulk.uuid, str(bulk.call)),
            context=context, key=f"mobility.bulk_refused:{bulk.uuid}:{appointment.user_id}",
        )  # fmt: skip


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
