"""What a sender writes down about the messages that it holds: always under its own lease, and never out of order.

`data_at` is committed before a text leaves, each text for itself. That the relay took a text is written down in the
same statement as the `data_at` of the next one, or else when the sender has no next one: whatever dies in between
leaves one message with `data_at`, of which the relay's record is asked, as of any text without an answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import F, QuerySet

from notifications import kinds
from notifications.models import Message

State = Message.State
LONGEST = 2000
# One statement is one commit. A message that its sender lost, or that was taken back meanwhile, is in neither part.
_HAND_OVER = """
WITH noted AS (
    UPDATE notifications_message SET state = 'sent', sent_at = %s::timestamptz, error = '', address = '',
        context = CASE WHEN %s::boolean THEN '{}'::jsonb ELSE context END, lease_owner = '', lease_until = NULL
    WHERE id = %s::bigint AND state = 'sending' AND lease_owner = %s::text AND attempts = %s::integer RETURNING id
), handed AS (
    UPDATE notifications_message SET data_at = %s::timestamptz, lease_until = %s::timestamptz
    WHERE id = %s::bigint AND state = 'sending' AND lease_owner = %s::text AND attempts = %s::integer
        AND lease_until > %s::timestamptz RETURNING id
)
SELECT (SELECT count(*) FROM handed), (SELECT count(*) FROM noted)
"""


def own(message: Message, owner: str) -> QuerySet[Message]:
    """The row of `message`, while `owner` holds it and nobody took it over."""
    return Message.objects.filter(
        pk=message.pk, state=State.SENDING, lease_owner=owner, attempts=message.attempts
    )


def of_now(messages: list[Message], owner: str, now: dt.datetime) -> list[Message]:
    """The same messages; what was handed over under a clock that was ahead counts as handed over now."""
    for message in messages:
        if message.data_at and message.data_at > now:
            own(message, owner).update(data_at=now)
            message.data_at = now
    return messages


def hand_over(
    message: Message, owner: str, now: dt.datetime, until: dt.datetime, taken: Message | None
) -> tuple[bool, bool]:
    """The text of `message` leaves now, and the relay took that of `taken`; whether `owner` still held each of them."""
    before = taken or Message(attempts=0)
    values = (
        now, _is_wiped(before), before.pk, owner, before.attempts,
        now, until, message.pk, owner, message.attempts, now,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_HAND_OVER, values)
        handed, noted = cursor.fetchone()
    return bool(handed), bool(noted)


def record(message: Message, owner: str, state: str, now: dt.datetime, **fields: Any) -> bool:
    """Write down what came of `message`; whether `owner` still held it."""
    fields |= {"state": state, "lease_owner": "", "lease_until": None}
    if state == State.SENT:
        fields |= {"sent_at": now, "error": "", "address": ""}
    if state != State.DUE and _is_wiped(message):
        fields["context"] = {}
    return own(message, owner).update(**fields) == 1


def give_back(messages: Iterable[Message], owner: str) -> int:
    """They were not tried at all: due as before; how many."""
    rows = Message.objects.filter(
        pk__in=[message.pk for message in messages], state=State.SENDING, lease_owner=owner, data_at=None
    )
    return rows.update(state=State.DUE, lease_owner="", lease_until=None, attempts=F("attempts") - 1)


def legible(said: str) -> str:
    """What a relay or an error said, as the database and a page can hold it: no NUL, no halves of signs."""
    text = said.encode("utf-8", "replace").decode()
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in text)[:LONGEST]


def _is_wiped(message: Message) -> bool:
    """Whether its text (codes, links) is not kept once it is settled."""
    return kinds.known(message.kind) and kinds.find(message.kind).verbatim
