"""Sending and planning with one of their safeties switched off, for the controls of the drill "reminders".

A drill that does not fail against this proves nothing.
"""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

LATER = 2.0


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
    """Planners look first and write then, into a ledger that takes a line twice (the drill takes its key away)."""
    from notifications import planner

    look = planner._held

    def look_long_ago(*given: Any) -> Any:
        held = look(*given)
        time.sleep(LATER)
        return held

    planner._held = look_long_ago


SAFETIES = {"mark": _mark_first, "record": _no_record, "key": _no_key}
