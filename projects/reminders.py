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
from projects.messages import PERIOD_ENDS
from projects.models import Project, TeamMember
from projects.workflow import Publication


class EndOfPeriod(ReminderKind):
    """The last day of a project's implementation period.

    Told to the project managers of the lead university, and to the head where linked to an account (domain.md,
    "Reminders"). Drafts and archived projects remind nobody.
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
        leads = dict(Project.objects.filter(uuid__in=uuids).values_list("uuid", "lead"))
        managers: dict[int, list[Any]] = defaultdict(list)
        held = Appointment.objects.in_force(clock.now()).holders(Role.PROJECT_MANAGER)
        for appointment in (
            held.filter(university__in=set(leads.values())).select_related("user").order_by("user")
        ):
            managers[appointment.university_id or 0].append(appointment.user)
        heads = TeamMember.objects.filter(
            part=TeamMember.Part.HEAD, user__is_active=True, project__uuid__in=uuids
        )
        head_of = {head.project.uuid: head.user for head in heads.select_related("user", "project")}
        return {
            uuid: list(
                {person.pk: person for person in [*managers[lead], head_of.get(uuid)] if person}.values()
            )
            for uuid, lead in leads.items()
        }

    def _published(self) -> QuerySet[Project]:
        rows = Project.objects.filter(publication=Publication.PUBLISHED).select_related("lead")
        return rows.only("uuid", "key", "code", "title_en", "title_lt", "ends_on", "lead__zone")

    def _dated(self, project: Any) -> Dated:
        titles = {"title_en": project.title_en or "", "title_lt": project.title_lt or ""}
        context = {"key": project.key, "ends_on": project.ends_on, "zone": project.lead.zone, **titles}
        return Dated(
            "projects.project", project.uuid, project.code, project.ends_on, project.lead.zone, context
        )


def register_kinds() -> None:
    """Called once at the start."""
    register(EndOfPeriod())
