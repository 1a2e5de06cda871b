"""What the drills "clocks" and "outage" share: things in memory, a clock set by hand, a relay that takes everything.

One process plans, hands over and sends, step by step; nothing is broken here but time itself.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth import get_user_model

from ground import clock
from notifications import doorbell, planner, reminders
from notifications.composing import Envelope
from notifications.models import (
    Brake,
    InboxItem,
    Message,
    ReminderPlan,
    ReminderRound,
    ReminderRule,
    TrackedDate,
)
from notifications.relays import HandOver, Relay
from notifications.reminders import Dated, ReminderKind
from notifications.sender import Sender
from projects.messages import PERIOD_ENDS

MAILBOX = "@quiet.drill.example"
STEP = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Thing:
    """Something with a date, and the one person to be told."""

    uuid: uuid.UUID
    name: str
    date: dt.date
    zone: str
    person: Any


class Things(ReminderKind):
    """The dates of things in memory. They stay open after their date."""

    name: str = "drill.things"
    label = "Things of a drill"
    message, overdue = PERIOD_ENDS, True

    def __init__(self, name: str, offsets: Sequence[int], after: Sequence[int] = ()) -> None:
        self.name, self.offsets, self.after = name, offsets, after
        self.things: dict[uuid.UUID, Thing] = {}

    def put(self, name: str, date: dt.date, zone: str, person: Any) -> Thing:
        thing = Thing(uuid.uuid4(), name, date, zone, person)
        self.things[thing.uuid] = thing
        return thing

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        found = [one for one in self.things.values() if first <= one.date <= last]
        return [_dated(one) for one in sorted(found, key=lambda one: (one.date, one.uuid))]

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {key: _dated(self.things[key]) for key in uuids if key in self.things}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        return {key: [self.things[key].person] for key in uuids if key in self.things}


def _dated(one: Thing) -> Dated:
    context = {
        "key": "s-net-24-50",
        "ends_on": one.date,
        "zone": one.zone,
        "title_en": "Network",
        "title_lt": "",
    }
    return Dated("projects.project", one.uuid, one.name, one.date, one.zone, context)


class Taking(Relay):
    """Takes whatever comes, and notes when it came to whom."""

    can_be_asked = True

    def __init__(self) -> None:
        self.came: list[tuple[str, str, dt.datetime]] = []

    def deliver(self, envelope: Envelope, hand_over: HandOver) -> None:
        hand_over()
        self.came.append((envelope.message_id, envelope.recipient, clock.read()))

    def has(self, message_id: str, since: dt.datetime) -> bool | None:
        return any(name == message_id for name, _to, _at in self.came)


@dataclass
class Desk:
    """Planner and sender at one desk, under a clock that is set by hand."""

    relay: Taking = field(default_factory=Taking)
    now: dt.datetime = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    def work(self, at: dt.datetime) -> None:
        """One round at that moment: plan, hand over, send all that can be sent."""
        self.now = at
        with clock.one_moment(at):
            planner.plan(at)
            planner.release(at)
        for _round in range(100):
            if not Sender(self.relay).run()[Message.State.SENT]:
                return

    def work_through(self, first: dt.datetime, last: dt.datetime) -> None:
        """A round every half an hour from `first` to `last`."""
        while first <= last:
            self.work(first)
            first += STEP


@contextmanager
def desk_with(*kinds: ReminderKind) -> Iterator[Desk]:
    """A desk that knows just these kinds; what it wrote is taken away at the end."""
    desk, read, ring = Desk(), clock.read, doorbell.ring_after_commit
    clear()
    try:
        clock.read = lambda: desk.now
        doorbell.ring_after_commit = lambda task: None
        with reminders.only(*kinds):
            yield desk
    finally:
        clock.read, doorbell.ring_after_commit = read, ring
        clear()


def person(number: int, zone: str = "") -> Any:
    """Somebody to be told, with an address that tells the relay who it is."""
    return get_user_model().objects.create(
        email=f"person{number}{MAILBOX}", name=f"Person {number}", given_name="Person", family_name=f"Number{number}",
        language="lt" if number % 2 else "en", zone=zone, password="!",  # noqa: S106
    )  # fmt: skip


def clear() -> None:
    """Take away what a run left."""
    people = get_user_model().objects.filter(email__endswith=MAILBOX)
    named = [f"user:{one.uuid}" for one in people]
    ReminderPlan.objects.filter(rule__kind__startswith="drill.").delete()
    TrackedDate.objects.filter(kind__startswith="drill.").delete()
    ReminderRound.objects.filter(kind__startswith="drill.").delete()
    ReminderRule.objects.filter(kind__startswith="drill.").delete()
    InboxItem.objects.filter(user__in=people).delete()
    Message.objects.filter(recipient__in=named).delete()
    Brake.objects.all().delete()
    people.delete()
