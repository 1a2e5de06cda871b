"""What waits for the people of projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from ground import clock
from ground.templatetags.ground_tags import days_left, in_language, overdue
from ground.work import WorkItem
from members.appointments import held_by
from members.models import Role
from projects.models import FormDraft, Import, Milestone, Project
from projects.models.project import ProjectQuerySet, kept_by
from projects.workflow import ENDING_WITHIN_DAYS, Publication

# A milestone shows this long before it is due.
DUE_WITHIN_DAYS = 30
# So many things of one kind stand here; an import of thousands of drafts leaves the list readable.
SHOWN = 50


def waiting_for(user: Any) -> list[WorkItem]:
    """Projects that end, milestones that are due and drafts that wait, of the universities whose projects the person
    manages and of projects in whose team the account is; forms not saved and imports not confirmed. Four queries.
    """
    concerned = _concerning(user)
    if concerned is None:
        return []
    day = clock.today(dt.UTC)
    soon = day + dt.timedelta(days=ENDING_WITHIN_DAYS + 1)
    ending = Q(publication=Publication.PUBLISHED, starts_on__lte=soon, ends_on__range=(day - _DAY, soon))
    rows = concerned.filter(ending | Q(publication=Publication.DRAFT)).for_list()
    rows = rows.order_by("-publication", "ends_on", "pk")[: 2 * SHOWN]  # published ones before drafts
    return [
        *_about_projects(rows),
        *_about_milestones(user, concerned, day),
        *_about_forms(user),
        *_about_imports(user),
    ]


_DAY = dt.timedelta(days=1)


def _concerning(user: Any) -> ProjectQuerySet | None:
    """The projects of which `user` is told; None for who is not signed in."""
    if not getattr(user, "is_authenticated", False):
        return None
    teams = Project.objects.filter(team__user=user).values("pk")
    return Project.objects.visible_to(user).filter(_kept(user) | Q(pk__in=teams))


def _kept(user: Any) -> Q:
    return kept_by(held_by(user).universities(Role.PROJECT_MANAGER))


def _about_projects(rows: Iterable[Project]) -> list[WorkItem]:
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
    kept = Q(project__in=Project.objects.filter(_kept(user)).values("pk"))
    titles = [f"project__{name}" for name in ("key", "code", "title_en", "title_lt", "lead")]
    rows = milestones.select_related("project__lead").only(
        "title_en", "title_lt", "due_on", "kind", "project__lead__zone", *titles
    )
    items = []
    rows = rows.annotate(keeps=ExpressionWrapper(kept, output_field=BooleanField()))
    for milestone in rows.order_by(F("due_on"), "pk")[:SHOWN]:
        today = clock.today(milestone.project.lead.zone)
        if (milestone.due_on - today).days <= DUE_WITHIN_DAYS:
            items.append(_milestone(milestone, today, keeps=milestone.keeps))
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


def _about_forms(user: Any) -> list[WorkItem]:
    """What the person typed into the form of a project and did not save."""
    editable = Project.objects.managed_by(user).exclude(publication=Publication.ARCHIVED)
    drafts = FormDraft.objects.visible_to(user).filter(Q(project=None) | Q(project__in=editable))
    fields = [f"project__{name}" for name in ("key", "code", "title_en", "title_lt")]
    reason = _("You typed something into its form and have not saved it yet.")
    return [
        WorkItem(
            _title(draft.project) if draft.project else _("New project"),
            reason,
            _("Continue editing"),
            reverse("projects:edit", args=[draft.project.key])
            if draft.project
            else reverse("projects:create"),
            kind="form",
        )
        for draft in drafts.select_related("project").only("saved_at", *fields)[:SHOWN]
    ]


def _about_imports(user: Any) -> list[WorkItem]:
    """Files that are read and checked, and of which nothing is taken over until the person says so."""
    checked = Import.objects.visible_to(user).filter(status=Import.Status.CHECKED).only("uuid", "name")
    reason = _("The file is checked. Nothing is taken over until you confirm it.")
    return [
        WorkItem(
            _("Import: %(name)s") % {"name": one.name},
            reason,
            _("Check and confirm"),
            reverse("projects:import_page", args=[one.uuid]),
            kind="import",
        )
        for one in checked[:SHOWN]
    ]


def _title(project: Project) -> str:
    return in_language(project, "title")[0]
