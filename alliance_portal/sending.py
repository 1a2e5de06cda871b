"""What the office does with messages that could not be sent, and with a stop of sending. Everything is written down."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from audit import trail
from ground import clock
from notifications import actions, brakes, outbox
from notifications.models import Message

MESSAGE, BRAKE = "notifications.message", "notifications.brake"
State = Message.State


class NotPossible(Exception):
    """Somebody has settled it meanwhile."""


def _check(by: Any) -> None:
    if not by.has_perm("alliance_portal.keep_messages"):
        raise PermissionDenied


@transaction.atomic
def try_again(message: Message, *, by: Any) -> None:
    """A failed message is due again. Raises NotPossible: it isn't failed, or its text is wiped."""
    _check(by)
    if not actions.retry(Message.objects.filter(pk=message.pk)):
        raise NotPossible
    _record("notifications.try_again", message, by)


@transaction.atomic
def arrived(message: Message, *, by: Any) -> None:
    """A person knows that the uncertain message arrived."""
    _check(by)
    now = clock.now()
    _settle(message, state=State.SENT, sent_at=now, error="", address="")
    _record("notifications.arrived", message, by)


@transaction.atomic
def send_again(message: Message, *, by: Any) -> None:
    """A person knows that the uncertain message did not arrive, or takes it upon them that it comes twice.

    It gets a name of its own: what the relay's record says about the earlier text is no answer for the new one.
    """
    _check(by)
    if not message.context and message.kind in actions.wiped():
        raise NotPossible
    earlier = message.message_id
    _settle(
        message, state=State.DUE, next_attempt_at=clock.now(), attempts=0, data_at=None,
        message_id=outbox.new_message_id(), error=f"Sent again; the earlier text was called <{earlier}>.",
    )  # fmt: skip
    _record("notifications.send_again", message, by, earlier=earlier)


def show_address(message: Message, *, by: Any) -> None:
    """Somebody of the office reads the address of a message that did not arrive: it is written down that they did."""
    _check(by)
    _record("notifications.show_address", message, by)


@transaction.atomic
def let_go_on(*, by: Any, discard: Collection[str] = ()) -> int:
    """Sending goes on, without the waiting messages of some kinds; how many were discarded. Raises NotPossible."""
    _check(by)
    brake, discarded = brakes.release(clock.now(), discard=discard)
    if brake is None:
        raise NotPossible
    details = {"discarded": discarded, "kinds": sorted(discard)}
    trail.record(
        "notifications.release", by=by, kind=BRAKE, subject=brake.uuid, name=str(brake), details=details
    )
    return discarded


def _settle(message: Message, **fields: Any) -> None:
    """Raises NotPossible when it is uncertain no more."""
    if not Message.objects.filter(pk=message.pk, state=State.UNCERTAIN).update(**fields):
        raise NotPossible


def _record(verb: str, message: Message, by: Any, **more: str) -> None:
    subject: uuid.UUID = message.uuid
    trail.record(
        verb, by=by, kind=MESSAGE, subject=subject, name=message.subject_name or message.kind,
        details={"kind": message.kind, **more},
    )  # fmt: skip
