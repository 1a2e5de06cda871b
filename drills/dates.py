"""What the drill "reminders" is about: dates in a table of its own, people, and what should come of them.

What should come is computed here anew, from the dates alone and without the planner.
"""

from __future__ import annotations

import datetime as dt
import random
import time
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db import connection

from drills.clockwork import Clockwork, read_database
from drills.relay import REFUSED
from notifications.models import InboxItem, Message, ReminderPlan, ReminderRule, TrackedDate
from notifications.reminders import Dated, ReminderKind, register
from projects.messages import PERIOD_ENDS

DAYS_BEFORE = 3
HOURS = (
    dt.time(1, 30),
    dt.time(2, 30),
    dt.time(3, 30),
    dt.time(9),
    dt.time(18),
)  # three don't exist or exist twice
ZONES = ("Europe/Vilnius", "Europe/Rome", "Europe/Lisbon", "America/Monterrey")
_UTC = dt.UTC
# Around the nights in which the clocks change in Europe.
NIGHTS = (dt.datetime(2026, 3, 28, 12, tzinfo=_UTC), dt.datetime(2026, 10, 24, 12, tzinfo=_UTC))
NIGHT = dt.timedelta(hours=24)
DAY = dt.timedelta(days=1)
_TABLE = """CREATE TABLE IF NOT EXISTS drill_dates (uuid uuid PRIMARY KEY, kind text NOT NULL, date date NOT NULL,
    zone text NOT NULL, person uuid NOT NULL, settled boolean NOT NULL DEFAULT false)"""


@dataclass
class Version:
    """A date that one thing had, and from when to when; `until` and `until_real` are empty for the last one."""

    date: dt.date
    since: dt.datetime
    until: dt.datetime | None = None
    until_real: float | None = None


@dataclass
class Thing:
    """Something with a date, and the one person to be told."""

    uuid: uuid.UUID
    hour: dt.time
    zone: str
    person: uuid.UUID
    refused: bool
    night: int
    versions: list[Version] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return kind_at(self.hour)

    def due_at(self, date: dt.date) -> dt.datetime:
        """The moment at which it is to be told; of an hour that comes twice the first, of one that is left out an
        hour later by the clock."""
        day = date - dt.timedelta(days=DAYS_BEFORE)
        return dt.datetime.combine(day, self.hour, ZoneInfo(self.zone)).astimezone(_UTC)


def kind_at(hour: dt.time) -> str:
    """The kind of the dates that are told at `hour`."""
    return f"drill.at{hour:%H%M}"


class Dates(ReminderKind):
    """Dates of the table that are told at one hour."""

    message, offsets = PERIOD_ENDS, (DAYS_BEFORE,)

    def __init__(self, hour: dt.time) -> None:
        self.name = self.label = kind_at(hour)

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        return self._rows("date BETWEEN %s AND %s", [first, last])

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {dated.uuid: dated for dated in self._rows("uuid = ANY(%s)", [list(uuids)])}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT uuid, person FROM drill_dates WHERE uuid = ANY(%s)", [list(uuids)])
            told = dict(cursor.fetchall())
        people = (
            get_user_model().objects.filter(uuid__in=told.values(), is_active=True).in_bulk(field_name="uuid")
        )
        return {thing: [people[person]] for thing, person in told.items() if person in people}

    def _rows(self, where: str, values: list[Any]) -> list[Dated]:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT uuid, date, zone FROM drill_dates WHERE kind = %s AND NOT settled AND {where} ORDER BY uuid",  # noqa: S608
                [self.name, *values],
            )
            return [_dated(*row) for row in cursor.fetchall()]


def _dated(identifier: uuid.UUID, date: dt.date, zone: str) -> Dated:
    context = {"key": "s-net-24-50", "ends_on": date, "zone": zone, "title_en": "Network", "title_lt": ""}
    return Dated("projects.project", identifier, "S-NET-24-50", date, zone, context)


def register_kinds() -> None:
    """Let the planner know the dates of the drill."""
    for hour in HOURS:
        register(Dates(hour))


def clear() -> None:
    """Take away what an earlier run left."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.execute("DELETE FROM drill_dates")
    kinds = [kind_at(hour) for hour in HOURS]
    ReminderPlan.objects.filter(rule__kind__in=kinds).delete()
    TrackedDate.objects.filter(kind__in=kinds).delete()
    InboxItem.objects.filter(kind=PERIOD_ENDS, user__email__endswith="@drill.example").delete()
    Message.objects.filter(kind=PERIOD_ENDS, subject_name="S-NET-24-50").delete()
    get_user_model().objects.filter(email__endswith="@drill.example").delete()


def set_up(count: int, seed: int, nights: int) -> list[Thing]:
    """`count` things that are told in the course of the first `nights` nights, one person each, and their rules."""
    clear()
    for hour in HOURS:
        ReminderRule.objects.update_or_create(
            kind=kind_at(hour), days_before=DAYS_BEFORE, defaults={"hour": hour, "active": True}
        )
    chance = random.Random(f"{seed}-dates")  # noqa: S311 - the same seed, the same day
    people = get_user_model().objects.bulk_create(_person(number) for number in range(count))
    things = [_thing(number % nights, person, chance) for number, person in enumerate(people)]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO drill_dates (uuid, kind, date, zone, person) VALUES (%s, %s, %s, %s, %s)",
            [(one.uuid, one.kind, one.versions[0].date, one.zone, one.person) for one in things],
        )
    return things


def _person(number: int) -> Any:
    refused = REFUSED if number % 100 == 99 else ""
    return get_user_model()(
        email=f"{refused}person{number}@drill.example", name=f"Person {number}", given_name="Person",
        family_name=f"Number{number}", language="lt" if number % 3 else "en", password="!",  # noqa: S106
    )  # fmt: skip


def _thing(night: int, person: Any, chance: random.Random) -> Thing:
    """Its moment lies in the night, an hour from its beginning and three from its end."""
    first = NIGHTS[night] + dt.timedelta(hours=1)
    last = NIGHTS[night] + NIGHT - dt.timedelta(hours=3)
    while True:
        one = Thing(
            uuid.UUID(int=chance.getrandbits(128), version=4), chance.choice(HOURS), chance.choice(ZONES), person.uuid,
            person.email.startswith(REFUSED), night,
        )  # fmt: skip
        date = NIGHTS[night].date() + dt.timedelta(days=DAYS_BEFORE + chance.randrange(2))
        if first <= one.due_at(date) <= last:
            one.versions.append(Version(date, NIGHTS[0] - NIGHT))
            return one


def change(thing: Thing, date: dt.date | None, clockwork: Clockwork) -> None:
    """The date of `thing` moves to `date`, or what it is about is settled (None)."""
    begun = clockwork.at(read_database())
    with connection.cursor() as cursor:
        if date is None:
            cursor.execute("UPDATE drill_dates SET settled = true WHERE uuid = %s", [thing.uuid])
        else:
            cursor.execute("UPDATE drill_dates SET date = %s WHERE uuid = %s", [date, thing.uuid])
    last = thing.versions[-1]
    last.until, last.until_real = begun, time.time()
    if date is not None:
        thing.versions.append(Version(date, begun))
