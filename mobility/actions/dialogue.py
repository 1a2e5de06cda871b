"""What applicant and coordinators say to each other inside an application: messages and appeals."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from audit import trail
from ground import clock
from ground.workflow import NotPossible
from members.models import Role
from mobility.actions.door import lock_application, move
from mobility.actions.telling import tell_applicant, tell_coordinators
from mobility.models import Appeal, Application, ApplicationMessage
from mobility.models.dialogue import MOST_OF_A_MESSAGE
from mobility.rules import is_applicant, is_sending_coordinator, may, require
from mobility.workflow import APPEAL, APPEAL_KIND, KIND, AppealStatus


@transaction.atomic
def send_message(application: Application, text: str, *, by: Any, seen: Any = None) -> ApplicationMessage:
    """A message of the applicant to the coordinators, or of one of them to the applicant; the other side is told.

    Who answers has read: what the other side wrote, up to the message `seen` (its identifier), is not new any more.

    The very same words of the same person a second time, with nothing in between, are one message (a double click).
    Raises PermissionDenied, or NotPossible when there is nothing to send.
    """
    words = text.strip()[:MOST_OF_A_MESSAGE]
    if not words:
        raise NotPossible(_("Write the message first."))
    locked = lock_application(application)
    require("mobility.write_message", by, locked)
    last = locked.messages.order_by("-sent_at", "-pk").first()
    if last is not None and (last.author_id, last.text) == (by.pk, words):
        return last
    own = bool(is_applicant(by, locked))
    message = ApplicationMessage.objects.create(
        application=locked,
        author=by,
        author_name=str(by)[:250],
        author_role="" if own else _role(by, locked),
        from_applicant=own,
        text=words,
        sent_at=clock.now(),
    )
    mark_read(locked, by=by, seen=seen)
    tell = tell_coordinators if own else tell_applicant
    tell(f"mobility.message_{'received' if own else 'from_coordinator'}", locked, message=str(message.uuid))
    return message


def _role(by: Any, application: Application) -> str:
    """The role in which somebody writes for the university."""
    return Role.MOBILITY_COORDINATOR if is_sending_coordinator(by, application) else Role.ADMINISTRATOR


@transaction.atomic
def mark_read(application: Application, *, by: Any, seen: Any) -> int:
    """Note that `by` has read what the other side wrote, up to the message `seen`; says how many were new.

    What arrived after the page was shown stays new. `seen` is the identifier of a message, or None for none.
    """
    last = application.messages.filter(uuid=seen).first() if seen else None
    if last is None or not may("mobility.write_message", by, application):
        return 0
    own = is_applicant(by, application)
    new = application.messages.new_for_applicant() if own else application.messages.new_for_university()
    return int(new.filter(pk__lte=last.pk).update(read_at=Greatest("sent_at", Value(clock.now()))))


@transaction.atomic
def appeal(application: Application, text: str, *, by: Any) -> Appeal:
    """Ask for another answer, once for each answer and within the days of the call; the coordinators are told.

    Doing it again gives the appeal that is there. Raises PermissionDenied or NotPossible (no reasons, or too late).
    """
    words = text.strip()[:MOST_OF_A_MESSAGE]
    locked = lock_application(application)
    require("mobility.appeal_application", by, locked)
    there = locked.appeals.filter(against=locked.status).first()
    if there is not None:
        return there
    if not locked.can_be_appealed(clock.now()):
        raise NotPossible(_("This answer can't be appealed against, or the days to do so have passed."))
    if not words:
        raise NotPossible(_("Write why the answer should be another."))
    made = Appeal.objects.create(application=locked, against=locked.status, text=words, made_at=clock.now())
    trail.record("mobility.appeal", by=by, kind=KIND, subject=locked.uuid, name=locked.reference)
    tell_coordinators("mobility.appeal_made", locked, message=str(made.uuid))
    return made


@transaction.atomic
def withdraw_appeal(made: Appeal, *, by: Any) -> Appeal:
    """Take an appeal back that was not answered yet. Raises PermissionDenied or NotPossible."""
    locked = (
        Appeal.objects.select_for_update(no_key=True, of=("self",))
        .select_related("application")
        .get(pk=made.pk)
    )
    require("mobility.withdraw_appeal", by, locked)
    if locked.status == AppealStatus.WITHDRAWN:
        return locked
    step = APPEAL.find("withdraw_appeal", source=locked.status)
    move(locked, step, by=by, kind=APPEAL_KIND, name=locked.application.reference, settled_at=clock.now())
    return locked
