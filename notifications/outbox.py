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
from django.db.models.functions import Coalesce, Least

from ground import clock
from notifications import doorbell, kinds
from notifications.models import InboxItem, Message, ReminderPlan, TrackedDate
from notifications.models.message import Correspondent, MessageQuerySet, recipient_of

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
        if not store(message):
            return None
        if message_kind.in_portal and not isinstance(to, Correspondent):
            _show(message, to, message)
    doorbell.ring_after_commit(doorbell.SEND_MESSAGES)
    return message


def show(kind: str, *, to: Any, subject: Subject, context: Mapping[str, Any]) -> None:
    """Show a message of `kind` in the portal to `to`, who has an account, and send no e-mail."""
    told = new_message(kind, recipient=recipient_of(to), language=to.language, context=context)
    told.subject_kind, told.subject_uuid, told.subject_name = subject[0], subject[1], subject[2][:300]
    _show(told, to, None)


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
        message_id=new_message_id(identifier),
    )


def new_message_id(identifier: uuid.UUID | None = None) -> str:
    """A Message-ID that no text had before, or that of a message with this identifier."""
    return f"{(identifier or uuid.uuid4()).hex}@{_domain()}"


def cancel(subject_kind: str, subject: uuid.UUID, *, kind: str = "", to: Any = None) -> int:
    """Take back the messages about a record (of one kind, to one person, if given) of which no text has left; their
    number.

    For a bulk decision that was taken back before its mails left. What is shown in the portal already stays.
    """
    with transaction.atomic():
        rows = Message.objects.about(subject_kind, subject)
        if kind:
            rows = rows.filter(kind=kind)
        if to is not None:
            rows = rows.filter(recipient=recipient_of(to))
        return take_back(rows)


def take_back(messages: MessageQuerySet) -> int:
    """Take back those of `messages` of which no text has left; their number. Shown in the portal they stay."""
    with transaction.atomic():
        rows = messages.unsent()
        taken = list(rows.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
        InboxItem.objects.filter(message__in=taken, visible_from__gt=clock.now()).delete()
        return _withdraw(taken)


def settle(
    subject_kind: str, subject: uuid.UUID, *, kinds: Collection[str], but: Collection[Any] = ()
) -> None:
    """What messages of `kinds` about a record ask for is done or no longer wanted, except by the people `but`.

    Mails of which no text has left stay unsent, and leave the digest they wait for. In the portal the messages
    stay, marked as settled, are no longer put off, and no longer count as unread. Belongs into the transaction of
    what settles it; twice is the same as once.
    """
    now = clock.now()
    with transaction.atomic():
        mails = Message.objects.about(subject_kind, subject).unsent().filter(kind__in=kinds)
        mails = mails.exclude(recipient__in=[recipient_of(person) for person in but])
        due = list(mails.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True))
        _withdraw(due)
        items = InboxItem.objects.asking(subject_kind, subject).filter(kind__in=kinds)
        items = items.exclude(user__in=[person.pk for person in but])
        back = items.filter(snoozed_until__isnull=False)
        back.update(snoozed_until=None, visible_from=Least("visible_from", Value(now)))
        items.update(settled_at=now, read_at=Coalesce("read_at", Value(now)))


def _withdraw(pks: Collection[int]) -> int:
    """These locked rows are not sent. A sender that holds one finds so in the moment in which its text would leave."""
    return Message.objects.filter(pk__in=pks).update(
        state=Message.State.CANCELLED, digest=None, gathered_into=None, lease_owner="", lease_until=None
    )


def release_held(user: Any) -> int:
    """What waits for a digest of `user` is due now and finds its way anew: after a change of what the person wants."""
    rows = Message.objects.filter(recipient=f"user:{user.uuid}", state=Message.State.HELD)
    return rows.update(state=Message.State.DUE, next_attempt_at=clock.now())


def forget(subject_kind: str, subjects: Collection[uuid.UUID]) -> None:
    """What was said about these records names nobody any more: addresses and details go, unsent mails are not sent.

    Belongs into the transaction in which the records themselves are erased.
    """
    with transaction.atomic():
        rows = Message.objects.filter(subject_kind=subject_kind, subject_uuid__in=subjects)
        waiting = rows.unsent().select_for_update(skip_locked=True, of=("self",))
        _withdraw(list(waiting.values_list("pk", flat=True)))
        rows = rows.exclude(state=Message.State.SENDING)
        rows.update(address="", context={})
        rows.filter(recipient__startswith="mail:").update(recipient="mail:erased")
        ReminderPlan.objects.filter(subject_kind=subject_kind, subject_uuid__in=subjects).delete()
        TrackedDate.objects.filter(subject_kind=subject_kind, subject_uuid__in=subjects).delete()
        InboxItem.objects.filter(subject_kind=subject_kind, subject_uuid__in=subjects).delete()


def _domain() -> str:
    """The host of the portal's own address, for Message-IDs."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].lower() or "portal.invalid"


def store(message: Message) -> bool:
    """Store a new message; False when there is one with its key."""
    if not message.key:
        message.save(force_insert=True)
        return True
    Message.objects.bulk_create([message], ignore_conflicts=True)
    stored = Message.objects.filter(key=message.key).values_list("pk", "uuid").get()
    message.pk = stored[0]
    message._state.adding = False
    return bool(stored[1] == message.uuid)


def _show(message: Message, user: Any, stored: Message | None) -> None:
    """The message in the portal, in the same transaction; `stored` where it is sent as well."""
    InboxItem.objects.create(
        user=user,
        kind=message.kind,
        subject_kind=message.subject_kind,
        subject_uuid=message.subject_uuid,
        subject_name=message.subject_name,
        context=message.context,
        message=stored,
        created_at=message.created_at,
        visible_from=message.not_before or message.created_at,
    )
