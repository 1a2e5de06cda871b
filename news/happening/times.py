"""When an event takes place, as people say it: civil days and hours in a zone."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from news.models import Event


@dataclass(frozen=True)
class When:
    """The first day and hour, the last ones where they are known, and the zone in which they hold."""

    zone: str
    first_on: dt.date
    from_time: dt.time | None = None
    last_on: dt.date | None = None
    to_time: dt.time | None = None

    def on(self, day: dt.date) -> When:
        """The same hours on another first day: civil time stays what it is when clocks change."""
        last = day + (self.last_on - self.first_on) if self.last_on else None
        return When(self.zone, day, self.from_time, last, self.to_time)

    def values(self) -> dict[str, Any]:
        """The fields of an Event."""
        if self.from_time is None:
            return {
                "zone": self.zone, "starts_at": None, "ends_at": None, "starts_on": self.first_on,
                "ends_on": self.last_on,
            }  # fmt: skip
        ends = moment(self.last_on or self.first_on, self.to_time, self.zone) if self.to_time else None
        starts = moment(self.first_on, self.from_time, self.zone)
        return {"zone": self.zone, "starts_at": starts, "ends_at": ends, "starts_on": None, "ends_on": None}


def moment(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The moment at which the clock in `zone` shows `time` on `day`. An hour that the clocks leave out is the one that
    follows it; of an hour that comes twice it is the first."""
    return dt.datetime.combine(day, time, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def is_left_out(day: dt.date, time: dt.time, zone: str) -> bool:
    """Whether the clocks in `zone` go past this hour without showing it."""
    back = moment(day, time, zone).astimezone(ZoneInfo(zone))
    return back.replace(tzinfo=None) != dt.datetime.combine(day, time)


def when_of(event: Event) -> When:
    """What is known of an event, as its form shows it."""
    if not event.hour_known:
        return When(event.zone, event.first_day, last_on=event.ends_on)
    zone = ZoneInfo(event.zone)
    starts = event.starts_by.astimezone(zone)
    ends = event.ends_at.astimezone(zone) if event.ends_at else None
    last_on = ends.date() if ends and ends.date() != starts.date() else None
    return When(event.zone, starts.date(), starts.time(), last_on, ends.time() if ends else None)
