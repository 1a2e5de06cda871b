"""What an event tells to the people who registered: always into the outbox, in the transaction of what it tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from news.models import Event, Registration
from news.registering import messages
from notifications import outbox
from notifications.models.message import Correspondent

# An organiser who moves an event twice within these minutes is heard once.
CALM = dt.timedelta(minutes=10)


def person_of(registration: Registration) -> Any:
    """Whom to write to: the account, or the address of somebody who has none."""
    return registration.user or Correspondent(registration.email, registration.language)


def about(event: Any) -> dict[str, Any]:
    """What every message about an event says of it."""
    return {
        "slug": event.slug, "zone": event.zone, "hour": event.hour_known, "begins_at": event.starts_by,
        "first_on": event.first_day, "title": event.title_en or event.title_lt or event.slug,
        "title_lt": event.title_lt or "", "place": event.place_en or event.place_lt or "",
        "place_lt": event.place_lt or "", "link": event.link,
    }  # fmt: skip


def tell(
    kind: str,
    registration: Registration,
    *,
    key: str = "",
    not_before: dt.datetime | None = None,
    **more: Any,
) -> None:
    """One message to the person of a registration. Events and registrations are named by their identifiers."""
    event = registration.event
    outbox.enqueue(
        kind, to=person_of(registration),
        subject=(messages.SUBJECT, registration.uuid, str(about(event)["title"])),
        context={**about(event), "registration": str(registration.uuid), **more}, key=key, not_before=not_before,
    )  # fmt: skip


def concerned(event: Event) -> Iterable[Registration]:
    """Who is in or waits, with their accounts."""
    rows = event.registrations.active().kept().select_related("user").order_by("number")
    for row in rows:
        row.event = event
        yield row


def tell_cancelled(event: Any) -> int:
    """Tell everybody concerned, once, that the event doesn't take place; what was due before is not sent."""
    told = 0
    because: dict[str, Any] = {"because": event.cancelled_because_en or event.cancelled_because_lt or ""}
    for row in concerned(event):
        for kind in (messages.MOVED, messages.PROMOTED, messages.REGISTERED, messages.WAITING):
            outbox.cancel(messages.SUBJECT, row.uuid, kind=kind)
        words = because | {"because_lt": event.cancelled_because_lt or ""}
        tell(messages.EVENT_CANCELLED, row, key=f"event_cancelled:{row.uuid}:{event.version}", **words)
        told += 1
    return told


def tell_moved(event: Event, *, now: dt.datetime) -> int:
    """Tell everybody concerned once where and when the event takes place now; an earlier such message that nobody
    has sent yet is not sent any more."""
    told = 0
    for row in concerned(event):
        outbox.cancel(messages.SUBJECT, row.uuid, kind=messages.MOVED)
        tell(messages.MOVED, row, key=f"event_moved:{row.uuid}:{event.version}", not_before=now + CALM)
        told += 1
    return told
