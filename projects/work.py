"""What waits for the people of projects."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ground import clock
from ground.templatetags.ground_tags import days_left, in_language, overdue
from ground.templatetags.ground_tags import number as in_figures
from ground.work import NOTHING, Asked, WorkItem, read
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
    manages and of projects in whose team the account is; forms not saved and imports not confirmed. One query.
    """
    return read(asked(user))


def asked(user: Any) -> Asked:
    """What is read for it."""
    concerned = _concerning(user)
    if concerned is None:
        return NOTHING
    day = clock.today(dt.UTC)
    soon = day + dt.timedelta(days=ENDING_WITHIN_DAYS + 1)
    ending = Q(publication=Publication.PUBLISHED, starts_on__lte=soon, ends_on__range=(day - _DAY, soon))
    imported = _imported(concerned)
    draft = Q(publication=Publication.DRAFT) & ~Q(created_at__in=imported.values("created_at"))
    rows = concerned.filter(ending | draft).for_list()
    rows = rows.order_by("-publication", "ends_on", "pk")[: 2 * SHOWN]  # published ones before drafts
    together = imported.values_list("created_at", "number")[:SHOWN]
    return Asked([rows, together, _milestones(user, concerned, day), _forms(user), _imports(user)], _items)


def _items(
    rows: list[Project],
    imported: list[Any],
    milestones: list[Any],
    forms: list[FormDraft],
    imports: list[Import],
) -> list[WorkItem]:
    return [
        *_about_projects(rows),
        *(_drafts(moment, number) for moment, number in imported),
        *_about_milestones(milestones),
        *(_draft_item(draft) for draft in forms),
        *_about_imports(imports),
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


def _imported(concerned: ProjectQuerySet) -> QuerySet[Any, Any]:
    """How many drafts of one import there are, by the moment at which it made them; one alone stands for itself."""
    moment = {"begun_at__lte": OuterRef("created_at"), "ended_at__gte": OuterRef("created_at")}
    drafts = concerned.filter(Exists(Import.objects.filter(**moment)), publication=Publication.DRAFT)
    found = drafts.order_by().values("created_at").annotate(number=Count("pk", distinct=True))
    return found.filter(number__gt=1).order_by("-created_at")


def _drafts(moment: dt.datetime, number: int) -> WorkItem:
    """One thing for all drafts of an import: they are looked at and published together."""
    words = ngettext("%(number)s imported draft", "%(number)s imported drafts", number)
    return WorkItem(
        words % {"number": in_figures(number)},
        _("They came in one import. Only their managers see them."),
        _("Check and publish"),
        f"{reverse('projects:bulk')}?{urlencode({'made': moment.isoformat()})}",
        kind="project",
    )


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


def _milestones(user: Any, concerned: QuerySet[Project], day: dt.date) -> QuerySet[Milestone]:
    milestones = Milestone.objects.open().filter(
        project__in=concerned.exclude(publication=Publication.ARCHIVED),
        due_on__lte=day + (DUE_WITHIN_DAYS + 1) * _DAY,
    )
    kept = Q(project__in=Project.objects.filter(_kept(user)).values("pk"))
    titles = [f"project__{name}" for name in ("key", "code", "title_en", "title_lt", "lead")]
    rows = milestones.select_related("project__lead").only(
        "uuid", "title_en", "title_lt", "due_on", "kind", "project__lead__zone", *titles
    )
    rows = rows.annotate(keeps=ExpressionWrapper(kept, output_field=BooleanField()))
    return rows.order_by(F("due_on"), "pk")[:SHOWN]


def _about_milestones(rows: Iterable[Any]) -> list[WorkItem]:
    items = []
    for milestone in rows:
        today = clock.today(milestone.project.lead.zone)
        if (milestone.due_on - today).days <= DUE_WITHIN_DAYS:
            items.append(_milestone(milestone, today, keeps=milestone.keeps))
    return items


def _milestone(milestone: Milestone, today: dt.date, *, keeps: bool) -> WorkItem:
    """`keeps`: whether the person may write down that it is done."""
    project = milestone.project
    late = overdue(milestone.due_on, today)
    words = {"project": _title(project), "when": late or days_left(milestone.due_on, today)}
    done = reverse("projects:milestone_done", args=[project.key, milestone.uuid])
    return WorkItem(
        in_language(milestone, "title")[0],
        _("%(project)s: %(when)s.") % words,
        _("Mark as done") if keeps else _("Open the milestones"),
        f"{done}?from=work" if keeps else f"{project.get_absolute_url()}#milestones",
        due=milestone.due_on,
        late=bool(late),
        kind="milestone",
    )


def _forms(user: Any) -> QuerySet[FormDraft]:
    """What the person typed into the form of a project and did not save."""
    managed = Project.objects.managed_by(user)
    drafts = FormDraft.objects.visible_to(user).filter(Q(project=None) | Q(project__in=managed))
    fields = [f"project__{name}" for name in ("key", "code", "title_en", "title_lt", "publication")]
    return drafts.select_related("project").only("saved_at", *fields)[:SHOWN]


def _draft_item(draft: FormDraft) -> WorkItem:
    project = draft.project
    page = _form_of(project) + "?draft=continue"
    if project and project.publication == Publication.ARCHIVED:
        reason = _("You typed something into its form, and it was archived before you saved.")
        return WorkItem(_title(project), reason, _("Show what you typed"), page, kind="form")
    reason = _("You typed something into its form and have not saved it yet.")
    return WorkItem(
        _title(project) if project else _("New project"), reason, _("Continue editing"), page, kind="form"
    )


def _form_of(project: Project | None) -> str:
    return reverse("projects:edit", args=[project.key]) if project else reverse("projects:create")


def _imports(user: Any) -> QuerySet[Import]:
    """Files that are read and checked, and of which nothing is taken over until the person says so."""
    checked = Import.objects.visible_to(user).filter(status=Import.Status.CHECKED)
    return checked.only("uuid", "name")[:SHOWN]


def _about_imports(checked: list[Import]) -> list[WorkItem]:
    reason = _("The file is checked. Nothing is taken over until you confirm it.")
    return [
        WorkItem(
            _("Import: %(name)s") % {"name": one.name},
            reason,
            _("Check and confirm"),
            reverse("projects:import_page", args=[one.uuid]),
            kind="import",
        )
        for one in checked
    ]


def _title(project: Project) -> str:
    return in_language(project, "title")[0]
