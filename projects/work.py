"""What waits for the people of projects."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from ground import clock
from ground.templatetags.ground_tags import days_left, in_language, overdue
from ground.work import WorkItem
from members.appointments import held_by
from members.models import Role
from projects.models import Milestone, Project
from projects.models.project import ProjectQuerySet
from projects.workflow import ENDING_WITHIN_DAYS, Publication

# A milestone shows this long before it is due.
DUE_WITHIN_DAYS = 30


def waiting_for(user: Any) -> list[WorkItem]:
    """Projects that end, milestones that are due and drafts that wait: of the own university for its managers, of
    the projects that they head for people whose account is linked there. Two queries.
    """
    concerned = _concerning(user)
    if concerned is None:
        return []
    day = clock.today(dt.UTC)
    soon = day + dt.timedelta(days=ENDING_WITHIN_DAYS + 1)
    ending = Q(publication=Publication.PUBLISHED, starts_on__lte=soon, ends_on__range=(day - _DAY, soon))
    rows = concerned.filter(ending | Q(publication=Publication.DRAFT)).for_list()
    return [*_about_projects(rows), *_about_milestones(user, concerned, day)]


_DAY = dt.timedelta(days=1)


def _concerning(user: Any) -> ProjectQuerySet | None:
    """The projects of which `user` is told; None for who is not signed in."""
    if not getattr(user, "is_authenticated", False):
        return None
    own = Q(lead__in=held_by(user).universities(Role.PROJECT_MANAGER))
    headed = Project.objects.filter(team__user=user, team__part="head").values("pk")
    return Project.objects.visible_to(user).filter(own | Q(pk__in=headed))


def _about_projects(rows: QuerySet[Project]) -> list[WorkItem]:
    items = []
    for project in rows:
        today = clock.today(project.lead.zone)
        if project.publication == Publication.DRAFT:
            items.append(
                _item(
                    project, _("This project is a draft. Only its managers see it."), _("Check and publish")
                )
            )
        elif project.starts_on <= today and 0 <= project.days_left(today) <= ENDING_WITHIN_DAYS:
            reason = _("The funding period ends: %(days)s.") % {"days": days_left(project.ends_on, today)}
            items.append(_item(project, reason, _("Open the project"), due=project.ends_on))
    return items


def _item(project: Project, reason: str, button: str, **more: Any) -> WorkItem:
    return WorkItem(_title(project), reason, button, project.get_absolute_url(), kind="project", **more)


def _about_milestones(user: Any, concerned: QuerySet[Project], day: dt.date) -> list[WorkItem]:
    milestones = Milestone.objects.open().filter(
        project__in=concerned.exclude(publication=Publication.ARCHIVED),
        due_on__lte=day + (DUE_WITHIN_DAYS + 1) * _DAY,
    )
    titles = [f"project__{name}" for name in ("key", "code", "title_en", "title_lt", "lead")]
    rows = milestones.select_related("project__lead").only(
        "title_en", "title_lt", "due_on", "kind", "project__lead__zone", *titles
    )
    items = []
    kept = held_by(user).universities(Role.PROJECT_MANAGER)
    for milestone in rows.order_by(F("due_on"), "pk"):
        today = clock.today(milestone.project.lead.zone)
        if (milestone.due_on - today).days <= DUE_WITHIN_DAYS:
            items.append(_milestone(milestone, today, keeps=milestone.project.lead_id in kept))
    return items


def _milestone(milestone: Milestone, today: dt.date, *, keeps: bool) -> WorkItem:
    """`keeps`: whether the person may write down that it is done."""
    project = milestone.project
    late = overdue(milestone.due_on, today)
    words = {"project": _title(project), "when": late or days_left(milestone.due_on, today)}
    return WorkItem(
        in_language(milestone, "title")[0],
        _("%(project)s: %(when)s.") % words,
        _("Mark as done") if keeps else _("Open the milestones"),
        reverse("projects:edit" if keeps else "projects:detail", args=[project.key]) + "#milestones",
        due=milestone.due_on,
        late=bool(late),
        kind="milestone",
    )


def _title(project: Project) -> str:
    return in_language(project, "title")[0]
