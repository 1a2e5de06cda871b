"""Doorbells: tell a worker that there is something to do. A bell that nobody hears costs seconds, never a message."""

from __future__ import annotations

import logging
import time
from typing import Any

from celery import current_app
from django.db import connection, transaction

PLAN_REMINDERS = "notifications.plan_reminders"
SEND_MESSAGES = "notifications.send_messages"
PATIENCE = 1.0  # seconds to wait for a broker
QUIET = 30.0  # seconds without ringing after it did not answer; the sweep comes as often

log = logging.getLogger(__name__)


class Bell:
    """Rings once per transaction, gives up quickly, and leaves a broker that is down alone for a while."""

    def __init__(self, task: str) -> None:
        self.task = task
        self.quiet_until = 0.0

    def __call__(self) -> None:
        """Ring now. Never raises."""
        if time.monotonic() < self.quiet_until:
            return
        try:
            self._ring()
        except Exception as error:  # no failure of a broker is a failure of what was done
            self.quiet_until = time.monotonic() + QUIET
            log.warning("The broker does not answer; the sweep will do it: %s", type(error).__name__)

    def _ring(self) -> None:
        options: dict[str, Any] = dict(current_app.conf.broker_transport_options or {})
        if str(current_app.conf.broker_url or "").startswith("redis"):
            options |= {"socket_connect_timeout": PATIENCE, "socket_timeout": PATIENCE}
        with current_app.connection_for_write(connect_timeout=PATIENCE, transport_options=options) as broker:
            current_app.send_task(self.task, connection=broker, retry=False, ignore_result=True, expires=60)


_bells = {name: Bell(name) for name in (PLAN_REMINDERS, SEND_MESSAGES)}


def ring_after_commit(task: str) -> None:
    """Ring for `task` once the running transaction is committed; at once outside of one."""
    bell = _bells[task]
    outer = set(connection.savepoint_ids)
    for entry in connection.run_on_commit:
        if entry[1] is bell and entry[0] <= outer:
            return  # already rung by a part of this transaction that can't be undone without ours
    transaction.on_commit(bell, robust=True)
