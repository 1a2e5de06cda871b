"""The hour of the deadline: students upload, save and submit while workers are killed and the call closes.

Promised (`docs/adr/0012-applications.md`): what was acknowledged is there once, whole and with its files; what comes up
to 60 seconds after the close is in, and what comes later is refused in words.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import signal
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connections

from bench.servers import Server, serving
from drills import counting
from drills.applying import Person, Plan, Seen
from drills.outcome import Outcome, latencies
from drills.scene import Scene, set_up
from mobility.models import GRACE, Call

SAFETIES = {
    "locks": "submitting without holding rows",
    "files": "files written after they were taken",
    "close": "a call that never closes",
}
# When the minute of the close ends in a control, in seconds from its beginning.
ENDS = {"locks": 3600.0, "files": 3600.0, "close": 0.0}
BURST = 20
PATIENCE = 180


@dataclass(frozen=True)
class Sizes:
    """How large a run is. `minutes` is the time in which all students begin and the call closes."""

    students: int
    minutes: float
    seed: int

    @property
    def seconds(self) -> float:
        return self.minutes * 60

    @property
    def between_kills(self) -> float:
        return max(5.0, self.seconds / 40)


def run(sizes: Sizes, *, without: str = "") -> Outcome:
    """Try it once; `without` names the safety of SAFETIES that is switched off. Out: what came of it."""
    name = f"deadline without {without}" if without else "deadline"
    outcome = Outcome(name, sizes.seed, sizes.students)
    scene, seen = set_up(f"{name.replace(' ', '-')}-{sizes.seed}", sizes.students), Seen()
    connections.close_all()
    with tempfile.TemporaryDirectory(prefix="alliance-portal-drill-", ignore_cleanup_errors=True) as folder:
        settings.DOCUMENTS_ROOT = Path(folder) / "documents"
        switched = {"DRILL_WITHOUT": without, "DOCUMENTS_ROOT": str(settings.DOCUMENTS_ROOT)}
        module = "drills.careless" if without else "alliance_portal.wsgi"
        with serving(module, Path(folder), timeout=30, **switched) as server:
            ends_at = time.time() + ENDS.get(without, 0.9 * sizes.seconds)
            _close(scene, ends_at)
            plans = _hurried(sizes) if without else _plans(sizes, ends_at)
            outcome.faults = _let_them(scene, seen, server, sizes, plans)
        outcome.seen = _told(seen, outcome.faults)
        counting.count(scene, seen, outcome, ends_at)
    return outcome


def _close(scene: Scene, ends_at: float) -> None:
    """Let the minute of the close end at `ends_at`."""
    closes = dt.datetime.fromtimestamp(ends_at, dt.UTC) - GRACE
    Call.objects.filter(pk=scene.call.pk).update(closes_at=closes)
    connections.close_all()


def _let_them(scene: Scene, seen: Seen, server: Server, sizes: Sizes, plans: list[Plan]) -> int:
    """Let everybody apply while workers are killed. Out: how many faults there were."""
    people = [
        Person(student, plan, scene, seen, server.port, sizes.seed)
        for student, plan in zip(scene.students, plans, strict=True)
    ]
    over = threading.Event()
    killer = _Killer(server, over, sizes)
    for thread in (*people, killer):
        thread.start()
    until = time.monotonic() + sizes.seconds + PATIENCE
    for person in people:
        person.join(max(0.0, until - time.monotonic()))
    over.set()
    killer.join()
    killer.end_all()
    late = [person.student.number for person in people if person.is_alive()]
    seen.wrong += [f"student {number}: not finished" for number in late]
    return killer.killed + seen.cut + sum(plan.slow > 0 for plan in plans)


def _plans(sizes: Sizes, ends_at: float) -> list[Plan]:
    """What each student does. In fifty: two press the button too late, two in the last seconds, two press it 20 times
    at once, one has a slow line, two lose it."""
    chance, now, plans = random.Random(sizes.seed), time.time(), []  # noqa: S311 - the same seed, the same day
    for number in range(sizes.students):
        begins, presses, kind = now + chance.uniform(0, 0.93) * sizes.seconds, 0.0, number % 50
        if kind < 4:
            begins = ends_at - chance.uniform(0.4, 0.6) * sizes.seconds
            presses = ends_at + (chance.uniform(0.2, 3) if kind < 2 else -chance.uniform(0.5, 2))
        slow = min(10.0, sizes.seconds / 5) if kind == 6 else 0.0
        times = BURST if kind in (4, 5) else 1
        plans.append(Plan(begins, presses, slow, cut=kind in (7, 8), times=times))
    return plans


def _hurried(sizes: Sizes) -> list[Plan]:
    """For a control, which is small: everybody at once, and everybody presses the button 20 times."""
    return [Plan(time.time(), times=BURST) for _ in range(sizes.students)]


class _Killer(threading.Thread):
    """Ends one of the web workers with signal 9, again and again, and in the end all of them at once."""

    def __init__(self, server: Server, over: threading.Event, sizes: Sizes) -> None:
        super().__init__(daemon=True)
        self.server, self.over, self.pause, self.killed = server, over, sizes.between_kills, 0
        self.chance = random.Random(sizes.seed)  # noqa: S311

    def run(self) -> None:
        while not self.over.wait(self.pause * self.chance.uniform(0.5, 1.5)):
            workers = self.server.workers()
            if workers:
                self._end(self.chance.choice(workers))

    def end_all(self) -> None:
        """As a power cut does right after the last answer: whatever was acknowledged has to be there by now."""
        for worker in self.server.workers():
            self._end(worker)

    def _end(self, worker: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
            self.killed += 1


def _told(seen: Seen, faults: int) -> list[str]:
    return [
        f"{len(seen.submitted)} submitted, {len(seen.refused)} refused in words, {faults} faults, "
        f"{seen.broken} answers lost, {seen.waited} asked to wait (503)",
        *latencies(seen.taken),
    ]
