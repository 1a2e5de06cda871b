"""Many messages to one person become one, so that nobody is flooded and nothing is lost.

When that one is sent, its parts are judged again: what is settled or unwanted by then is not told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from notifications import kinds, wanted
from notifications.messages import GATHERED
from notifications.models import Message
from notifications.outbox import new_message

SETTLED = "Told together with others, in one message."
MOST = 200  # lines of one message; what comes beyond is counted


@transaction.atomic
def gather(rows: Sequence[Message], *, not_before: dt.datetime) -> Message:
    """Tell `rows`, all of one recipient, in one message that goes out at `not_before`; one that waits already takes
    them up. The caller holds the rows and settles them in this transaction."""
    first = rows[0]
    waiting = Message.objects.select_for_update().filter(
        recipient=first.recipient, kind=GATHERED, state=Message.State.DUE, attempts=0
    )
    one = waiting.first() or _new(first, not_before)
    lines = [*one.context["lines"], *(_line(row, one.language) for row in rows)]
    one.context = {"lines": lines[:MOST], "count": one.context["count"] + len(rows)}
    one.save()
    return one


def still_holds_something(one: Message) -> bool:
    """Whether `one`, about to be sent, still tells of anything; from here on it tells of what is still wanted alone."""
    with transaction.atomic():
        parts = list(one.gathered.select_for_update().order_by("created_at", "pk"))
        facts, good = wanted.read(parts), []
        for part in parts:
            if gone := wanted.unwanted(part, facts):
                wanted.drop(part, gone)
            else:
                good.append(part)
        lines = [_line(part, one.language) for part in good[:MOST]]
        one.context = {"lines": lines, "count": len(good)}
        Message.objects.filter(pk=one.pk).update(context=one.context)
    return bool(good)


def _new(first: Message, not_before: dt.datetime) -> Message:
    one = new_message(
        GATHERED, recipient=first.recipient, language=first.language, context={"lines": [], "count": 0}
    )
    one.address, one.not_before, one.next_attempt_at = first.address, not_before, not_before
    return one


def _line(row: Message, language: str) -> str:
    """What `row` says in one line; what can't be put into words is named."""
    try:
        return kinds.word(
            kinds.find(row.kind), row.context, name=row.subject_name, moment=row.created_at, language=language
        ).subject
    except (kinds.UnknownKind, kinds.WordingFailed):
        return row.subject_name or row.kind
