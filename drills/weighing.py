"""What the relay took in the drill "reminders", held against the dates as they were."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.models import Event
from drills.clockwork import Clockwork
from drills.dates import Thing, Version
from drills.outcome import Outcome
from drills.relay import TIMEOUT, UnreliableRelay
from notifications.models import InboxItem, Message, ReminderPlan

# So many seconds may lie between a sender's last look at what it is about and the relay's taking it.
IN_HAND = 3 * TIMEOUT + 3.0
# And so many between a moment and the planner's round that sees it, at worst.
ROUND = 15.0


@dataclass(frozen=True)
class Night:
    """A night that was lived through: its clock, when it began by ours, when it was over, when the last one slept."""

    clock: Clockwork
    began: float
    over: dt.datetime
    ended: dt.datetime


Taken = dict[tuple[Any, dt.date], list[float]]
_FAULT = re.compile(r"(\d+) × (.*)")


def note(outcome: Outcome, what: str) -> None:
    """Count one more of what went wrong on purpose."""
    for place, line in enumerate(outcome.seen):
        found = _FAULT.fullmatch(line)
        if found and found[2] == what:
            outcome.seen[place] = f"{int(found[1]) + 1} × {what}"
            return
    outcome.seen.append(f"1 × {what}")


def weigh(things: list[Thing], nights: Mapping[int, Night], relay: UnreliableRelay, outcome: Outcome) -> None:
    """Write into `outcome` what was lost, came twice, or should not have come."""
    taken = _taken(relay, outcome)
    kinds: Counter[str] = Counter()
    for thing in things:
        night = nights[thing.night]
        for version in thing.versions:
            came = taken.pop((thing.uuid, version.date), [])
            outcome.duplicated += max(0, len(came) - 1)
            verdict = _verdict(thing, version, night)
            kinds[verdict] += 1
            if verdict == "due" and not came:
                _missed(thing, version, kinds, outcome)
            unwanted = _unwanted(thing, version, verdict, came, night)
            outcome.leaked += unwanted
            if unwanted or len(came) > 1:
                outcome.reasons.append(
                    f"{verdict}, came at {_shown(came, night)}: {_history(thing, version)}"
                )
    outcome.leaked += len(taken)
    outcome.faults += sum(relay.faults.values())
    _states(outcome)
    _told(kinds, relay, outcome)


def _missed(thing: Thing, version: Version, kinds: Counter[str], outcome: Outcome) -> None:
    """It did not come: lost, unless it was held back for what had changed by the time that somebody got to it."""
    plans = ReminderPlan.objects.filter(subject_uuid=thing.uuid, due_date=version.date)
    states = set(plans.values_list("state", "message__state"))
    if version.until and states in ({("cancelled", None)}, {("released", "cancelled")}):
        kinds["held back, since it changed before somebody got to it"] += 1
        return
    outcome.lost += 1
    outcome.reasons.append(f"lost: {_history(thing, version)}")


def _taken(relay: UnreliableRelay, outcome: Outcome) -> Taken:
    """When the relay took what, by thing and date; also under a name that a text had before it was sent again."""
    plans = ReminderPlan.objects.filter(rule__kind__startswith="drill.", message__isnull=False)
    rows = list(plans.values_list("message__message_id", "message__uuid", "subject_uuid", "due_date"))
    about, whose = {row[0]: row[2:] for row in rows}, {row[1]: row[2:] for row in rows}
    for again in Event.objects.filter(verb="notifications.send_again", subject_uuid__in=whose):
        about[again.details.get("earlier")] = whose[again.subject_uuid]
    found: Taken = defaultdict(list)
    for name, times in relay.at.items():
        if name in about:
            found[about[name]] += times
        else:
            outcome.leaked += 1
    return found


def _verdict(thing: Thing, version: Version, night: Night) -> str:
    """Whether this date had to be told ("due"), must not be ("never"), or was about to change ("either")."""
    if thing.refused:
        return "refused"
    due = max(thing.due_at(version.date), version.since)
    if due > (version.until or night.ended):
        return "never"
    in_time = due + night.clock.real(ROUND) <= version.until if version.until else due <= night.over
    return "due" if in_time else "either"


def _unwanted(thing: Thing, version: Version, verdict: str, came: list[float], night: Night) -> int:
    """How many came before their moment, or after it was known that nobody wants them, or never should have."""
    if verdict in ("never", "refused"):
        return len(came)
    due, real = thing.due_at(version.date), night.clock.real
    late = {at for at in came if version.until_real and at > version.until_real + IN_HAND}
    early = {at for at in came if night.clock.shown + real(at - night.began) < due - real(1)}
    return len(late | early)


def _states(outcome: Outcome) -> None:
    """What the portal holds has to agree with what the relay took."""
    rows = Message.objects.filter(reminder__rule__kind__startswith="drill.")
    states = Counter(rows.values_list("state", flat=True))
    outcome.seen.append(
        "messages: " + ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    )
    if states["uncertain"]:
        outcome.reasons.append(f"{states['uncertain']} uncertain, though the relay keeps a record")
    shown = InboxItem.objects.filter(message__in=rows.filter(state="sent")).count()
    if shown != states["sent"]:
        outcome.reasons.append(f"{states['sent']} sent, {shown} shown in the portal")


def _told(kinds: Counter[str], relay: UnreliableRelay, outcome: Outcome) -> None:
    outcome.seen.append(
        "dates: " + ", ".join(f"{count} {verdict}" for verdict, count in sorted(kinds.items()))
    )
    faults = ", ".join(f"{count} × {what}" for what, count in sorted(relay.faults.items()))
    outcome.seen.append(f"relay: {relay.taken} taken; {faults}")


def _shown(came: list[float], night: Night) -> str:
    """When the relay took something, by the drill's clock."""
    moments = (night.clock.shown + night.clock.real(at - night.began) for at in sorted(came))
    return ", ".join(f"{moment:%d %H:%M:%S}" for moment in moments)


def _history(thing: Thing, version: Version) -> str:
    due = thing.due_at(version.date)
    plans = ReminderPlan.objects.filter(subject_uuid=thing.uuid, due_date=version.date)
    states = [
        f"{one.state} {one.reason}" + (f" {one.message.state} {one.message.attempts}" if one.message else "")
        for one in plans.select_related("message")
    ]
    return f"{version.date} at {due:%d %H:%M}, {version.since:%d %H:%M}–{version.until or ''}: {states}"


def left_over() -> list[str]:
    """What is still open, in a few lines."""
    rows = Message.objects.filter(state__in=["due", "sending"])
    return [
        f"{one.state} since {one.created_at:%d %H:%M}, {one.attempts} attempts: {one.error}"
        for one in rows[:5]
    ]
