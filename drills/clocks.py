"""The nights in which the clocks change: each reminder once, and at the right civil hour.

The moments that have to be are written down here in UTC, by hand, so that no rule about zones is asked to judge itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from drills.outcome import Outcome
from drills.quiet_day import Desk, Things, desk_with, person
from notifications import due, planner, times
from notifications.models import MailTimes, Preference, ReminderRule
from projects.messages import PERIOD_ENDS

SAFETIES = {"zones": "moments are computed by one fixed offset from UTC"}
DAYS_BEFORE = 3
VILNIUS, LISBON, MEXICO = "Europe/Vilnius", "Europe/Lisbon", "America/Mexico_City"
MORNING, NIGHT = "08:00", "03:30"


@dataclass(frozen=True)
class Row:
    """What somebody has to get: by a rule at an hour of a day in a zone, at a moment in UTC ("25 06:00")."""

    zone: str
    day: int
    hour: str
    comes: str
    quiet: tuple[str, str] | None = None
    digest: str = ""

    @property
    def how(self) -> str:
        """How the person gets their mails, in words."""
        if self.quiet:
            return f"quiet {self.quiet[0]}–{self.quiet[1]}"
        return f"daily at {self.digest}" if self.digest else "at once"


def _plain(zone: str, hour: str, *moments: str) -> list[Row]:
    return [Row(zone, int(at[:2]), hour, at) for at in moments]


_LONG = ("22:00", "07:00")  # quiet hours over the change
_EDGE = ("22:00", NIGHT)  # quiet hours that end in the hour that comes twice, or not at all
OCTOBER = [  # Vilnius 04:00 → 03:00 and Lisbon 02:00 → 01:00 on the 25th, both at 01:00 UTC
    *_plain(VILNIUS, MORNING, "24 05:00", "25 06:00", "26 06:00"),
    *_plain(VILNIUS, NIGHT, "24 00:30", "25 00:30", "26 01:30"),
    *_plain(LISBON, MORNING, "24 07:00", "25 08:00", "26 08:00"),
    *_plain(LISBON, NIGHT, "24 02:30", "25 03:30", "26 03:30"),
    *_plain(MEXICO, MORNING, "24 14:00", "25 14:00", "26 14:00"),
    *_plain(MEXICO, NIGHT, "24 09:30", "25 09:30", "26 09:30"),
    Row(VILNIUS, 24, NIGHT, "24 04:00", quiet=_LONG), Row(VILNIUS, 25, NIGHT, "25 05:00", quiet=_LONG),
    Row(VILNIUS, 26, NIGHT, "26 05:00", quiet=_LONG), Row(VILNIUS, 25, NIGHT, "25 01:30", quiet=_EDGE),
    Row(VILNIUS, 24, MORNING, "25 00:30", digest=NIGHT), Row(VILNIUS, 25, MORNING, "26 01:30", digest=NIGHT),
    Row(VILNIUS, 24, MORNING, "25 06:00", digest=MORNING), Row(VILNIUS, 25, NIGHT, "25 06:00", digest=MORNING),
    Row(LISBON, 25, NIGHT, "25 08:00", digest=MORNING), Row(MEXICO, 25, NIGHT, "25 14:00", digest=MORNING),
]  # fmt: skip
MARCH = [  # Vilnius 03:00 → 04:00 and Lisbon 01:00 → 02:00 on the 28th, both at 01:00 UTC
    *_plain(VILNIUS, MORNING, "27 06:00", "28 05:00", "29 05:00"),
    *_plain(VILNIUS, NIGHT, "27 01:30", "28 01:30", "29 00:30"),
    *_plain(LISBON, MORNING, "27 08:00", "28 07:00", "29 07:00"),
    *_plain(LISBON, NIGHT, "27 03:30", "28 02:30", "29 02:30"),
    *_plain(MEXICO, MORNING, "27 14:00", "28 14:00", "29 14:00"),
    *_plain(MEXICO, NIGHT, "27 09:30", "28 09:30", "29 09:30"),
    Row(VILNIUS, 27, NIGHT, "27 05:00", quiet=_LONG), Row(VILNIUS, 28, NIGHT, "28 04:00", quiet=_LONG),
    Row(VILNIUS, 29, NIGHT, "29 04:00", quiet=_LONG), Row(VILNIUS, 28, NIGHT, "28 01:30", quiet=_EDGE),
    Row(VILNIUS, 27, MORNING, "28 01:00", digest=NIGHT), Row(VILNIUS, 28, MORNING, "29 00:30", digest=NIGHT),
    Row(VILNIUS, 27, MORNING, "28 05:00", digest=MORNING), Row(VILNIUS, 28, NIGHT, "28 05:00", digest=MORNING),
    Row(LISBON, 28, NIGHT, "28 07:00", digest=MORNING), Row(MEXICO, 28, NIGHT, "28 14:00", digest=MORNING),
]  # fmt: skip
NIGHTS = ((2026, 10, OCTOBER), (2027, 3, MARCH))


def run(seed: int, nights: int = len(NIGHTS), *, without: str = "") -> Outcome:
    """Live through the nights once; `without` "zones" takes away what makes it right. Out: what came of it."""
    chosen = NIGHTS[:nights]
    name = f"clocks without {without}" if without else "clocks"
    outcome = Outcome(name, seed, sum(len(rows) for _year, _month, rows in chosen))
    outcome.seen.append(
        f"{'zone':<20} {'rule':<12} {'e-mails':<18} {'due (UTC)':<12} {'came (UTC)':<12} there"
    )
    with _fixed_offsets(wanted=without == "zones"):
        for year, month, rows in chosen:
            _live_through(year, month, rows, outcome)
    outcome.faults = len(chosen)
    return outcome


def _live_through(year: int, month: int, rows: list[Row], outcome: Outcome) -> None:
    kinds = {hour: Things(f"drill.at{hour.replace(':', '')}", (DAYS_BEFORE,)) for hour in (MORNING, NIGHT)}
    with desk_with(*kinds.values()) as desk:
        for hour, kind in kinds.items():
            time = dt.time.fromisoformat(hour)
            ReminderRule.objects.create(kind=kind.name, days_before=DAYS_BEFORE, hour=time)
        people = [_to_be_told(number, row, year, month, kinds[row.hour]) for number, row in enumerate(rows)]
        first = min(row.day for row in rows)
        begin = dt.datetime(year, month, first - 1, 12, tzinfo=dt.UTC)
        desk.work_through(begin, dt.datetime(year, month, first + 3, 12, tzinfo=dt.UTC))
        for row, who in zip(rows, people, strict=True):
            _weigh(row, who, dt.datetime(year, month, 1, tzinfo=dt.UTC), desk, outcome)


def _to_be_told(number: int, row: Row, year: int, month: int, kind: Things) -> Any:
    """Somebody with one thing, and mails as the row says."""
    who = person(number, row.zone)
    if row.quiet:
        begin, end = (dt.time.fromisoformat(hour) for hour in row.quiet)
        MailTimes.objects.create(user=who, quiet_from=begin, quiet_until=end)
    if row.digest:
        MailTimes.objects.create(user=who, digest_at=dt.time.fromisoformat(row.digest))
        Preference.objects.create(user=who, kind=PERIOD_ENDS, delivery=Preference.Delivery.DAILY)
    date = dt.date(year, month, row.day) + dt.timedelta(days=DAYS_BEFORE)
    kind.put(f"THING-{number}", date, row.zone, who)
    return who


def _weigh(row: Row, who: Any, month: dt.datetime, desk: Desk, outcome: Outcome) -> None:
    """Once, and when it has to be: too early is leaked, too late or never is lost."""
    day, hour = row.comes.split()
    time = dt.time.fromisoformat(hour)
    wanted = month.replace(day=int(day), hour=time.hour, minute=time.minute)
    came = [at for _name, to, at in desk.relay.came if to == who.email]
    outcome.duplicated += max(0, len(came) - 1)
    outcome.lost += not came or came[0] > wanted
    outcome.leaked += bool(came) and came[0] < wanted
    there = f"{came[0].astimezone(ZoneInfo(row.zone)):%a %d %b %H:%M %Z}" if came else ""
    verdict = "" if came == [wanted] else "   WRONG"
    shown = " ".join(f"{at:%d %H:%M}" for at in came) or "never"
    rule = f"{row.day} {row.hour}"
    outcome.seen.append(
        f"{row.zone:<20} {rule:<12} {row.how:<18} {row.comes:<12} {shown:<12} {there}{verdict}"
    )


@contextmanager
def _fixed_offsets(*, wanted: bool) -> Iterator[None]:
    """The control: every zone has the offset that it has in January."""
    if not wanted:
        yield
        return
    told, sent = due.moment_of, times.moment_at

    def at_offset(day: dt.date, time: dt.time, zone: str, *, last: bool = False) -> dt.datetime:
        january = dt.datetime(day.year, 1, 15, tzinfo=ZoneInfo(zone)).utcoffset() or dt.timedelta(0)
        return dt.datetime.combine(day, time, dt.timezone(january)).astimezone(dt.UTC)

    def told_at_offset(rule: Any, dated: Any, person: Any, shift: int | None = None) -> dt.datetime:
        day = dated.date + dt.timedelta(days=rule.shift if shift is None else shift)
        return at_offset(day, rule.hour, dated.zone)

    try:
        due.moment_of = planner.moment_of = told_at_offset
        times.moment_at = at_offset
        yield
    finally:
        due.moment_of = planner.moment_of = told
        times.moment_at = sent
