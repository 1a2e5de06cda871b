"""A clock that runs faster than the database's, for drills alone: half a day of reminders in a minute.

Where it stands is written in a file, so that every process of the drill agrees on it.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from ground import clock

read_database = clock.read


@dataclass(frozen=True)
class Clockwork:
    """`began` by the database is `shown` here; from then on one second is `speed`."""

    began: dt.datetime
    shown: dt.datetime
    speed: float

    def at(self, moment: dt.datetime) -> dt.datetime:
        """What this clock shows at `moment` of the database's."""
        return self.shown + (moment - self.began) * self.speed

    def real(self, seconds: float) -> dt.timedelta:
        """How far this clock goes in so many seconds."""
        return dt.timedelta(seconds=seconds * self.speed)

    def keep(self, path: Path) -> None:
        """Write down where the clock stands."""
        said = {"began": self.began.isoformat(), "shown": self.shown.isoformat(), "speed": self.speed}
        path.write_text(json.dumps(said))


def wind(shown: dt.datetime, speed: float) -> Clockwork:
    """A clock that shows `shown` now."""
    return Clockwork(read_database(), shown, speed)


def kept(path: Path) -> Clockwork:
    """The clock that was written down."""
    said = json.loads(path.read_text())
    began, shown = (dt.datetime.fromisoformat(said[name]) for name in ("began", "shown"))
    return Clockwork(began, shown, float(said["speed"]))


def follow(clockwork: Clockwork) -> None:
    """Let this process have its moments from `clockwork`."""
    clock.read = lambda: clockwork.at(read_database())
