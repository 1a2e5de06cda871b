"""What is done to the alliance as a whole: its figures are edited."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext_noop

from audit import trail
from members.actions.universities import one_revision
from members.editing import Values, changed, merged
from members.editing.parts import FIGURE, table, write_table
from members.models import Figure

SUBJECT = uuid.uuid5(uuid.NAMESPACE_URL, "members.alliance")  # by which the trail knows the alliance
NAME = gettext_noop("The alliance in figures")
_ONE_AT_A_TIME = 7_190_403  # the lock under which the alliance's figures are saved


def figures() -> dict[str, Any]:
    """The figures of the whole alliance, of all years, the newest first."""
    return {"figures": table(_rows().order_by("-year", "kind"), *FIGURE)}


def edit_figures(*, by: Any, typed: Values, seen: Mapping[str, str], comment: str = "") -> bool:
    """Store the alliance's figures; says whether anything changed.

    `seen` are the marks of what `by` began with. Raises PermissionDenied, editing.Clashing (both changed them) or
    Refused.
    """
    if not by.has_perm("members.edit_alliance"):
        raise PermissionDenied
    with one_revision(by, comment):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [_ONE_AT_A_TIME])
        stored = figures()
        values = merged(typed, stored, seen)
        if not changed(stored, values):
            return False
        write_table(_rows(), values["figures"], university=None)
        trail.record(
            "members.edit_alliance", by=by, kind="members.alliance", subject=SUBJECT, name=NAME,
            details={"before": stored["figures"], "after": figures()["figures"], "comment": comment},
        )  # fmt: skip
    return True


def _rows() -> Any:
    return Figure.objects.filter(university=None)
