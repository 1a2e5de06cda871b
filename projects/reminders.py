"""Dates of projects that people are reminded of."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ground import clock
from members.models import Appointment, Role
from notifications.reminders import Dated, ReminderKind, register
from projects.messages import MILESTONE, MILESTONE_DUE, PERIOD_ENDS, SUBJECT
from projects.models import Follower, Milestone, Project, Sharing, TeamMember
from projects.workflow import Publication

People = dict[int, list[Any]]


class EndOfPeriod(ReminderKind):
    """The last day of a project's implementation period.

    Told to the project managers of the lead university and of those with which it is shared, to the head where linked
    to an account, and to those who follow it (domain.md, "Reminders"). Drafts and archived projects remind nobody.
    """

    name = PERIOD_ENDS
    label = _("End of a funding period")
    message = PERIOD_ENDS
    offsets = (90, 30, 7)

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        rows = self._published().filter(ends_on__range=(first, last)).order_by("ends_on", "pk")
        return (self._dated(project) for project in rows.iterator(chunk_size=500))

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {project.uuid: self._dated(project) for project in self._published().filter(uuid__in=uuids)}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        projects = Project.objects.filter(uuid__in=uuids)
        people = concerned(projects)
        return {uuid: people[pk] for uuid, pk in projects.values_list("uuid", "pk")}

    def _published(self) -> QuerySet[Project]:
        rows = Project.objects.filter(publication=Publication.PUBLISHED).select_related("lead")
        return rows.only("uuid", "key", "code", "title_en", "title_lt", "ends_on", "lead__zone")

    def _dated(self, project: Any) -> Dated:
        context = {"ends_on": project.ends_on, **_named(project)}
        return Dated(SUBJECT, project.uuid, project.code, project.ends_on, project.lead.zone, context)


class MilestoneDue(ReminderKind):
    """A report or a payment of a published project that is due and not done; told to the same people."""

    name = MILESTONE_DUE
    label = _("Report or payment that falls due")
    message = MILESTONE_DUE
    offsets = (30, 7, 1)

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        rows = self._open().filter(due_on__range=(first, last)).order_by("due_on", "pk")
        return (self._dated(milestone) for milestone in rows.iterator(chunk_size=500))

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {milestone.uuid: self._dated(milestone) for milestone in self._open().filter(uuid__in=uuids)}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        milestones = Milestone.objects.filter(uuid__in=uuids)
        people = concerned(Project.objects.filter(pk__in=milestones.values("project")))
        return {uuid: people[project] for uuid, project in milestones.values_list("uuid", "project")}

    def _open(self) -> QuerySet[Milestone]:
        told = [Milestone.Kind.REPORT, Milestone.Kind.PAYMENT]
        rows = Milestone.objects.open().filter(kind__in=told, project__publication=Publication.PUBLISHED)
        project = [f"project__{name}" for name in ("key", "code", "title_en", "title_lt", "lead__zone")]
        return rows.select_related("project__lead").only("uuid", "title_en", "title_lt", "due_on", *project)

    def _dated(self, milestone: Any) -> Dated:
        project = milestone.project
        titles = {"milestone_en": milestone.title_en or "", "milestone_lt": milestone.title_lt or ""}
        context = {"due_on": milestone.due_on, **titles, **_named(project)}
        return Dated(MILESTONE, milestone.uuid, project.code, milestone.due_on, project.lead.zone, context)


def concerned(projects: QuerySet[Project]) -> Mapping[int, Sequence[Any]]:
    """The active people to be told of dates of each of `projects`, by its number: managers of the lead and the sharing
    universities, the head where linked to an account, followers; each once. Five queries, however many projects.
    """
    chosen = list(projects.values_list("pk", "lead"))
    keys = [pk for pk, _lead in chosen]
    keepers: dict[int, list[int]] = {pk: [lead] for pk, lead in chosen}
    for pk, university in Sharing.objects.filter(project__in=keys).values_list("project", "university"):
        keepers[pk].append(university)
    managers = _managers({university for places in keepers.values() for university in places})
    heads = TeamMember.objects.filter(part=TeamMember.Part.HEAD, user__is_active=True, project__in=keys)
    followers = Follower.objects.filter(user__is_active=True, project__in=keys).order_by("pk")
    others: People = defaultdict(list)
    for row in [*heads.select_related("user"), *followers.select_related("user")]:
        others[row.project_id].append(row.user)
    people = {
        pk: [*(person for place in places for person in managers[place]), *others[pk]]
        for pk, places in keepers.items()
    }
    return {pk: list({person.pk: person for person in told}.values()) for pk, told in people.items()}


def _managers(universities: Collection[int]) -> People:
    managers: People = defaultdict(list)
    held = Appointment.objects.in_force(clock.now()).holders(Role.PROJECT_MANAGER)
    for appointment in held.filter(university__in=universities).select_related("user").order_by("user"):
        managers[appointment.university_id or 0].append(appointment.user)
    return managers


def _named(project: Any) -> dict[str, str]:
    """What every message about a date of the project says of it."""
    titles = {"title_en": project.title_en or "", "title_lt": project.title_lt or ""}
    return {"key": project.key, "zone": project.lead.zone, **titles}


def register_kinds() -> None:
    """Called once at the start."""
    register(EndOfPeriod())
    register(MilestoneDue())
