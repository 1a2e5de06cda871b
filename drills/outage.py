"""Planner and sender silent for a week, then back: no flood, nobody forgotten, nothing twice. And a clock set wrong.

What should come is computed here anew, from dates and rules alone and without the planner.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from django.test import override_settings

from drills.outcome import Outcome
from drills.quiet_day import Desk, Thing, Things, desk_with, person
from notifications import alarms, planner
from notifications.messages import BRAKE, GATHERED
from notifications.models import Brake, Message, ReminderPlan, ReminderRule
from notifications.sender import Sender

SAFETIES = {
    "newest": "of several reminders that were missed the newest alone goes",
    "person": "what one person gets in an hour is limited, and the rest told in one message",
}
BEFORE, AFTER = (14, 7, 3, 1, 0), (2,)
SHIFTS = sorted([*(-days for days in BEFORE), *AFTER], reverse=True)  # the newest first
ZONES = ("Europe/Vilnius", "Europe/Rome", "America/Monterrey")
NINE = dt.time(9)
UTC, DAY, HOUR = dt.UTC, dt.timedelta(days=1), dt.timedelta(hours=1)
STOPS = dt.datetime(2026, 11, 2, 10, tzinfo=UTC)  # a Monday
BACK = STOPS + 7 * DAY
CROWD = 4  # one thing in so many is the business of one person, the others' of forty
OTHERS = 40
LIMIT = 20  # e-mails to one person in an hour
BATCH = Sender.batch


@dataclass
class Week:
    """What the dates alone say of the silent week."""

    missed: int  # moments that passed unheard
    due: list[
        tuple[Thing, int]
    ]  # the newest of each thing that may still be told on the day after it, with its shift
    passed: int  # things whose date passed, of which nothing may be told any more
    silent: int  # moments before a date that passed meanwhile: nothing is written down about them


def run(count: int, seed: int, *, without: str = "") -> Outcome:
    """Live through it once; `without` names the safety of SAFETIES that is switched off. Out: what came of it."""
    outcome = Outcome(f"outage without {without}" if without else "outage", seed, count, faults=3)
    kind = Things("drill.outage", BEFORE, AFTER)
    with _careless(without), desk_with(kind) as desk:
        for days in BEFORE:
            ReminderRule.objects.create(kind=kind.name, days_before=days, hour=NINE)
        for days in AFTER:
            ReminderRule.objects.create(kind=kind.name, days_after=days, hour=NINE)
        _fill(kind, count, seed)
        _silence(kind, desk, outcome)
        _set_back(desk, outcome)
        _set_forward(kind, desk, outcome)
    return outcome


def _fill(kind: Things, count: int, seed: int) -> None:
    """Things whose dates lie from three days before the silence to three weeks after it."""
    chance = random.Random(f"{seed}-outage")  # noqa: S311 - the same seed, the same week
    people = [person(number) for number in range(OTHERS + 1)]
    for number in range(count):
        who = people[0] if number % CROWD == 0 else people[1 + number % OTHERS]
        date = STOPS.date() + dt.timedelta(days=chance.randrange(-3, 28))
        kind.put(f"THING-{number:04}", date, chance.choice(ZONES), who)


def _moment(thing: Thing, shift: int) -> dt.datetime:
    day = thing.date + dt.timedelta(days=shift)
    return dt.datetime.combine(day, NINE, ZoneInfo(thing.zone)).astimezone(UTC)


def _week(kind: Things) -> Week:
    missed, due, passed, silent = 0, [], 0, 0
    for thing in kind.things.values():
        shifts = [shift for shift in SHIFTS if STOPS < _moment(thing, shift) <= BACK]
        missed += len(shifts)
        today = BACK.astimezone(ZoneInfo(thing.zone)).date()
        silent += sum(shift <= 0 and thing.date < today for shift in shifts)
        come = [shift for shift in SHIFTS if thing.date + dt.timedelta(days=shift) <= today]
        may = [shift for shift in come if shift > 0 or thing.date >= today]
        if may and _moment(thing, may[0]) > STOPS:
            due.append((thing, may[0]))
        elif shifts and not may:
            passed += 1
    return Week(missed, due, passed, silent)


def _silence(kind: Things, desk: Desk, outcome: Outcome) -> None:
    """A quiet hour before it, then nothing for a week, then a day of rounds."""
    desk.work(STOPS - HOUR)
    desk.work_through(STOPS - HOUR / 2, STOPS)
    settled = set(ReminderPlan.objects.exclude(state="planned").values_list("pk", flat=True))
    taken = len(desk.relay.came)
    desk.work_through(BACK, BACK + 6 * HOUR)  # that day's nine o'clock has come in every zone
    week = _week(kind)
    lines = ReminderPlan.objects.exclude(pk__in=settled)
    told = Counter(lines.filter(state="released").values_list("subject_uuid", "rule"))
    reasons = Counter(lines.exclude(state="released").values_list("state", "reason"))
    _weigh(week, told, desk, outcome)
    _told(week, told, reasons, desk.relay.came[taken:], outcome)


def _weigh(week: Week, told: Counter[tuple[Any, int]], desk: Desk, outcome: Outcome) -> None:
    """The newest of each thing, once, to the relay by itself or within one message with others."""
    rules = {rule.shift: rule.pk for rule in ReminderRule.objects.filter(kind="drill.outage")}
    wanted = {(thing.uuid, rules[shift]) for thing, shift in week.due}
    outcome.lost += len(wanted - told.keys())
    outcome.reasons += [f"never told: {thing.name}, {thing.date} in {thing.zone}, {shift:+} days"
                        for thing, shift in week.due if (thing.uuid, rules[shift]) not in told]  # fmt: skip
    outcome.leaked += len(told.keys() - wanted)
    each = Counter(name for name, _to, _at in desk.relay.came)
    outcome.duplicated += sum(number - 1 for number in each.values())
    plans = ReminderPlan.objects.filter(state="released", message__isnull=False).select_related("message")
    for plan in plans:
        message = plan.message
        alone = message and message.state == Message.State.SENT
        together = message and message.gathered_into_id is not None
        if not (alone or together):
            outcome.lost += 1
            outcome.reasons.append(f"{plan.subject_name}: {message and message.state}, not told")


def _told(
    week: Week, told: Counter[tuple[Any, int]], reasons: Counter[Any], came: list[Any], outcome: Outcome
) -> None:
    """Counts of the week, and what one person got within an hour."""
    most = Counter(to for _name, to, at in came if at < BACK + HOUR)
    person_, number = most.most_common(1)[0] if most else ("", 0)
    gathered = list(Message.objects.filter(kind=GATHERED).values_list("context__count", flat=True))
    if number > LIMIT:
        outcome.leaked += number - LIMIT
        outcome.reasons.append(f"{person_} got {number} within an hour, at most {LIMIT} are allowed")
    overtaken = reasons[("skipped", "overtaken")]
    outcome.seen += [
        f"a silent week, {STOPS:%d %b %H:%M} to {BACK:%d %b %H:%M} UTC",
        f"{'moments that passed unheard':<52}{week.missed:>6}",
        f"{'things with something to tell afterwards':<52}{len(week.due):>6}",
        f"{'reminders handed over afterwards':<52}{told.total():>6}",
        f"{'written down as skipped, overtaken by a newer one':<52}{overtaken:>6}",
        f"{'moments before a date that had passed by then':<52}{week.silent:>6}",
        f"{'things whose date passed unheard, told no more':<52}{week.passed:>6}",
        f"{'e-mails in the first hour':<52}{sum(most.values()):>6}",
        f"{'most e-mails to one person in that hour':<52}{number:>6}  (limit {LIMIT})",
        f"{'reminders told together in one e-mail':<52}{sum(gathered):>6}  ({len(gathered)} e-mails)",
    ]


def _set_back(desk: Desk, outcome: Outcome) -> None:
    """Two hours back, and on again: nothing comes again."""
    came = len(desk.relay.came)
    last = desk.now
    desk.work_through(last - 2 * HOUR, last)
    again = len(desk.relay.came) - came
    outcome.duplicated += again
    outcome.seen.append(f"{'clock set back two hours: e-mails that came again':<52}{again:>6}")


def _set_forward(kind: Things, desk: Desk, outcome: Outcome) -> None:
    """A year ahead, where as many things fall due at once as the brake allows in an hour and half as many again."""
    right, ahead = desk.now, desk.now + 365 * DAY
    floor = 4 * BATCH
    kinds_people = [person(1000 + number) for number in range(floor + floor // 2)]
    for number, who in enumerate(kinds_people):
        kind.put(f"NEXT-{number:04}", ahead.date() + DAY, "Europe/Vilnius", who)
    office = person(999)
    people, alarms._office[:] = list(alarms._office), [lambda: [office]]
    came = len(desk.relay.came)
    try:
        with override_settings(MAIL_BRAKE_FLOOR=floor):
            desk.work(ahead)
            desk.work(ahead + HOUR / 2)
            _weigh_forward(desk, came, floor, outcome)
        _right_again(desk, right, outcome)
    finally:
        alarms._office[:] = people


def _weigh_forward(desk: Desk, came: int, floor: int, outcome: Outcome) -> None:
    mails = [to for _name, to, _at in desk.relay.came[came:]]
    waiting = Message.objects.filter(state=Message.State.DUE).count()
    said = Message.objects.filter(kind=BRAKE).count()
    on = Brake.objects.filter(on=True).count()
    old = sum(to.startswith("person") and int(to[6:].partition("@")[0]) < 999 for to in mails)
    if len(mails) > floor + BATCH + said:
        outcome.leaked += len(mails)
        outcome.reasons.append(f"a flood: {len(mails)} e-mails, sending had to stop at {floor}")
    if not (on and said):
        outcome.reasons.append("sending did not stop, or the office was not told")
    outcome.leaked += old
    outcome.seen += [
        f"{'clock a year ahead: e-mails before sending stopped':<52}{len(mails) - said:>6}  (limit {floor})",
        f"{'  messages that wait for the office':<52}{waiting:>6}",
        f"{'  messages to the office that sending has stopped':<52}{said:>6}",
        f"{'  reminders of dates long passed':<52}{old:>6}",
    ]


def _right_again(desk: Desk, right: dt.datetime, outcome: Outcome) -> None:
    """The clock is right again: what was told ahead of its time is not told again, and nothing else goes."""
    came = len(desk.relay.came)
    desk.work_through(right, right + 2 * HOUR)
    each = Counter(name for name, _to, _at in desk.relay.came)
    outcome.duplicated += sum(number - 1 for number in each.values())
    outcome.seen.append(f"{'clock right again: e-mails':<52}{len(desk.relay.came) - came:>6}")


@contextmanager
def _careless(without: str) -> Iterator[None]:
    """The controls: a planner for which every reminder that was missed is the newest; a sender that counts nothing."""
    lines_of, overtake = planner.lines_of, planner._overtake
    if without == "newest":
        planner.lines_of = lambda *given: [replace(line, newest=True) for line in lines_of(*given)]
        planner._overtake = lambda lines: None
    try:
        with override_settings(MAIL_PERSON_HOURLY=10**6 if without == "person" else LIMIT):
            yield
    finally:
        planner.lines_of, planner._overtake = lines_of, overtake
