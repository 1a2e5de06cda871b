"""What a clock that was ahead left behind: messages whose time lies where no message's time can lie.

A clock that is put right again must not let a code of sign-in, an offer or a digest wait until it has come round. A
reminder that was made too early waits for its time, and so does whatever was to go later.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Coalesce, Greatest

from notifications.models import InboxItem, Message

NIGHT = dt.timedelta(hours=25)  # quiet hours, the longest that one that is due waits
WEEK = dt.timedelta(days=8)  # until the next digest

State = Message.State


def put_right(now: dt.datetime, pause: dt.timedelta = dt.timedelta(0)) -> int:
    """These messages are due now; how many there were. `pause`: the longest one between two attempts."""
    longest = max(pause, NIGHT)
    from_now = Greatest(Coalesce("not_before", Value(now)), Value(now))
    made = Q(next_attempt_at__gt=now, created_at__gt=now, not_before=None) & ~Q(key__startswith="reminder:")
    tried = Q(created_at__lte=now, next_attempt_at__gt=now + longest) & Q(
        next_attempt_at__gt=from_now + longest
    )
    rows = Message.objects.filter(
        Q(state=State.DUE) & (made | tried) | Q(state=State.HELD, next_attempt_at__gt=now + WEEK)
    )
    with transaction.atomic():
        keys = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
        if keys:
            Message.objects.filter(pk__in=keys).update(state=State.DUE, next_attempt_at=now)
            hidden = InboxItem.objects.filter(message__in=keys, snoozed_until=None, visible_from__gt=now)
            hidden.update(visible_from=now)
    return len(keys)
