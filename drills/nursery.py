"""Senders, planners and schedulers of the drill "reminders": Celery's own, born again when they are killed.

python -m drills.nursery FOLDER PORT
FOLDER holds the clock (waited for), the relay's spool and, written here, who is alive; PORT is the relay's.
DRILL_WITHOUT names the safety that is switched off.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from alliance_portal import processes

CREW = ("send",) * 3 + ("plan",) * 2 + ("beat",) * 2
EVERY = 1.0  # seconds between two rounds of a scheduler, in place of thirty
LEASE = 6.0  # seconds, in place of five minutes
QUIET = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "ERROR")


def main(folder: Path, port: int) -> None:
    """Keep everybody alive until TERM comes."""
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")
    django.setup()
    _load()
    (folder / "ready").touch()
    while not (folder / "clock.json").exists():
        time.sleep(0.05)
    _prepare(folder, port)
    nursery = Nursery(folder)
    signal.signal(signal.SIGTERM, lambda *_: nursery.end())
    nursery.run()


class Nursery:
    """The children, by number of process."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.alive, self.over = folder, dict[int, int](), False

    def run(self) -> None:
        for place in range(len(CREW)):
            self._bear(place)
        while not self.over:
            with suppress(ChildProcessError):
                died, _how = os.waitpid(-1, os.WNOHANG)
                if died:
                    self._bear(self.alive.pop(died))
                    continue
            time.sleep(0.02)
        for pid in self.alive:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def end(self) -> None:
        self.over = True

    def _bear(self, place: int) -> None:
        if self.over:
            return
        die_with_us = processes.dies_with_parent(signal.SIGKILL)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            if die_with_us:
                die_with_us()
            _work(CREW[place], place, self.folder)
        self.alive[pid] = place
        written = self.folder / "crew.new"
        written.write_text(json.dumps({str(pid): CREW[place] for pid, place in self.alive.items()}))
        written.replace(self.folder / "crew.json")


def _work(what: str, place: int, folder: Path) -> None:
    """What a child does until it is killed."""
    from alliance_portal.celery import app

    name = f"{what}{place}@drill"
    roles: dict[str, Callable[[], object]] = {
        "beat": lambda: app.Beat(
            loglevel="ERROR", pidfile=None, schedule=str(folder / f"beat{place}"), max_interval=EVERY / 2
        ).run(),
    }
    worker = ["worker", "--pool", "solo", "--queues", what, "--hostname", name, *QUIET]
    try:
        roles.get(what, lambda: app.worker_main(worker))()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(1)


def _load() -> None:
    """Read in what every child needs, once for all."""
    import celery.apps.beat
    import celery.apps.worker  # noqa: F401 - read for what it loads

    from alliance_portal.celery import app

    app.loader.import_default_modules()


def _prepare(folder: Path, port: int) -> None:
    """Everything that the children share: the clock, the dates, the relay, the bells; and what is switched off."""
    from django.conf import settings

    from alliance_portal.celery import app
    from drills import clockwork, dates, heedless
    from drills.relay import TIMEOUT
    from notifications import relays, sender

    clock = clockwork.kept(folder / "clock.json")
    clockwork.follow(clock)
    dates.register_kinds()
    spool = folder / "spool"
    relays.chosen = lambda: relays.SmtpRelay(  # type: ignore[assignment]
        "127.0.0.1", port, timeout=TIMEOUT, record=lambda name, _since: (spool / name).exists()
    )
    settings.MAIL_BRAKE_FLOOR = 10**6  # its hours last seconds
    chosen = sender.Sender
    chosen.lease = chosen.settling = clock.real(LEASE)
    chosen.first_pause, chosen.longest_pause = clock.real(0.3), clock.real(2)
    app.conf.task_routes = {
        "notifications.send_messages": {"queue": "send"}, "notifications.plan_reminders": {"queue": "plan"},
    }  # fmt: skip
    bells = ("notifications.send_messages", "notifications.plan_reminders")
    app.conf.beat_schedule = {bell: {"task": bell, "schedule": EVERY} for bell in bells}
    if without := os.environ.get("DRILL_WITHOUT"):
        heedless.SAFETIES[without]()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
