"""The portal with one of its safeties switched off, for the controls: DRILL_WITHOUT names which.

A drill that does not fail against this proves nothing.
"""

from __future__ import annotations

import os
import secrets
import threading
from typing import Any

from alliance_portal.wsgi import application

__all__ = ["SAFETIES", "application"]
LATER = 3.0


def _no_locks() -> None:
    """Submitting looks first and writes then, without holding the rows in between."""
    from mobility.actions import applying
    from mobility.models import Application, Call

    rows = Application.objects.select_related("call__university__organisation", "applicant")
    applying.lock_call = lambda pk: Call.objects.get(pk=pk)  # type: ignore[assignment]
    applying.lock_application = lambda one: rows.get(pk=one.pk)  # type: ignore[assignment]


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

    actions._write = write


def _no_close() -> None:
    """A published call takes what comes, however late."""
    from mobility.models import Call

    def takes_at(call: Any, moment: Any) -> bool:
        return bool(call.publication == "published")

    Call.takes_at = takes_at  # type: ignore[method-assign]


SAFETIES = {"locks": _no_locks, "files": _files_later, "close": _no_close}
if without := os.environ.get("DRILL_WITHOUT"):
    SAFETIES[without]()
