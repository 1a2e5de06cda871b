"""One process that builds and sends digests, for killing: it stops at a named point and waits there.

python -m tests.processes.digest_worker WORK POINT
WORK is send, pieces (digests that are built bit by bit: a negative control) or careless (a sender that does not ask the
relay: the other one). A point that ends in " 2" is the second time that the work gets there.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

if __name__ == "__main__":
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")
    django.setup()

from django.conf import settings

from notifications import digests, outbox
from notifications.models import Message
from tests.notifications.conftest import KeepingRelay
from tests.processes.reminder_worker import Careless, Stopping, stop_at

State = Message.State


class Points:
    """How often each point was reached, and where to stop."""

    def __init__(self, wanted: str) -> None:
        self.wanted, self.reached = wanted, Counter[str]()

    def come_to(self, name: str) -> None:
        self.reached[name] += 1
        stop_at(name if self.reached[name] == 1 else f"{name} {self.reached[name]}", self.wanted)


def stop_while_building(points: Points) -> None:
    """The points within the building of digests."""
    put, build_for, check = digests._put, digests._build_for, digests.still_holds_something

    def put_and_stop(parts: Any, state: str, **fields: Any) -> None:
        if state == State.GATHERED:
            points.come_to("stored")
        put(parts, state, **fields)
        if state == State.GATHERED:
            points.come_to("marked")

    def build_and_stop(*given: Any) -> int:
        built = build_for(*given)
        points.come_to("built")
        return built

    def check_and_stop(*given: Any) -> bool:
        holds = check(*given)
        points.come_to("checked")
        return holds

    digests._put, digests._build_for = put_and_stop, build_and_stop
    digests.still_holds_something = check_and_stop


def build_in_pieces(points: Points) -> None:
    """Digests without their transaction and their key: each part is marked for itself."""

    def build_for(recipient: str, now: Any) -> int:
        parts = list(Message.objects.held(now).filter(recipient=recipient).order_by("pk"))
        context = {"day_on": now.date()}
        digest = outbox.new_message(
            "portal.daily_digest", recipient=recipient, language="en", context=context
        )
        outbox.store(digest)
        for part in parts:
            Message.objects.filter(pk=part.pk).update(state=State.GATHERED, digest=digest)
            points.come_to("piece")
        return 1

    digests._build_for = build_for


def work(name: str, point: str = "") -> None:
    """Build and send what is due, up to the point."""
    before = digests._put, digests._build_for, digests.still_holds_something
    sender = (Careless if name == "careless" else Stopping)(KeepingRelay(Path(settings.MAIL_DIR)))
    sender.point = point
    try:
        if name == "pieces":
            build_in_pieces(Points(point))
        elif point:
            stop_while_building(Points(point))
        sender.run()
    finally:
        digests._put, digests._build_for, digests.still_holds_something = before


if __name__ == "__main__":
    work(sys.argv[1], sys.argv[2])
