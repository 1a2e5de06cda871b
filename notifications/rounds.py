"""Which records the planner looks at: those whose day has just come, and bit by bit all others.

Time alone brings a record within a rule on one day, so a look at the days since the rule was last looked at finds what
is due, however many dates there are (`new_days`). What people do (a date entered late, a date that moved, somebody who
is appointed) is found by a round over every date within reach, `BUDGET` records at a time (`next_part`): with few
records in each call of the planner, with millions in minutes to hours. The mark of a rule is set after its lines are
written, so that a planner that dies loses nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from django.db import transaction

from notifications.due import CATCHES_UP, LATE
from notifications.models import ReminderRound, ReminderRule
from notifications.reminders import Dated, ReminderKind

CHUNK = 500
BUDGET = 2000  # records of a round that one call of the planner looks at
LONGEST = 1024  # days at a time
# Civil dates differ by this much around the world at one moment.
WEST, EAST = dt.timedelta(hours=12), dt.timedelta(hours=14)
DAY = dt.timedelta(days=1)
WRITES = dt.timedelta(minutes=5)
Span = tuple[dt.date, dt.date]


@dataclass
class Round:
    """One kind with its rules, and how far the round over all its dates has come; `moved` where that is news."""

    kind: ReminderKind
    rules: Sequence[ReminderRule]
    row: ReminderRound
    moved: bool = False


def first_day(now: dt.datetime) -> dt.date:
    """The earliest civil day that it is anywhere at `now`."""
    return (now - WEST).date()


def last_day(now: dt.datetime) -> dt.date:
    """The latest civil day that it is anywhere at `now`."""
    return (now + EAST).date()


def within(rules: Sequence[ReminderRule], now: dt.datetime, shifts: Sequence[int] = ()) -> Span | None:
    """The first and the last date that any of `rules` (or one of the `shifts`) may tell of at `now`."""
    apart = [*(rule.shift for rule in rules), *shifts]
    if not apart:
        return None
    back = max(apart) + LATE if max(apart) > 0 else 0
    return first_day(now) - dt.timedelta(days=back), last_day(now) + dt.timedelta(days=max(0, -min(apart)))


def stale(rule: ReminderRule, now: dt.datetime, changed: dt.datetime | None = None) -> bool:
    """Whether a midnight somewhere, or a change (at `changed`), lies between the last look and `now`.

    Midnights of all time zones lie on quarters of an hour.
    """
    if rule.looked_at is None or (changed is not None and changed > rule.looked_at):
        return True
    return _quarter(rule.looked_at) != _quarter(now)


def _quarter(moment: dt.datetime) -> int:
    return int(moment.timestamp()) // 900


def new_days(rules: Iterable[ReminderRule], now: dt.datetime) -> list[Span]:
    """The dates that came within reach of one of `rules` since it was last looked at, as spans that don't overlap."""
    spans = sorted(span for rule in rules if (span := _new_dates(rule, now))[0] <= span[1])
    joined: list[Span] = []
    for span in spans:
        if joined and span[0] <= joined[-1][1] + DAY:
            joined[-1] = (joined[-1][0], max(joined[-1][1], span[1]))
        else:
            joined.append(span)
    return joined


def _new_dates(rule: ReminderRule, now: dt.datetime) -> Span:
    widest = within([rule], now)
    assert widest is not None  # noqa: S101 - there is a rule
    apart = dt.timedelta(days=rule.shift)
    days = [widest[0] + apart]
    if rule.since is not None:
        days.append(rule.since)
    if rule.looked_at is not None and rule.looked_at <= now:
        days.append(first_day(rule.looked_at) + DAY)
    elif rule.looked_at is not None:  # the clock was set back
        days.append(first_day(now) - dt.timedelta(days=CATCHES_UP))
    first = max(widest[0], max(days) - apart)
    return first, last_day(now) - apart


def chunks(found: Iterable[Dated]) -> Iterator[list[Dated]]:
    """The records in parts of `CHUNK`."""
    rest = iter(found)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


def next_part(one: Round, now: dt.datetime) -> Iterator[list[Dated]]:
    """The next records of the round over all dates, about `BUDGET` of them; remembers where to go on.

    A part that holds more than that is halved until it is a single day.
    """
    span, row, read = within(one.rules, now), one.row, 0
    step = row.step
    if span is None:
        return
    begin, last = span
    if row.next_on is not None and begin < row.next_on <= last:
        begin = row.next_on
    while begin <= last and read < BUDGET:
        until = min(last, begin + (step - 1) * DAY)
        found = list(islice(one.kind.due(begin, until), BUDGET + 1 if until > begin else None))
        if len(found) > BUDGET and until > begin:
            step = max(1, ((until - begin).days + 1) // 2)
            continue
        yield from chunks(found)
        begin, read = until + DAY, read + len(found)
        if len(found) < BUDGET // 2:
            step = min(LONGEST, step * 2)
    _note(one, begin if begin <= last else None, step, now)


def _note(one: Round, next_on: dt.date | None, step: int, now: dt.datetime) -> None:
    """Where the round goes on; that it was complete is written down every few minutes."""
    row = one.row
    told = row.completed_at is not None and abs(now - row.completed_at) < WRITES
    one.moved = (row.next_on, row.step) != (next_on, step) or (next_on is None and not told)
    row.next_on, row.step = next_on, step
    if next_on is None and not told:
        row.completed_at = now


def begun(rules: Sequence[ReminderRule], kinds: Iterable[ReminderKind]) -> list[Round]:
    """A round for each of `kinds` with its active rules, where it stands; one query."""
    rows = {row.kind: row for row in ReminderRound.objects.defer("foreseen")}
    return [
        Round(kind, [rule for rule in rules if rule.active and rule.kind == kind.name],
              rows.get(kind.name) or ReminderRound(kind=kind.name))
        for kind in kinds
    ]  # fmt: skip


def keep(done: Sequence[Round]) -> None:
    """Write down how far the rounds have come; of two planners the one that writes last is right enough."""
    if not done:
        return
    ReminderRound.objects.bulk_create(
        [ReminderRound(kind=one.row.kind, next_on=one.row.next_on, step=one.row.step,
                       completed_at=one.row.completed_at) for one in sorted(done, key=lambda one: one.row.kind)],
        update_conflicts=True, unique_fields=["kind"], update_fields=["next_on", "step", "completed_at"],
    )  # fmt: skip


def mark(rules: Iterable[ReminderRule], now: dt.datetime) -> None:
    """The lines of these rules are written up to `now`. A rule that was changed meanwhile is looked at again."""
    versions = {rule.pk: rule.version for rule in rules}
    with transaction.atomic():
        rows = ReminderRule.objects.filter(pk__in=versions).order_by("pk").select_for_update(skip_locked=True)
        kept = [pk for pk, version in rows.values_list("pk", "version") if versions[pk] == version]
        ReminderRule.objects.filter(pk__in=kept).update(looked_at=now)
