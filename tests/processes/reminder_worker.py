"""One process of a reminder, for killing: it stops at a named point and waits there.

python -m tests.processes.reminder_worker WORK POINT
WORK is plan, send, or careless (a sender that does not ask the relay: the negative control). POINT is where it stops;
it says that it is there by the file $REACHED. Called as a function, with no point, the work runs to its end.
"""

import datetime as dt
import os
import sys
import time
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")
    django.setup()

from django.conf import settings
from django.db import transaction

from ground import clock
from notifications import planner
from notifications.models import Message
from notifications.sender import Sender
from tests.notifications.conftest import KeepingRelay


def stop_at(point: str, wanted: str) -> None:
    """Wait here to be killed, if this is the point."""
    if point == wanted:
        Path(os.environ["REACHED"]).touch()
        time.sleep(600)


class Stopping(Sender):
    """No pauses, no patience with the relay, and the points at which it can be killed."""

    first_pause = settling = dt.timedelta(0)
    fresh = 600.0  # however slow the machine: what was taken is written down with the next text
    point = ""

    def _send_batch(self, batch: list[Message]) -> None:
        stop_at("claimed", self.point)
        super()._send_batch(batch)

    def _hand_over(self, message: Message) -> None:
        second = self.taken is not None
        super()._hand_over(message)
        stop_at("handing over the second" if second else "handing over", self.point)

    def _sent(self, *given: Any) -> None:
        super()._sent(*given)
        stop_at("sent", self.point)

    def _note_taken(self) -> None:
        noted = self.taken is not None
        super()._note_taken()
        if noted:
            stop_at("noted", self.point)


class Careless(Stopping):
    """Sends again without asking whether it arrived."""

    def reconcile(self, message: Message) -> bool | None:
        return False


def plan(point: str) -> None:
    """Plan and release, as the doorbell does."""
    with clock.one_moment():
        planner.plan(clock.now())
        stop_at("planned", point)
        if point == "releasing":
            with transaction.atomic():
                planner.release(clock.now())
                stop_at("releasing", point)
        planner.release(clock.now())
    stop_at("released", point)


def work(name: str, point: str = "") -> None:
    """Do one piece of work, up to the point."""
    if name == "plan":
        plan(point)
        return
    sender = {"send": Stopping, "careless": Careless}[name](KeepingRelay(Path(settings.MAIL_DIR)))
    sender.point = point
    sender.run()


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2])
