"""A new project made after an old one."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ground.validators import FIRST_YEAR, LAST_YEAR
from members.models import University
from projects.actions.amendments import Unfit
from projects.actions.editing import Rows, create_project
from projects.models import Project

# What can be taken along, and where the project has it.
PARTS_TO_TAKE = ("texts", "funding", "team", "departments", "partners", "milestones", "websites")
_TEXTS = [f"{name}_{code}" for name in ("description", "objectives") for code in ("en", "lt")]


@dataclass(frozen=True)
class Copy:
    """What the new project is told apart by."""

    code: str
    lead: University
    title_en: str
    title_lt: str
    starts_on: dt.date
    ends_on: dt.date


def duplicate_project(
    project: Project, *, by: Any, token: uuid.UUID, copy: Copy, take: Collection[str]
) -> Project:
    """A draft with what is taken along; its milestones lie as far from the first day as those of `project`.

    Raises PermissionDenied, AlreadyCreated, CodeTaken or Unfit.
    """
    if not Project.objects.managed_by(by).filter(pk=project.pk).exists():
        raise PermissionDenied
    if copy.ends_on < copy.starts_on:
        raise Unfit("ends_on", _("The last day is before the first day."))
    fields: dict[str, Any] = {name: getattr(copy, name) for name in Copy.__dataclass_fields__}
    fields["acronym"] = project.acronym
    if "texts" in take:
        fields |= {name: getattr(project, name) for name in _TEXTS}
    comment = gettext_noop("The project was created as a copy of another one.")
    return create_project(by=by, token=token, fields=fields, rows=_rows(project, copy, take), comment=comment)


def _rows(project: Project, copy: Copy, take: Collection[str]) -> Rows:
    """The rows that are taken along; departments only within their own university."""
    same_lead = copy.lead.pk == project.lead_id
    rows = {
        "websites": _values(project.websites, "url"),
        "funding": _values(project.funding_lines, "programme_id", "amount", "currency", "share"),
        "team": _values(project.team, "name", "part", "user_id"),
        "departments": _values(project.departments, "unit_id") if same_lead else [],
        "partners": _values(project.partnerships, "organisation_id", "part"),
        "milestones": _shifted(project, copy.starts_on - project.starts_on) if "milestones" in take else [],
    }
    return {name: rows[name] for name in rows if name in take}


def _values(rows: Any, *names: str) -> list[dict[str, Any]]:
    return list(rows.values(*names))


def _shifted(project: Project, by_days: dt.timedelta) -> list[dict[str, Any]]:
    rows = _values(project.milestones, "title_en", "title_lt", "kind", "due_on")
    for row in rows:
        row["due_on"] += by_days
        if not FIRST_YEAR <= row["due_on"].year <= LAST_YEAR:
            raise Unfit(
                "starts_on", _("With this first day a milestone would lie before 1900 or after 2200.")
            )
    return rows
