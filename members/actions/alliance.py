"""What is done to the alliance as a whole: its figures are edited, and its networks of sister centres."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit import trail
from ground import richtext
from ground.workflow import NotPossible
from members.actions.universities import keep_original, one_revision
from members.editing import Values, changed, merged
from members.editing.parts import FIGURE, table, write_table
from members.models import CentreNetwork, Figure

SUBJECT = uuid.uuid5(uuid.NAMESPACE_URL, "members.alliance")  # by which the trail knows the alliance
EDITED = "members.edit_alliance"  # a save of the figures, in the trail
NETWORK = ("name_en", "name_lt", "description_en", "description_lt")
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
    _demand(by)
    with one_revision(by, comment):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s::bigint)", [_ONE_AT_A_TIME])
        stored = figures()
        values = merged(typed, stored, seen)
        if not changed(stored, values):
            return False
        write_table(_rows(), values["figures"], university=None)
        trail.record(
            EDITED, by=by, kind="members.alliance", subject=SUBJECT, name=NAME,
            details={"before": stored["figures"], "after": figures()["figures"], "comment": comment},
        )  # fmt: skip
    return True


def network(record: CentreNetwork) -> dict[str, Any]:
    """What is stored of a network of centres."""
    return {name: getattr(record, name) or "" for name in NETWORK}


def save_network(
    record: CentreNetwork, *, by: Any, typed: Values, seen: Mapping[str, str], comment: str = ""
) -> bool:
    """Store a new network of centres, or one that is there; says whether anything changed.

    Raises PermissionDenied, editing.Clashing (both changed the same) or Refused.
    """
    _demand(by)
    new = record.pk is None
    if not new:
        keep_original(record)
    with one_revision(by, comment):
        if not new:
            record = CentreNetwork.objects.select_for_update().get(pk=record.pk)
        stored = network(record)
        values = dict(typed) if new else merged(typed, stored, seen)
        names = changed(stored, values)
        for name in names:
            setattr(record, name, richtext.clean(str(values[name])))
        if names:
            record.save()
            trail.record(
                f"members.{'add' if new else 'change'}_network", by=by, kind="members.alliance", subject=SUBJECT,
                name=str(record), details={"changed": names},
            )  # fmt: skip
    return bool(names)


def remove_network(record: CentreNetwork, *, by: Any) -> None:
    """Remove a network in which no centre is any more; one that is gone already stays so.

    Raises PermissionDenied, or NotPossible while centres are in it: they would lose their sisters unasked.
    """
    _demand(by)
    keep_original(record)
    with one_revision(by, ""):
        held = CentreNetwork.objects.select_for_update().filter(pk=record.pk).first()
        if held is None:
            return
        if centres := [str(centre) for centre in held.centres.order_by("pk")]:
            words = _("These centres are in it: %(names)s. Take them out of it first.")
            raise NotPossible(words % {"names": ", ".join(centres)})
        trail.record(
            "members.remove_network", by=by, kind="members.alliance", subject=SUBJECT, name=str(held),
            details={"was": network(held)},
        )  # fmt: skip
        held.delete()


def _demand(by: Any) -> None:
    if not by.has_perm("members.edit_alliance"):
        raise PermissionDenied


def _rows() -> Any:
    return Figure.objects.filter(university=None)
