"""What the office has to know about sending, told in the portal and by e-mail."""

from __future__ import annotations

import datetime as dt
import logging
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.conf import settings

from ground import clock
from notifications import beats, outbox
from notifications.messages import LATE, SENDING

# One record that all messages about sending are about.
QUEUE = uuid.UUID("5e4d0000-0000-4000-8000-000000000001")
log = logging.getLogger(__name__)
_office: list[Callable[[], Iterable[Any]]] = []


def tell(people: Callable[[], Iterable[Any]]) -> None:
    """Let `people` name those who are told; a higher room knows who they are."""
    _office[:] = [people]


def tell_office(kind: str, context: Mapping[str, Any], *, key: str) -> None:
    """A message of `kind` to everybody who keeps the queue, once for each `key`."""
    for people in _office:
        for person in people():
            outbox.enqueue(
                kind, to=person, subject=(SENDING, QUEUE, ""), context=context, key=f"{key}:{person.uuid}"
            )


def look(now: dt.datetime) -> bool:
    """Say so where the oldest message has been due for too long: in the log each time, to the office once a day."""
    found = beats.pulse(now)
    if not found.late:
        return False
    log.warning("The oldest message has been due for %d minutes.", found.minutes)
    day = clock.date_in(now, settings.TIME_ZONE)
    tell_office(LATE, {"minutes": found.minutes}, key=f"late:{day}")
    return True
