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
Roles = Mapping[str, Sequence[Any]]
# What people concerned are called, for the office's rules; a person may be several of them.
ROLES = {
    "head": _("Head of the project"),
    "managers": _("Project managers"),
    "followers": _("People who follow the project"),
}
NAMED = {"title": _("the title of the project")}


class EndOfPeriod(ReminderKind):
    """The last day of a project's implementation period.

    Told to the project managers of the lead university and of those with which it is shared, to the head where linked
    to an account, and to those who follow it (domain.md, "Reminders"). Drafts and archived projects remind nobody.
    """

    name = PERIOD_ENDS
    label = _("End of a funding period")
    message = PERIOD_ENDS
    offsets = (90, 30, 7)
    audiences, placeholders, overdue, subject = ROLES, NAMED, True, SUBJECT

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        rows = self._published().filter(ends_on__range=(first, last)).order_by("ends_on", "pk")
        return (self._dated(project) for project in rows.iterator(chunk_size=500))

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        return {project.uuid: self._dated(project) for project in self._published().filter(uuid__in=uuids)}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        return {uuid: each_once(roles) for uuid, roles in self.by_role(uuids).items()}

    def by_role(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Roles]:
        projects = Project.objects.filter(uuid__in=uuids)
        people = concerned_by_role(projects)
        return {uuid: people[pk] for uuid, pk in projects.values_list("uuid", "pk")}

    def _published(self) -> QuerySet[Project]:
        rows = Project.objects.filter(publication=Publication.PUBLISHED).select_related("lead")
        return rows.only("uuid", "key", "code", "title_en", "title_lt", "ends_on", "lead__zone")

    def _dated(self, project: Any) -> Dated:
        context = {"ends_on": project.ends_on, **_named(project)}
        return Dated(SUBJECT, project.uuid, project.code, project.ends_on, project.lead.zone, context)


class _MilestoneDue(ReminderKind):
    """A milestone of one kind, of a published project, that is due and not done; told to the same people.

    They are told once more a week after the date, while it is still open.
    """

    message = MILESTONE_DUE
    offsets: Sequence[int] = (30, 7, 1)
    after = (7,)
    audiences, overdue, subject = ROLES, True, SUBJECT
    placeholders = NAMED | {"milestone": _("what is due")}
    of: Milestone.Kind
    still: Sequence[Milestone.Kind] = ()  # told by other kinds now; what is in the ledger goes on to hold

    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        rows = self._open(self.of).filter(due_on__range=(first, last)).order_by("due_on", "pk")
        return (self._dated(milestone) for milestone in rows.iterator(chunk_size=500))

    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        rows = self._open(self.of, *self.still).filter(uuid__in=uuids)
        return {milestone.uuid: self._dated(milestone) for milestone in rows}

    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        return {uuid: each_once(roles) for uuid, roles in self.by_role(uuids).items()}

    def by_role(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Roles]:
        milestones = list(Milestone.objects.filter(uuid__in=uuids).values_list("uuid", "project"))
        people = concerned_by_role(Project.objects.filter(pk__in={project for _uuid, project in milestones}))
        return {uuid: people[project] for uuid, project in milestones}

    def belonging(self, owners: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        rows = self._open(self.of).filter(project__uuid__in=owners)
        return {milestone.uuid: self._dated(milestone) for milestone in rows}

    def _open(self, *kinds: Milestone.Kind) -> QuerySet[Milestone]:
        rows = Milestone.objects.open().filter(kind__in=kinds, project__publication=Publication.PUBLISHED)
        project = [
            f"project__{name}" for name in ("uuid", "key", "code", "title_en", "title_lt", "lead__zone")
        ]
        return rows.select_related("project__lead").only("uuid", "title_en", "title_lt", "due_on", *project)

    def _dated(self, milestone: Any) -> Dated:
        project = milestone.project
        titles = {"milestone_en": milestone.title_en or "", "milestone_lt": milestone.title_lt or ""}
        context = {"due_on": milestone.due_on, **titles, **_named(project)}
        return Dated(
            MILESTONE, milestone.uuid, project.code, milestone.due_on, project.lead.zone, context,
            belongs_to=(SUBJECT, project.uuid),
        )  # fmt: skip


class ReportDue(_MilestoneDue):
    """Its name is that of the time when it told of payments too."""

    name = MILESTONE_DUE
    label = _("Report that falls due")
    of = Milestone.Kind.REPORT
    still = (Milestone.Kind.PAYMENT,)


class PaymentDue(_MilestoneDue):
    name = "projects.payment_due"
    label = _("Payment that falls due")
    of = Milestone.Kind.PAYMENT


class DeliverableDue(_MilestoneDue):
    name = "projects.deliverable_due"
    label = _("Deliverable that falls due")
    of = Milestone.Kind.DELIVERABLE


class AuditDue(_MilestoneDue):
    name = "projects.audit_due"
    label = _("Audit that falls due")
    of = Milestone.Kind.AUDIT


class OtherMilestoneDue(_MilestoneDue):
    name = "projects.other_due"
    label = _("Other milestone that falls due")
    offsets = (7,)
    of = Milestone.Kind.OTHER


def each_once(roles: Roles) -> list[Any]:
    """The people of all roles, each once: managers first."""
    return list({person.pk: person for people in roles.values() for person in people}.values())


def concerned_by_role(projects: QuerySet[Project]) -> Mapping[int, Roles]:
    """The active people to be told of dates of each of `projects`, by its number and by role: managers of the lead
    and the sharing universities, the head where linked to an account, followers. Five queries, however many projects.
    """
    chosen = list(projects.values_list("pk", "lead"))
    keys = [pk for pk, _lead in chosen]
    keepers: dict[int, list[int]] = {pk: [lead] for pk, lead in chosen}
    for pk, university in Sharing.objects.filter(project__in=keys).values_list("project", "university"):
        keepers[pk].append(university)
    managers = _managers({university for places in keepers.values() for university in places})
    heads = TeamMember.objects.filter(part=TeamMember.Part.HEAD, user__is_active=True, project__in=keys)
    followers = Follower.objects.filter(user__is_active=True, project__in=keys).order_by("pk")
    heading, following = _by_project(heads), _by_project(followers)
    return {
        pk: {
            "managers": [person for place in places for person in managers[place]],
            "head": heading[pk],
            "followers": following[pk],
        }
        for pk, places in keepers.items()
    }


def _by_project(rows: Any) -> People:
    people: People = defaultdict(list)
    for row in rows.select_related("user"):
        people[row.project_id].append(row.user)
    return people


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
    for kind in (EndOfPeriod(), ReportDue(), PaymentDue(), DeliverableDue(), AuditDue(), OtherMilestoneDue()):
        register(kind)
