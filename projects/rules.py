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
def works_at_lead(user: Any, project: Project | None) -> bool:
    return project is not None and project.lead_id in held_by(user).universities(*STAFF_ROLES)


@rules.predicate
def is_archived(user: Any, project: Project | None) -> bool:
    return project is not None and project.publication == Publication.ARCHIVED


rules.add_perm("projects.create_project", is_office | manages_projects_of)
rules.add_perm("projects.edit_project", (is_office | manages_lead) & ~is_archived)
rules.add_perm("projects.publish_project", is_office | manages_lead)
rules.add_perm("projects.read_inner_side", is_office | works_at_lead)


def creates_somewhere(user: Any) -> bool:
    """Whether `user` may create projects for any university at all."""
    held = held_by(user)
    return held.office or held.administrator or held.has(Role.PROJECT_MANAGER)


def leads_for(user: Any) -> QuerySet[University]:
    """The universities for which `user` may create projects (domain.md: managers for their own, the office for all)."""
    universities = University.objects.for_list()
    if is_office(user):
        return universities
    return universities.filter(pk__in=held_by(user).universities(Role.PROJECT_MANAGER))
