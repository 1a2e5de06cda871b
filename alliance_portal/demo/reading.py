"""The content files, and days counted from the day of loading."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ground import clock

CONTENT = Path(__file__).parent / "content"


@cache
def read(name: str) -> dict[str, Any]:
    """The content file `name` (without its ending) as plain values."""
    with (CONTENT / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def pick(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """The values of `row` under `names` and under their English and Lithuanian forms, where given."""
    wanted = {f"{name}{ending}" for name in names for ending in ("", "_en", "_lt")}
    return {
        key: value.strip() if isinstance(value, str) else value for key, value in row.items() if key in wanted
    }


@dataclass(frozen=True)
class Days:
    """Days and moments relative to `now`, the moment of loading."""

    now: dt.datetime

    def day(self, offset: int, zone: str = "Europe/Vilnius") -> dt.date:
        """The civil day `offset` days after that of `now` in `zone`."""
        return clock.date_in(self.now, zone) + dt.timedelta(days=offset)

    def at(self, offset: int, time: str, zone: str) -> dt.datetime:
        """The moment at which the clock in `zone` shows `time` ("23:59") on that day."""
        return local(self.day(offset, zone), dt.time.fromisoformat(time), zone)

    def ago(self, days: int, hours: int = 0) -> dt.datetime:
        """The moment so long before `now`."""
        return self.now - dt.timedelta(days=days, hours=hours)


def local(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The moment at which the clock in `zone` shows `time` on `day`."""
    return dt.datetime.combine(day, time, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
