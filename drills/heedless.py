"""Sending and planning with one of their safeties switched off, for the controls of the drill "reminders".

A drill that does not fail against this proves nothing.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

HAVE_LOOKED = 7190499  # the lock that planners share which have looked and not yet written
TOGETHER = 1.5  # seconds that one waits for another
_HOW_MANY = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"


def _mark_first() -> None:
    """A message counts as sent before it is."""
    from ground import clock
    from notifications.composing import compose
    from notifications.models import Message
    from notifications.sender import Sender

    def send(self: Any, message: Message) -> None:
        envelope = compose(message, self._look(message).user(message), clock.read())
        self.record(message, Message.State.SENT)
        self.relay.deliver(envelope, lambda: None)

    Sender.send = send  # type: ignore[method-assign]


def _no_record() -> None:
    """Whatever was not answered is sent again, without asking the relay."""
    from notifications.sender import Sender

    Sender.reconcile = lambda self, message: False  # type: ignore[method-assign]
    Sender.settling = dt.timedelta(0)


def _no_key() -> None:
    """Planners look first and write then, into a ledger that takes a line twice (the drill takes its key away).

    A planner that has something to write waits a little for another one that has looked as well.
    """
    from django.db import connection

    from notifications import planner

    look = planner._held

    def look_together(lines: Any) -> Any:
        held = look(lines)
        if all(planner._identity(line) in held for line in lines):
            return held
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s::bigint)", [HAVE_LOOKED])
            deadline = time.monotonic() + TOGETHER
            while time.monotonic() < deadline:
                cursor.execute(_HOW_MANY, [HAVE_LOOKED])
                if cursor.fetchone()[0] > 1:
                    break
                time.sleep(0.05)
        return held

    planner._held = look_together


SAFETIES = {"mark": _mark_first, "record": _no_record, "key": _no_key}
