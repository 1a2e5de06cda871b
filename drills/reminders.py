"""Reminders while everything that can break breaks: none lost, none twice, none that nobody wants any more.

Three senders, two planners and two schedulers, as Celery runs them, on a Redis and a relay of the drill's own. They are
killed again and again, Redis is emptied, the database breaks down once, dates move and things settle meanwhile, and the
nights are those in which the clocks change.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.db import DatabaseError, connection, connections

from alliance_portal import processes
from bench.mailbox import open_for
from bench.servers import ROOT
from drills import breaking, clockwork, dates, weighing
from drills.clockwork import Clockwork
from drills.dates import NIGHT, NIGHTS, Thing
from drills.outcome import Outcome
from drills.relay import HANG, UnreliableRelay
from notifications.models import Message, ReminderPlan

SAFETIES = {
    "mark": "a message counts as sent before it is",
    "record": "what was not answered is sent again unasked",
    "key": "a ledger that takes a line twice",
}
PATIENCE = 120
KILLS = 110


@dataclass(frozen=True)
class Sizes:
    """How large a run is. `minutes` is how long all nights together take; `shared`: the database serves others too."""

    reminders: int
    minutes: float
    seed: int
    nights: int = len(NIGHTS)
    shared: bool = False

    @property
    def seconds(self) -> float:
        """How long one night takes."""
        return self.minutes * 60 / self.nights

    @property
    def between_kills(self) -> float:
        return max(0.8, self.minutes * 60 / KILLS)


def run(sizes: Sizes, *, without: str = "") -> Outcome:
    """Try it once; `without` names the safety of SAFETIES that is switched off. Out: what came of it."""
    name = f"reminders without {without}" if without else "reminders"
    outcome = Outcome(name, sizes.seed, sizes.reminders)
    things = dates.set_up(sizes.reminders, sizes.seed, sizes.nights)
    with tempfile.TemporaryDirectory(prefix="alliance-portal-drill-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "spool").mkdir()
        with (
            breaking.lasting_commits(),
            open_for(UnreliableRelay(home / "spool", sizes.seed)) as relay,
            breaking.redis(home) as broker,
            breaking.ledger_without_its_key(needed=without == "key"),
        ):
            scene = Scene(home, relay, broker, sizes, without, outcome)  # type: ignore[arg-type]
            for night in range(sizes.nights):
                scene.live_through(night, [one for one in things if one.night == night])
            weighing.weigh(things, scene.nights, relay, outcome)  # type: ignore[arg-type]
            dates.clear()
    return outcome


class Scene:
    """One run: its folder, its relay, its broker."""

    def __init__(
        self, home: Path, relay: UnreliableRelay, broker: breaking.Broker, sizes: Sizes, without: str, outcome: Outcome
    ) -> None:  # fmt: skip
        self.home, self.relay, self.broker, self.sizes = home, relay, broker, sizes
        self.without, self.outcome = without, outcome
        self.nights: dict[int, weighing.Night] = {}
        self.chance = random.Random(f"{sizes.seed}-faults")  # noqa: S311 - the same seed, the same night

    def live_through(self, night: int, things: list[Thing]) -> None:
        """One night from its beginning until all that was due is settled."""
        over = threading.Event()
        with self._nursery():
            clock = clockwork.wind(NIGHTS[night], NIGHT.total_seconds() / self.sizes.seconds)
            clock.keep(self.home / "clock.json")
            began = time.time()
            helpers = [
                threading.Thread(target=work, args=(over, night, things, clock), daemon=True)
                for work in (self._kill, self._break, self._change)
            ]
            for helper in helpers:
                helper.start()
            time.sleep(self.sizes.seconds)
            over.set()
            for helper in helpers:
                helper.join()
            self._wait_until_settled(night, clock)
        ended = clock.at(clockwork.read_database())
        self.nights[night] = weighing.Night(clock, began, NIGHTS[night] + NIGHT, ended)
        time.sleep(HANG)  # whatever the relay still has in hand

    @contextmanager
    def _nursery(self) -> Iterator[None]:
        connections.close_all()
        environment = os.environ | self.broker.environment | {"DRILL_WITHOUT": self.without}
        with (self.home / "nursery.log").open("ab") as log:
            nursery = subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-m", "drills.nursery", str(self.home), str(self.relay.port)], cwd=ROOT,
                env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=processes.dies_with_parent(),
            )  # fmt: skip
        try:
            breaking.wait_for((self.home / "ready").exists, "the nursery")
            yield
        finally:
            nursery.terminate()
            nursery.wait(30)
            for name in ("ready", "clock.json", "crew.json"):
                (self.home / name).unlink(missing_ok=True)

    def _kill(self, over: threading.Event, night: int, things: list[Thing], clock: Clockwork) -> None:
        """Kill somebody with signal 9, mostly a sender that has a text in its hands."""
        while not over.wait(self.sizes.between_kills * self.chance.uniform(0.3, 0.7)):
            self.relay.moment.clear()
            at_work = self.relay.moment.wait(self.sizes.between_kills)
            crew = breaking.crew(self.home)
            senders = [pid for pid, what in crew.items() if what == "send"]
            chosen = senders if at_work and self.chance.random() < 0.7 else list(crew)
            if chosen:
                with suppress(ProcessLookupError):
                    os.kill(self.chance.choice(chosen), signal.SIGKILL)
                    self.outcome.faults += 1
                    weighing.note(self.outcome, "kill -9")

    def _break(self, over: threading.Event, night: int, things: list[Thing], clock: Clockwork) -> None:
        """Empty Redis twice on the first night and once on each other one; break the database down on the first."""
        planned = [(self.chance.uniform(0.2, 0.5), "redis"), (self.chance.uniform(0.5, 0.9), "redis")]
        planned = [*planned, (0.4, "database")] if night == 0 else planned[:1]
        begun = time.monotonic()
        for share, what in sorted(planned):
            if over.wait(max(0.0, begun + share * self.sizes.seconds - time.monotonic())):
                return
            if what == "redis":
                weighing.note(self.outcome, self.broker.empty())
            else:
                weighing.note(self.outcome, breaking.database(shared=self.sizes.shared))
            self.outcome.faults += 1

    def _change(self, over: threading.Event, night: int, things: list[Thing], clock: Clockwork) -> None:
        """Three in twenty dates move by a day or two, one in ten is settled, at any time of the night."""
        chance = random.Random(f"{self.sizes.seed}-changes-{night}")  # noqa: S311
        changed = chance.sample(things, len(things) // 4)
        each = sorted((chance.uniform(0.05, 0.95), number) for number in range(len(changed)))
        begun = time.monotonic()
        for share, number in each:
            if over.wait(max(0.0, begun + share * self.sizes.seconds - time.monotonic())):
                return
            days = chance.choice((-1, 1, 1)) if number % 5 < 3 else None
            self._change_one(changed[number], days, clock)
        connection.close()

    def _change_one(self, thing: Thing, days: int | None, clock: Clockwork) -> None:
        date = None if days is None else thing.versions[-1].date + dates.DAY * days
        for _ in range(50):
            try:
                dates.change(thing, date, clock)
                return
            except DatabaseError:  # it has broken down: who changes something tries again
                connection.close()
                time.sleep(0.2)
        self.outcome.reasons.append("a date could not be changed")

    def _wait_until_settled(self, night: int, clock: Clockwork) -> None:
        """Until nothing is due or under way any more."""
        connection.close()  # it may have been broken off meanwhile
        deadline, quiet = time.monotonic() + PATIENCE, 0
        while quiet < 3 and time.monotonic() < deadline:
            time.sleep(1)
            now = clock.at(clockwork.read_database())
            waiting = ReminderPlan.objects.filter(rule__kind__startswith="drill.").waiting(now).exists()
            open_ones = Message.objects.filter(state__in=["due", "sending"]).exists()
            quiet = 0 if waiting or open_ones else quiet + 1
        if quiet < 3:
            self.outcome.reasons.append(f"night {night + 1}: not settled after {PATIENCE} s")
            self.outcome.reasons += weighing.left_over()
