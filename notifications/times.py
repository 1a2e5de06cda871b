"""Civil times of a person: when a digest is due, when quiet hours end. Right over both changes of the clocks.

Times are those that the clocks show in the person's zone: the one of the profile, else that of the home university,
else the portal's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings

from ground import clock
from notifications.models import MailTimes, Preference

_DAY, _MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)
# Where rooms above know a person's home: user → zone, "" where there is none.
_homes: list[Callable[[Any], str]] = []


def home_is(zone: Callable[[Any], str]) -> None:
    """Let a room above say in which zone a person is at home. Said at the start; twice is once."""
    if zone not in _homes:
        _homes.append(zone)


def zone_of(user: Any) -> str:
    """The zone in which the person's times hold; always one that exists."""
    return next(
        (zone for ask in (_own, *_homes) if (zone := ask(user)) and _exists(zone)), settings.TIME_ZONE
    )


def _own(user: Any) -> str:
    return str(getattr(user, "zone", "") or "")


def _exists(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def of(user: Any) -> MailTimes:
    """The person's times, or those of everybody who chose none (not stored)."""
    return MailTimes.objects.filter(user=user).first() or MailTimes(user=user)


def moment_at(day: dt.date, time: dt.time, zone: str, *, last: bool = False) -> dt.datetime:
    """The moment at which the clocks in `zone` show `time` on `day`.

    Of an hour that comes twice it is the first one, or the `last`; where the clocks leave the time out it is the
    moment at which they jump over it.
    """
    place = ZoneInfo(zone)
    first = dt.datetime.combine(day, time, tzinfo=place)
    second = first.replace(fold=1)
    moment = (second if last else first).astimezone(dt.UTC)
    if moment.astimezone(place).replace(tzinfo=None) == first.replace(tzinfo=None):
        return moment
    moment = second.astimezone(dt.UTC)  # before the jump; the first reading lies after it
    after = first.astimezone(dt.UTC).astimezone(place).utcoffset()
    while moment.astimezone(place).utcoffset() != after:
        moment += _MINUTE
    return moment


def next_digest(times: MailTimes, delivery: str, zone: str, now: dt.datetime) -> dt.datetime:
    """The first moment after `now` at which a digest of this delivery (daily, weekly) is due."""
    day = clock.date_in(now, zone)
    while True:
        if delivery == Preference.Delivery.DAILY or day.weekday() == times.weekly_on:
            moment = moment_at(day, times.digest_at, zone)
            if moment > now:
                return moment
        day += _DAY


def quiet_end(times: MailTimes, zone: str, now: dt.datetime) -> dt.datetime | None:
    """When the quiet hours end in which `now` lies; None outside of them.

    A beginning that comes twice counts the first time, an end that comes twice the second time.
    """
    if times.quiet_from is None or times.quiet_until is None:
        return None
    today = clock.date_in(now, zone)
    for day in (today - _DAY, today):
        ends_on = day if times.quiet_from < times.quiet_until else day + _DAY
        ends = moment_at(ends_on, times.quiet_until, zone, last=True)
        if moment_at(day, times.quiet_from, zone) <= now < ends:
            return ends
    return None
