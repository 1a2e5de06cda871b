"""Records on whose pages exceptions from rules are set: how they are found, and who may set them."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from alliance_portal.reminding.rules import KEEP
from mobility.models import Call
from mobility.workflow import CALL_KIND, EDIT_CALL
from projects.messages import SUBJECT as PROJECT
from projects.models import Project


@dataclass(frozen=True)
class Subject:
    """One record with its name, its page and its kind as messages name it."""

    kind: str
    uuid: uuid.UUID
    name: str
    url: str


@dataclass(frozen=True)
class _Door:
    rows: Callable[[Any], QuerySet[Any]]
    edits: str
    name: Callable[[Any], str]


_DOORS: Mapping[str, _Door] = {
    PROJECT: _Door(
        lambda user: Project.objects.visible_to(user), "projects.edit_project", lambda row: row.code
    ),
    CALL_KIND: _Door(lambda user: Call.objects.visible_to(user), EDIT_CALL, str),
}


def find(user: Any, kind: str, identifier: uuid.UUID) -> Subject | None:
    """The record, for who may set exceptions for it: those who may edit it, and who keeps the rules."""
    door = _DOORS.get(kind)
    row = door.rows(user).filter(uuid=identifier).first() if door else None
    if door is None or row is None or not (user.has_perm(door.edits, row) or user.has_perm(KEEP)):
        return None
    return Subject(kind, row.uuid, door.name(row), row.get_absolute_url())
