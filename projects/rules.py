"""Who may do what with projects, in sentences."""

from __future__ import annotations

from typing import Any

import rules
from django.db.models import QuerySet

from members.appointments import held_by
from members.models import Role, University
from projects.models import Project
from projects.models.project import STAFF_ROLES
from projects.workflow import Publication


@rules.predicate
def is_office(user: Any) -> bool:
    held = held_by(user)
    return held.office or held.administrator


@rules.predicate
def manages_projects_of(user: Any, university: University | None) -> bool:
    return university is not None and held_by(user).has(Role.PROJECT_MANAGER, university.pk)


@rules.predicate
def manages_lead(user: Any, project: Project | None) -> bool:
    return project is not None and held_by(user).has(Role.PROJECT_MANAGER, project.lead_id)


@rules.predicate
def keeps(user: Any, project: Project | None) -> bool:
    """Manages projects at the lead university, or at one with which the project is shared (domain.md)."""
    return _is_of(project, held_by(user).universities(Role.PROJECT_MANAGER))


@rules.predicate
def works_at_keeper(user: Any, project: Project | None) -> bool:
    return _is_of(project, held_by(user).universities(*STAFF_ROLES))


def _is_of(project: Project | None, universities: set[int]) -> bool:
    if project is None or not universities:
        return False
    return project.lead_id in universities or bool(universities & project.sharing_universities())


@rules.predicate
def creates_anywhere(user: Any) -> bool:
    return creates_somewhere(user)


@rules.predicate
def is_archived(user: Any, project: Project | None) -> bool:
    return project is not None and project.publication == Publication.ARCHIVED


rules.add_perm("projects.create_project", is_office | manages_projects_of)
rules.add_perm("projects.edit_project", (is_office | keeps) & ~is_archived)
rules.add_perm("projects.publish_project", is_office | manages_lead)
rules.add_perm("projects.share_project", is_office | manages_lead)
rules.add_perm("projects.read_inner_side", is_office | works_at_keeper)
rules.add_perm("projects.import_projects", creates_anywhere)


def follows_dates(user: Any) -> bool:
    """Whether `user` works with projects anywhere: staff of any university, or the office."""
    held = held_by(user)
    return held.office or held.administrator or bool(held.universities(*STAFF_ROLES))


def creates_somewhere(user: Any) -> bool:
    """Whether `user` may create projects for any university at all."""
    held = held_by(user)
    return held.office or held.administrator or held.has(Role.PROJECT_MANAGER)


def leads_for(user: Any, project: Project | None = None) -> QuerySet[University]:
    """The universities for which `user` may create projects (domain.md: managers for their own, the office for all).

    With a `project`: those that may lead it after an edit by `user`. Who keeps it only because it is shared leaves
    the lead as it is.
    """
    universities = University.objects.for_list()
    if is_office(user):
        return universities
    own = held_by(user).universities(Role.PROJECT_MANAGER)
    if project is None:
        return universities.filter(pk__in=own)
    return universities.filter(
        pk__in={project.lead_id, *own} if manages_lead(user, project) else {project.lead_id}
    )
