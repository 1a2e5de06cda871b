"""A time zone as a calendar file tells it (RFC 5545, VTIMEZONE): each change of the clocks in the years in question.

icalendar's own way gives every change since 1970 as dates, which other readers take for the wrong offset.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAY, MINUTE = dt.timedelta(days=1), dt.timedelta(minutes=1)


@lru_cache(128)
def zone_for(zone: str, first_year: int, last_year: int) -> Timezone:
    """The zone with the changes of its clocks from the year before `first_year` to the end of `last_year`."""
    told, place = Timezone(), ZoneInfo(zone)
    told.add("tzid", zone)
    begin = dt.datetime(first_year - 1, 1, 1, tzinfo=dt.UTC)
    told.add_component(_observance(begin, place))
    for change in _changes(begin, dt.datetime(last_year + 1, 1, 1, tzinfo=dt.UTC), place):
        told.add_component(_observance(change, place))
    return told


def _changes(begin: dt.datetime, end: dt.datetime, place: ZoneInfo) -> Iterator[dt.datetime]:
    """The moments at which the clocks change, to the minute."""
    day = begin
    while day < end:
        if _offset(day, place) != _offset(day + DAY, place):
            low, high = day, day + DAY
            while high - low > MINUTE:
                middle = low + (high - low) // 2
                middle -= dt.timedelta(seconds=middle.second, microseconds=middle.microsecond)
                low, high = (middle, high) if _offset(middle, place) == _offset(day, place) else (low, middle)
            yield high
        day += DAY


def _offset(moment: dt.datetime, place: ZoneInfo) -> dt.timedelta:
    return moment.astimezone(place).utcoffset() or dt.timedelta(0)


def _observance(moment: dt.datetime, place: ZoneInfo) -> TimezoneStandard | TimezoneDaylight:
    """What holds from `moment` on; it begins by the clock as it stood before."""
    local, before = moment.astimezone(place), _offset(moment - MINUTE, place)
    made = TimezoneDaylight() if local.dst() else TimezoneStandard()
    made.add("dtstart", (moment + before).replace(tzinfo=None))
    made.add("tzoffsetfrom", before)
    made.add("tzoffsetto", local.utcoffset())
    made.add("tzname", local.tzname())
    return made
