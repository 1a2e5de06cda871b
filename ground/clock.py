"""The moment: read once per request or job, from the database, so that every process agrees on it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.db.models import DateTimeField, Func

_held: ContextVar[list[dt.datetime] | None] = ContextVar("held_moment", default=None)


def read() -> dt.datetime:
    """The database's clock now, as an aware UTC moment (one query)."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    moment: dt.datetime = row[0]
    return moment.astimezone(dt.UTC)


class Moment(Func):
    """The database's clock within a query."""

    template = "clock_timestamp()"
    output_field = DateTimeField()


def now() -> dt.datetime:
    """The one moment of the running request or job; outside of both, a fresh reading."""
    held = _held.get()
    if held is None:
        return read()
    if not held:
        held.append(read())
    return held[0]


def held() -> dt.datetime | None:
    """The one moment where it is known already; never asks the database."""
    known = _held.get()
    return known[0] if known else None


def hold(moment: dt.datetime) -> None:
    """Let the running request or job have `moment`, read from the database along with something else.

    One that has a moment already keeps it; outside of both nothing is held.
    """
    held = _held.get()
    if held is not None and not held:
        held.append(moment.astimezone(dt.UTC))


def today(zone: str | dt.tzinfo) -> dt.date:
    """The civil date at `now()` in `zone` (an IANA name or a tzinfo)."""
    return date_in(now(), zone)


def date_in(moment: dt.datetime, zone: str | dt.tzinfo) -> dt.date:
    """The civil date that `moment` has in `zone`."""
    return moment.astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()


@contextmanager
def one_moment(fixed: dt.datetime | None = None) -> Iterator[None]:
    """Hold one moment for the block: `fixed`, or the first one that is read inside it.

    A block inside another that names no moment of its own has the outer one's.
    """
    token = _held.set([fixed] if fixed else _held.get() or [])
    try:
        yield
    finally:
        _held.reset(token)


def day_begins(day: dt.date, zone: str) -> dt.datetime:
    """The moment at which `day` begins in `zone`."""
    return dt.datetime.combine(day, dt.time.min, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def zone_of(name: str | None) -> ZoneInfo:
    """The time zone of that name; the portal's own where none is given or there is no such zone."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)
