"""The one way into the audit trail."""

from __future__ import annotations

import uuid
from typing import Any

from audit.models import Event
from ground import clock


def record(
    verb: str, *, by: Any, kind: str, subject: uuid.UUID, name: str, details: dict[str, Any] | None = None
) -> Event:
    """Write down that `by` (a user, or None for the portal itself) did `verb` to a record.

    `verb` is "<room>.<what>", such as "mobility.offer". The record is named by `kind` and its uuid, and in
    words by `name`. `details` hold plain JSON values and never personal data beyond what the record shows.
    """
    actor = by if getattr(by, "pk", None) else None
    return Event.objects.create(
        at=clock.now(),
        actor=actor,
        actor_name=str(getattr(actor, "name", ""))[:200] if actor else "",
        verb=verb,
        subject_kind=kind,
        subject_uuid=subject,
        subject_name=name[:300],
        details=details or {},
    )
