"""What every verb on a project begins and ends with: lock, right, one revision, an entry in the trail."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import reversion
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from reversion.models import Version

from audit import trail
from ground.workflow import NotPossible
from projects.models import Project
from projects.workflow import Publication


class Stale(Exception):
    """Somebody saved meanwhile; `project` is as it stands now."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self.project = project


def demand_editing(project: Project, by: Any) -> None:
    if by.has_perm("projects.edit_project", project):
        return
    if project.publication == Publication.ARCHIVED and by.has_perm("projects.publish_project", project):
        raise NotPossible(_("An archived project is read-only. Open it again to change it."))
    raise PermissionDenied


def locked(project: Project) -> Project:
    rows = Project.objects.select_related("lead__organisation").select_for_update(of=("self",))
    return rows.get(pk=project.pk)


@contextmanager
def one_revision(by: Any, comment: str) -> Iterator[None]:
    """All or nothing, and one revision with who and why."""
    with transaction.atomic(), reversion.create_revision():
        reversion.set_user(by)
        reversion.set_comment(comment)
        yield


def keep_original(project: Project) -> None:
    """What was loaded or imported has no history: before its first edit here it becomes its first revision."""
    if Version.objects.get_for_object(project).exists():
        return
    with transaction.atomic(), reversion.create_revision():
        reversion.set_comment(gettext_noop("As it was before the first edit here."))
        stored = Project.objects.get(pk=project.pk)  # a form may have filled the one at hand
        reversion.add_to_revision(stored)


def record(verb: str, project: Project, by: Any, **details: Any) -> None:
    trail.record(
        verb, by=by, kind="projects.project", subject=project.uuid, name=str(project),
        details={"publication": project.publication, "version": project.version, **details},
    )  # fmt: skip
