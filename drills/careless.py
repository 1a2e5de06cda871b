"""The portal with one of its safeties switched off, for the controls: DRILL_WITHOUT names which.

A drill that does not fail against this proves nothing.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from typing import Any

from alliance_portal.wsgi import application

__all__ = ["SAFETIES", "application"]
LATER = 30.0  # seconds; longer than a control takes
BETWEEN = 0.1  # seconds from looking to writing


def _replace(owner: Any, name: str, careless: Any) -> None:
    """Raises AttributeError when there is no such safety: a control that switches nothing off would prove nothing."""
    getattr(owner, name)
    setattr(owner, name, careless)


def _no_locks() -> None:
    """Submitting looks first and writes then, without holding the rows in between."""
    from mobility.actions import applying
    from mobility.models import Application, Call

    rows = Application.objects.select_related("call__university__organisation", "applicant")

    def look(one: Any) -> Any:
        found = rows.get(pk=one.pk)
        time.sleep(BETWEEN)
        return found

    _replace(applying, "lock_call", lambda pk: Call.objects.get(pk=pk))
    _replace(applying, "lock_application", look)


def _files_later() -> None:
    """A file counts as kept before it is: it is written when there is time."""
    from documents import actions

    def write(content: bytes) -> str:
        random = secrets.token_hex(16)
        name = f"{random[:2]}/{random[2:4]}/{random}"

        def keep() -> None:
            path = actions.path_of(name)
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            path.write_bytes(content)

        timer = threading.Timer(LATER, keep)
        timer.daemon = True
        timer.start()
        return name

    _replace(actions, "write", write)


def _no_close() -> None:
    """A published call takes what comes, however late."""
    from mobility.models import Call

    def takes_at(call: Any, moment: Any) -> bool:
        return bool(call.publication == "published")

    _replace(Call, "takes_at", takes_at)


def _no_seats() -> None:
    """Giving a place looks at the line first and writes then, without holding it in between."""
    from news.models import Admission
    from news.registering import coming

    def looked_at(event: Any) -> Any:
        found = Admission.objects.select_related("event").get(event=event.pk)
        time.sleep(0.02)
        return found

    _replace(coming, "_locked", looked_at)


SAFETIES = {"seats": _no_seats, "locks": _no_locks, "files": _files_later, "close": _no_close}
if without := os.environ.get("DRILL_WITHOUT"):
    SAFETIES[without]()
