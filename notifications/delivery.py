"""When a message goes: at once, with the person's next digest, or when their quiet hours are over."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from ground import clock
from notifications import kinds, times, wanted
from notifications.models import Message, Preference

State = Message.State
TOGETHER = (Preference.Delivery.DAILY, Preference.Delivery.WEEKLY)


@dataclass(frozen=True)
class Later:
    """A message is not sent now: it waits for a digest (`held`) or is due again, at that moment."""

    state: str
    at: dt.datetime


def later(message: Message, user: Any, now: dt.datetime, facts: wanted.Facts | None = None) -> Later | None:
    """Until when `message` to `user` waits; None when it goes now. `facts`: what is known of both.

    What belongs to something the person does never waits, nor what would come after the date that it is about.
    """
    if user is None or not kinds.known(message.kind) or kinds.find(message.kind).transactional:
        return None
    facts = facts or wanted.read([message])
    own, chosen = facts.times(user), facts.delivery(user, message.kind)
    if chosen not in TOGETHER and own.quiet_from is None:
        return None
    zone = times.zone_of(user)
    if chosen in TOGETHER:
        digest = times.next_digest(own, chosen, zone, now)
        if not comes_too_late(message, digest, facts):
            return Later(State.HELD, digest)
    quiet = times.quiet_end(own, zone, now)
    if quiet and not comes_too_late(message, quiet, facts):
        return Later(State.DUE, quiet)
    return None


def comes_too_late(message: Message, moment: dt.datetime, facts: wanted.Facts) -> bool:
    """Whether the date of a reminder would have passed at `moment`, where it holds.

    One that tells after its date anyway comes no more too late than it is: it waits like all others.
    """
    dated = facts.reminded.get(message.pk)
    if dated is None or message.pk in facts.after:
        return False
    return dated.date < clock.date_in(moment, dated.zone)
