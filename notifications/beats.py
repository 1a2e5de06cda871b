"""When the planner and the sender last were at work, and how long the oldest message has been due."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Min

from notifications.models import Beat, Message

PLANNER, SENDER = "planner", "sender"


@dataclass(frozen=True)
class Pulse:
    """How it stands with planner and sender at a moment; an absent moment means never, an absent age nothing due."""

    planner_at: dt.datetime | None
    sender_at: dt.datetime | None
    oldest_due: dt.timedelta | None

    @property
    def minutes(self) -> int:
        """For how many whole minutes the oldest message has been due."""
        return int(self.oldest_due.total_seconds() // 60) if self.oldest_due else 0

    @property
    def late(self) -> bool:
        """Whether something has been due for longer than the office is to wait without being told."""
        limit = dt.timedelta(minutes=settings.MAIL_ALARM_MINUTES)
        return self.oldest_due is not None and self.oldest_due > limit


def note(name: str, now: dt.datetime) -> None:
    """`name` is at work."""
    Beat.objects.bulk_create(
        [Beat(name=name, at=now)], update_conflicts=True, unique_fields=["name"], update_fields=["at"]
    )


def pulse(now: dt.datetime, *, oldest: dt.datetime | None = None) -> Pulse:
    """How it stands at `now`; `oldest`, where it is known, since when the longest waiting message is due.

    A message that is to be tried again is due from its next attempt on.
    """
    beats = dict(Beat.objects.values_list("name", "at"))
    rows = Message.objects.filter(state=Message.State.DUE)
    due = oldest or rows.aggregate(oldest=Min("next_attempt_at"))["oldest"]
    age = now - due if due and due < now else None
    return Pulse(beats.get(PLANNER), beats.get(SENDER), age)
