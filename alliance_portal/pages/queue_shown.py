"""The queue of messages, as its page shows it."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, Q, Subquery

from alliance_portal.pages import queue_troubles
from alliance_portal.pages.queue_troubles import Trouble, label_of
from notifications import beats, brakes
from notifications.beats import Pulse
from notifications.models import Beat, Brake, Message

State = Message.State
OPEN = (State.DUE, State.SENDING, State.FAILED, State.UNCERTAIN)


@dataclass(frozen=True)
class Waiting:
    """The messages of one kind that are not settled, by state."""

    kind: str
    label: Any
    optional: bool
    due: int
    sending: int
    failed: int
    uncertain: int
    oldest: dt.datetime | None


@dataclass(frozen=True)
class Queue:
    """Everything that the page shows."""

    waiting: list[Waiting]
    troubles: list[Trouble]
    returned: list[Trouble]
    pulse: Pulse
    volume: int
    limit: int
    brake: Brake | None


def queue(now: dt.datetime, *, whole_addresses: bool, shown: uuid.UUID | None = None) -> Queue:
    """How it stands at `now`; `shown`: the message of which the address is asked for. Four queries."""
    last = brakes.latest()
    recent, usual = brakes.counted(now, last)
    rows = list(_counts(recent, usual))
    optional = [row for row in rows if row["kind"] not in set(brakes.going_on())]
    limit = brakes.limit_at(sum(row["usual"] for row in optional))
    waiting = _waiting(rows)
    oldest = min((one.oldest for one in waiting if one.oldest), default=None)
    return Queue(
        waiting, queue_troubles.unsettled(whole_addresses, shown),
        queue_troubles.returned(whole_addresses, shown),
        _pulse(rows, oldest, now), sum(row["recent"] for row in optional), limit,
        last if last and last.on else None,
    )  # fmt: skip


def _counts(recent: Q, usual: Q) -> Any:
    """The messages by kind and state, and with each row the signs of life."""
    rows = Message.objects.filter(Q(state__in=OPEN) | recent | usual).order_by().values("kind", "state")
    return rows.annotate(
        number=Count("pk"), oldest=Min("next_attempt_at"), recent=Count("pk", filter=recent),
        usual=Count("pk", filter=usual), planner_at=_beat(beats.PLANNER), sender_at=_beat(beats.SENDER),
    )  # fmt: skip


def _beat(name: str) -> Subquery:
    return Subquery(Beat.objects.filter(name=name).values("at"))


def _pulse(rows: list[dict[str, Any]], oldest: dt.datetime | None, now: dt.datetime) -> Pulse:
    if not rows:
        return beats.pulse(now)
    age = now - oldest if oldest and oldest < now else None
    return Pulse(rows[0]["planner_at"], rows[0]["sender_at"], age)


def _waiting(rows: list[dict[str, Any]]) -> list[Waiting]:
    counts: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in rows:
        if row["state"] in OPEN:
            counts[row["kind"]][row["state"]] = row
    free = set(brakes.going_on())
    nothing = {"number": 0, "oldest": None}
    return [
        Waiting(
            kind, label_of(kind), kind not in free, *(by_state.get(state, nothing)["number"] for state in OPEN),
            by_state.get(State.DUE, nothing)["oldest"],
        )
        for kind, by_state in sorted(counts.items())
    ]  # fmt: skip
