"""Changing the departments of a project by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import reversion
from django.utils.translation import gettext_noop

from projects.actions.door import demand_editing, keep_original, locked, one_revision, record
from projects.actions.following import tell_followers
from projects.models import Department, Project

CHANGED = gettext_noop("The departments were changed.")
PUT_BACK = gettext_noop("A change of the departments was undone.")


def change_departments(project: Project, *, units: Sequence[int], by: Any, comment: str = CHANGED) -> Project:
    """Make `units` (numbers of departments, in their order) the departments of the project, as one revision that the
    history tells as `comment`.

    Raises PermissionDenied or NotPossible (archived).
    """
    keep_original(project)
    with one_revision(by, comment):
        project = locked(project)
        demand_editing(project, by)
        project.version += 1
        project.save(update_fields=["version", "updated_at"])
        project.departments.exclude(unit__in=units).delete()
        there = {row.unit_id: row for row in project.departments.all()}
        for position, unit in enumerate(units, start=1):
            row = there.get(unit) or Department(project=project, unit_id=unit)
            row.position = position
            row.save()
        project.refresh_search()
        reversion.add_to_revision(project)
        tell_followers(project, by, "edit")
        record("projects.edit", project, by, departments=len(units))
    return project
