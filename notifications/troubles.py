"""Addresses that take no mail: nothing optional is sent there until the person says that it works again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from notifications import outbox, standing
from notifications.messages import REFUSED, SENDING
from notifications.models import Message, TroubledAddress
from notifications.models.message import recipient_at

Reason = TroubledAddress.Reason


@transaction.atomic
def mark(address: str, reason: str, now: dt.datetime, *, said: str = "", person: Any = None) -> bool:
    """`address` takes no mail from now on; whether that is new. `person`, whose it is, reads so in the portal."""
    row = TroubledAddress(digest=recipient_at(address), reason=reason, said=without(address, said), at=now)
    TroubledAddress.objects.bulk_create([row], ignore_conflicts=True)
    if not TroubledAddress.objects.filter(uuid=row.uuid).exists():
        if reason != Reason.REFUSED:  # what came back, or a complaint, outlasts what the relay said at once
            TroubledAddress.objects.filter(digest=row.digest, reason=Reason.REFUSED).update(
                reason=reason, at=now
            )
        return False
    if person is not None:
        subject = (SENDING, row.uuid, "")
        outbox.enqueue(REFUSED, to=person, subject=subject, context={}, key=f"refused:{row.uuid}")
    return True


def clear(address: str) -> bool:
    """`address` works again; whether it was marked."""
    return bool(TroubledAddress.objects.filter(digest=recipient_at(address)).delete()[0])


def taken(address: str) -> bool:
    """The relay has taken a mail to `address` after all: that ends what it had said itself, and nothing else."""
    rows = TroubledAddress.objects.filter(digest=recipient_at(address), reason=Reason.REFUSED)
    return bool(rows.delete()[0])


def recovered(address: str, left: dt.datetime | None) -> bool:
    """A mail that left at that moment arrived at `address`: it works again, if it was marked before."""
    rows = TroubledAddress.objects.filter(digest=recipient_at(address), at__lt=left)
    return bool(rows.exclude(reason=Reason.COMPLAINED).delete()[0]) if left else False


def among(messages: Collection[Message]) -> set[str]:
    """Which addresses of the recipients of `messages` take no mail, as digests. One query where none does."""
    if not TroubledAddress.objects.exists():
        return set()
    users = {message.user_uuid for message in messages if message.user_uuid}
    emails = get_user_model().objects.filter(uuid__in=users).values_list("email", flat=True)
    known = {message.recipient for message in messages} | {recipient_at(email) for email in emails}
    return TroubledAddress.objects.among(known)


def of(person: Any) -> TroubledAddress | None:
    """Why nothing optional is sent to the address of `person`; None where all is well."""
    return TroubledAddress.objects.filter(digest=recipient_at(person.email)).first()


def without(address: str, said: str) -> str:
    """What the relay said, without the address that it repeats."""
    said = standing.legible(said)
    return re.sub(re.escape(address), "…", said, flags=re.IGNORECASE)[:300] if address else said[:300]
