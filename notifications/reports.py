"""What is told about a message once it has left, by a provider or by a mail that came back: believed once, and only
where the message was handed over and went to that address. What comes twice, or late, changes nothing twice."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from ground import clock
from notifications import actions, kinds, troubles
from notifications.composing import BadAddress, checked_address
from notifications.models import DeliveryReport, Message, Preference
from notifications.models.message import recipient_at

Outcome = DeliveryReport.Outcome
State = Message.State
_LEFT = (State.SENT, State.UNCERTAIN, State.SENDING)
_GOOD = (Outcome.TAKEN, Outcome.DELIVERED)


@dataclass(frozen=True)
class Told:
    """One report: about which text (the identifier in its Message-ID), to which address, and what became of it.

    `event` is the teller's own name for it, where there is one: two of the same name are one.
    """

    message: uuid.UUID
    address: str
    outcome: str
    source: str
    said: str = ""
    event: str = ""


def listening() -> bool:
    """Whether a provider may report: mails go to one, and it was given a secret by which it proves itself."""
    return settings.MAIL_RELAY == "provider" and bool(settings.ANYMAIL["WEBHOOK_SECRET"])


@transaction.atomic
def take(told: Told) -> bool:
    """Write a report down and do what follows from it; whether anything was new."""
    rows = Message.objects.select_for_update().filter(state__in=_LEFT, data_at__isnull=False)
    message = rows.filter(message_id__startswith=told.message.hex).first()
    user = _user(message) if message else None
    address = _address(message, user, told.address) if message else ""
    if message is None or not address:
        return message is None and _of_earlier_text(told)
    now = clock.read()
    if told.outcome in _GOOD and message.state == State.SENT:
        return told.outcome == Outcome.DELIVERED and troubles.recovered(address, message.data_at)
    if not _keep(told, message, address, now):
        return False
    settle(message)
    _follow(told, message, user, address, now)
    return True


def _of_earlier_text(told: Told) -> bool:
    """A text that was sent again under another name: a complaint or an address that is gone counts, and nothing else.

    It is no answer for the text that went out since, so it is not kept.
    """
    message = (
        Message.objects.filter(uuid=told.message).exclude(message_id__startswith=told.message.hex).first()
    )
    user = _user(message) if message else None
    address = _address(message, user, told.address) if message else ""
    if message is None or not address or told.outcome not in (Outcome.GONE, Outcome.COMPLAINED):
        return False
    _follow(told, message, user, address, clock.read())
    return True


def settle(message: Message) -> None:
    """Of an uncertain message something was told: it had been taken."""
    if not DeliveryReport.objects.filter(message=message).exists():
        return
    wiped: dict[str, Any] = {"context": {}} if message.kind in actions.wiped() else {}
    rows = Message.objects.filter(pk=message.pk, state=State.UNCERTAIN)
    rows.update(state=State.SENT, sent_at=message.data_at, error="", address="", **wiped)


def heard_of(message_id: str) -> bool:
    """Whether anything was told about the message of this Message-ID."""
    return DeliveryReport.objects.filter(message__message_id=message_id).exists()


def _follow(told: Told, message: Message, user: Any | None, address: str, now: dt.datetime) -> None:
    if told.outcome == Outcome.DELIVERED:
        troubles.recovered(address, message.data_at)
    if told.outcome == Outcome.GONE:
        troubles.mark(address, troubles.Reason.BOUNCED, now, said=told.said, person=user)
    if told.outcome == Outcome.COMPLAINED:
        troubles.mark(address, troubles.Reason.COMPLAINED, now, said=told.said)
        if user and kinds.known(message.kind) and not kinds.find(message.kind).transactional:
            actions.steer(kinds.find(message.kind), Preference.Delivery.OFF, by=user)


def _keep(told: Told, message: Message, address: str, now: dt.datetime) -> bool:
    """Whether it is new."""
    name = "\n".join((told.source, message.uuid.hex, told.outcome, told.event))
    report = DeliveryReport(
        message=message, outcome=told.outcome, source=told.source, at=now,
        key=hashlib.sha256(name.encode()).hexdigest(),
        said=troubles.without(address, troubles.without(told.address, told.said)),
    )  # fmt: skip
    DeliveryReport.objects.bulk_create([report], ignore_conflicts=True)
    return DeliveryReport.objects.filter(uuid=report.uuid).exists()


def _user(message: Message) -> Any | None:
    return get_user_model().objects.filter(uuid=message.user_uuid).first() if message.user_uuid else None


def _address(message: Message, user: Any | None, told: str) -> str:
    """The address as the portal has it where the message went to the one that was told; "" where it did not."""
    wanted = recipient_at(user.email) if user else message.recipient
    return next((one for one in _written(told) if recipient_at(one) == wanted), "")


def _written(address: str) -> list[str]:
    """An address as it may be kept: its domain in its own letters or as ASCII."""
    try:
        plain = checked_address(address.strip())
        local, _at, domain = plain.rpartition("@")
        return [address.strip(), plain, f"{local}@{domain.encode('ascii').decode('idna')}"]
    except (BadAddress, UnicodeError):
        return []
