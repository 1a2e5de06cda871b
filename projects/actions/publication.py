"""Publishing, withdrawing, archiving and opening again."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import translation

from projects.actions.door import locked, one_revision, record
from projects.actions.following import tell_followers
from projects.models import Project
from projects.workflow import PUBLICATION


def change_publication(project: Project, *, step: str, by: Any) -> Project:
    """Take a step of the table of publication (publish, withdraw, archive, reopen).

    Raises NotPossible or PermissionDenied.
    """
    transition = PUBLICATION.transitions.get(step)
    with translation.override("en"):  # stored in one language, read in each
        sentence = str(transition.sentence) if transition else ""
    with one_revision(by, sentence):
        return _advance(locked(project), step, by=by)


def _advance(project: Project, step: str, *, by: Any) -> Project:
    """The one place where the publication of a (locked) project changes."""
    transition = PUBLICATION.transitions.get(step)
    if transition is not None and not by.has_perm(transition.permission, project):
        raise PermissionDenied
    transition = PUBLICATION.find(step, source=project.publication)
    project.publication = transition.target
    project.save(update_fields=["publication", "updated_at"])
    record(f"projects.{step}", project, by)
    tell_followers(project, by, step)
    return project
