"""The way into the outbox: say it in the transaction, send it later."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Value
from django.db.models.functions import Coalesce

from ground import clock
from notifications import doorbell, kinds
from notifications.models import InboxItem, Message, ReminderPlan, TrackedDate
from notifications.models.message import Correspondent, recipient_of

Subject = tuple[str, uuid.UUID, str]


def enqueue(
    kind: str,
    *,
    to: Any,
    subject: Subject,
    context: Mapping[str, Any],
    key: str = "",
    not_before: dt.datetime | None = None,
) -> Message | None:
    """Write a message of `kind` to `to` into the outbox, and into the inbox of whoever has an account.

    `to` is a user, or a Correspondent without an account, who gets the e-mail alone.
    Belongs into the transaction of what it tells: rolled back with it, never lost once it is committed.
    `subject` is (kind of record, uuid, name in words); `context` plain values, dates and moments (JSON, no records).
    The same non-empty `key` twice is one message: the second call writes nothing and gives None.
    `not_before`: neither sent nor shown in the portal earlier. Raises kinds.UnknownKind.
    """
    message_kind = kinds.find(kind)
    message = new_message(kind, recipient=recipient_of(to), language=to.language, context=context)
    message.address = to.address if isinstance(to, Correspondent) else ""
    message.subject_kind, message.subject_uuid, message.subject_name = (
        subject[0],
        subject[1],
        subject[2][:300],
    )
    message.key = key
    message.not_before = not_before
    message.next_attempt_at = not_before or message.created_at
    with transaction.atomic():
        if not _insert(message):
            return None
        if message_kind.in_portal and not isinstance(to, Correspondent):
            _show(message, to)
    doorbell.ring_after_commit(doorbell.SEND_MESSAGES)
    return message


def new_message(kind: str, *, recipient: str, language: str, context: Mapping[str, Any]) -> Message:
    """A row of the outbox that is not stored yet, due now, with the Message-ID it keeps."""
    identifier = uuid.uuid4()
    moment = clock.now()
    return Message(
        uuid=identifier,
        kind=kind,
        recipient=recipient,
        language=language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        context=kinds.plain(context),
        created_at=moment,
        next_attempt_at=moment,
        message_id=f"{identifier.hex}@{_domain()}",
    )


def cancel(subject_kind: str, subject: uuid.UUID, *, kind: str = "", to: Any = None) -> int:
    """Take back the messages about a record (of one kind, to one person, if given) that nobody has begun to send;
    their number.

    For a bulk decision that was taken back before its mails left. What is shown in the portal already stays.
    """
    with transaction.atomic():
        rows = Message.objects.about(subject_kind, subject).filter(state=Message.State.DUE)
        if kind:
            rows = rows.filter(kind=kind)
        if to is not None:
            rows = rows.filter(recipient=recipient_of(to))
        taken = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
        InboxItem.objects.filter(message__in=taken, visible_from__gt=clock.now()).delete()
        return Message.objects.filter(pk__in=taken).update(state=Message.State.CANCELLED)


def settle(
    subject_kind: str, subject: uuid.UUID, *, kinds: Collection[str], but: Collection[Any] = ()
) -> None:
    """What messages of `kinds` about a record ask for is done or no longer wanted, except by the people `but`.

    Mails that nobody has begun to send stay unsent. In the portal the messages stay, marked as settled, and no longer
    count as unread. Belongs into the transaction of what settles it; twice is the same as once.
    """
    now = clock.now()
    with transaction.atomic():
        mails = Message.objects.about(subject_kind, subject).filter(state=Message.State.DUE, kind__in=kinds)
        mails = mails.exclude(recipient__in=[recipient_of(person) for person in but])
        due = list(mails.select_for_update(skip_locked=True).values_list("pk", flat=True))
        Message.objects.filter(pk__in=due).update(state=Message.State.CANCELLED)
        items = InboxItem.objects.asking(subject_kind, subject).filter(kind__in=kinds)
        items = items.exclude(user__in=[person.pk for person in but])
        items.update(settled_at=now, read_at=Coalesce("read_at", Value(now)))


def forget(subject_kind: str, subjects: Collection[uuid.UUID]) -> None:
    """What was said about these records names nobody any more: addresses and details go, unsent mails are not sent.

    Belongs into the transaction in which the records themselves are erased.
    """
    with transaction.atomic():
        rows = Message.objects.filter(subject_kind=subject_kind, subject_uuid__in=subjects)
        rows.filter(state=Message.State.DUE).update(state=Message.State.CANCELLED)
        rows = rows.exclude(state=Message.State.SENDING)
        rows.update(address="", context={})
        rows.filter(recipient__startswith="mail:").update(recipient="mail:erased")
        ReminderPlan.objects.filter(subject_kind=subject_kind, subject_uuid__in=subjects).delete()
        TrackedDate.objects.filter(subject_kind=subject_kind, subject_uuid__in=subjects).delete()
        InboxItem.objects.filter(subject_kind=subject_kind, subject_uuid__in=subjects).delete()


def _domain() -> str:
    """The host of the portal's own address, for Message-IDs."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].lower() or "portal.invalid"


def _insert(message: Message) -> bool:
    """Store the message; False when there is one with its key."""
    if not message.key:
        message.save(force_insert=True)
        return True
    Message.objects.bulk_create([message], ignore_conflicts=True)
    stored = Message.objects.filter(key=message.key).values_list("pk", "uuid").get()
    message.pk = stored[0]
    message._state.adding = False
    return bool(stored[1] == message.uuid)


def _show(message: Message, user: Any) -> None:
    """The message in the portal, in the same transaction."""
    InboxItem.objects.create(
        user=user,
        kind=message.kind,
        subject_kind=message.subject_kind,
        subject_uuid=message.subject_uuid,
        subject_name=message.subject_name,
        context=message.context,
        message=message,
        created_at=message.created_at,
        visible_from=message.not_before or message.created_at,
    )
