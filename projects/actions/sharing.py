"""Sharing a project with another university of the portal, and taking it back."""

from __future__ import annotations

from typing import Any

import reversion
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from ground import clock
from ground.workflow import NotPossible
from members.models import Appointment, Role, University
from notifications import outbox
from projects.actions.door import keep_original, locked, one_revision, record
from projects.messages import SHARED, SUBJECT
from projects.models import Project, Sharing
from projects.workflow import Publication


def share_project(project: Project, *, university: University, by: Any) -> Project:
    """Let the project managers of `university` keep the project too; once is enough.

    Raises PermissionDenied or NotPossible (archived, or the university leads the project).
    """
    _demand(project, by)
    keep_original(project)
    with one_revision(by, gettext_noop("The project was shared.")):
        project = locked(project)
        _demand(project, by)
        if project.lead_id == university.pk:
            raise NotPossible(_("The lead university keeps the project anyway."))
        _made, new = project.sharings.get_or_create(
            university=university, defaults={"shared_at": clock.now()}
        )
        if new:
            reversion.add_to_revision(project)
            record("projects.share", project, by, university=str(university))
            _tell_managers(project, university, by)
    return project


def unshare_project(project: Project, *, university: University, by: Any) -> Project:
    """End the right of the other university's managers, from their next request on; what is not shared stays so.

    Raises PermissionDenied or NotPossible (archived).
    """
    _demand(project, by)
    with one_revision(by, gettext_noop("The sharing of the project was withdrawn.")):
        project = locked(project)
        _demand(project, by)
        number, _rows = project.sharings.filter(university=university).delete()
        if number:
            reversion.add_to_revision(project)
            record("projects.unshare", project, by, university=str(university))
    return project


def _tell_managers(project: Project, university: University, by: Any) -> None:
    """Tell the project managers of `university`, but not `by`, that the (locked) project is theirs to keep too."""
    held = Appointment.objects.in_force(clock.now()).holders(Role.PROJECT_MANAGER)
    people = {one.user_id: one.user for one in held.filter(university=university).select_related("user")}
    titles = {name: getattr(project, name) or "" for name in ("title_en", "title_lt")}
    lead = project.lead.organisation
    names = {"lead_en": lead.name, "lead_lt": lead.name_in("lt")}
    context = {"key": project.key, **titles, **names}
    for key in sorted(people.keys() - {by.pk}):
        subject = (SUBJECT, project.uuid, project.code)
        outbox.enqueue(SHARED, to=people[key], subject=subject, context=context)


def demand_right_to_move(project: Project, lead: University, by: Any) -> None:
    """Another university comes to lead the project only by somebody who keeps it for its lead and for the other, or
    by the office. Raises PermissionDenied.
    """
    if not (by.has_perm("projects.share_project", project) and by.has_perm("projects.create_project", lead)):
        raise PermissionDenied


def drop_sharing_with(project: Project, lead: University) -> None:
    """A university that comes to lead the (locked) project needs no sharing any more; within another verb."""
    Sharing.objects.filter(project=project, university=lead).delete()


def _demand(project: Project, by: Any) -> None:
    if not by.has_perm("projects.share_project", project):
        raise PermissionDenied
    if project.publication == Publication.ARCHIVED:
        raise NotPossible(_("An archived project is read-only. Open it again to change it."))
