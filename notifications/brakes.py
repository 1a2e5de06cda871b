"""Brakes: no flood goes out, whoever caused it. One stops everything optional, one gathers what one person would get.

Sending stops at three times what is usual for the hour: the mean of the same hour of the week over the last four
weeks, and never below `MAIL_BRAKE_FLOOR`. What belongs to something a person does (codes of sign-in, offers) goes on.
The office releases it; only what went out since then counts towards the next stop.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet

from notifications import alarms, kinds
from notifications.messages import BRAKE, GATHERED
from notifications.models import Brake, Message

TIMES = 3
WEEKS = 4
HOUR = dt.timedelta(hours=1)
DISCARDED = "Discarded by the office while sending was stopped."

log = logging.getLogger(__name__)


def going_on() -> list[str]:
    """The kinds that no brake holds up: what belongs to something a person does, and the digest that they chose."""
    return [
        kind.name
        for kind in kinds.all_kinds()
        if (kind.transactional or kind.digest) and kind.name != GATHERED
    ]


def is_optional(message: Message) -> bool:
    """Whether a brake may hold `message` up, and a limit count it."""
    return message.kind not in going_on() and message.kind != GATHERED


def held_up(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Those of `rows` that a brake holds up."""
    return rows.exclude(kind__in=going_on())


def paused(now: dt.datetime) -> bool:
    """Whether sending is stopped, or has to stop at `now`: then the office is told, once. Two queries."""
    last = latest()
    if last and last.on:
        return True
    volume, limit = measure(now, last)
    if volume < limit:
        return False
    _pull(now, volume, limit)
    return True


def latest() -> Brake | None:
    """The last stop; not by its moment, which may be of a clock that was ahead."""
    return Brake.objects.order_by("-pk").first()


def measure(now: dt.datetime, last: Brake | None) -> tuple[int, int]:
    """How much went out in the last hour (since the release of the `last` stop), and at how much sending stops."""
    recent, usual = counted(now, last)
    rows = held_up(Message.objects.filter(recent | usual))
    counts = rows.aggregate(recent=Count("pk", filter=recent), usual=Count("pk", filter=usual))
    return counts["recent"], limit_at(counts["usual"])


def counted(now: dt.datetime, last: Brake | None) -> tuple[Q, Q]:
    """Which messages count as sent in the last hour, and which in the same hour of the last weeks."""
    released = last.released_at if last else None
    since = max(now - HOUR, released) if released and released <= now else now - HOUR
    recent, usual = Q(state=Message.State.SENT, sent_at__range=(since, now)), Q()
    for week in range(1, WEEKS + 1):
        at = now - dt.timedelta(weeks=week)
        usual |= Q(state=Message.State.SENT, sent_at__range=(at - HOUR, at))
    return recent, usual


def limit_at(usual: int) -> int:
    """At how many messages an hour sending stops, when `usual` went out in that hour of all the weeks together."""
    return max(settings.MAIL_BRAKE_FLOOR, round(TIMES * usual / WEEKS))


@transaction.atomic
def _pull(now: dt.datetime, volume: int, limit: int) -> None:
    """Stop. Two senders that stop at once are one stop, and one message to the office."""
    brake = Brake(pulled_at=now, volume=volume, limit=limit)
    Brake.objects.bulk_create([brake], ignore_conflicts=True)
    if not Brake.objects.filter(uuid=brake.uuid).exists():
        return
    log.warning("Sending is stopped: %d messages in an hour, the limit is %d.", volume, limit)
    alarms.tell_office(BRAKE, {"volume": volume, "limit": limit}, key=f"brake:{brake.uuid}")


@transaction.atomic
def release(now: dt.datetime, *, discard: Collection[str] = ()) -> tuple[Brake | None, int]:
    """Let sending go on, without the waiting messages of the kinds in `discard`; the stop, if there was one, and how
    many were discarded. In the portal they stay."""
    brake = Brake.objects.select_for_update().filter(on=True).first()
    if brake is None:
        return None, 0
    brake.on, brake.released_at = False, max(now, brake.pulled_at)
    brake.save(update_fields=["on", "released_at"])
    rows = held_up(Message.objects.filter(state=Message.State.DUE, kind__in=discard))
    taken = list(rows.select_for_update(skip_locked=True).values_list("pk", flat=True))
    discarded = Message.objects.filter(pk__in=taken).update(state=Message.State.CANCELLED, error=DISCARDED)
    return brake, discarded


def crowded(messages: Collection[Message], now: dt.datetime) -> Counter[str]:
    """How many optional mails each recipient of `messages` got in the last hour."""
    of_hour = Message.objects.sent_since(now - HOUR).filter(sent_at__lte=now)
    rows = held_up(of_hour.filter(recipient__in={message.recipient for message in messages}))
    return Counter(dict(rows.values_list("recipient").annotate(number=Count("pk"))))
