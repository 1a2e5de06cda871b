"""What happened to an application and what was said about it, in one line of time for both sides.

Notes of those who decide are no part of it: they are for them alone.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Event
from members.models import Role
from mobility import completing
from mobility.models import Application, ApplicationMessage, CompletionRequest
from mobility.workflow import APPLICATION, KIND


@dataclass(frozen=True)
class Happening:
    """One line: a step, what was asked to be completed with it, or words of one side to the other."""

    at: dt.datetime
    sentence: str
    by: str = ""
    note: str = ""
    wanted: list[completing.Asked] = field(default_factory=list)
    is_new: bool = False


@dataclass(frozen=True)
class Story:
    """Everything that was kept about one application, oldest first."""

    application: Application
    events: list[Event]
    messages: list[ApplicationMessage]
    requests: list[CompletionRequest]

    def told(self, *, to_applicant: bool) -> list[Happening]:
        """The line of time, for the applicant or for those who decide."""
        steps = self._steps(to_applicant)
        words = [self._message(one, to_applicant) for one in self.messages]
        return sorted([*steps, *words], key=lambda one: one.at)

    def new(self, *, to_applicant: bool) -> list[ApplicationMessage]:
        """What the other side wrote and this one has not read."""
        return [one for one in self.messages if one.read_at is None and one.from_applicant != to_applicant]

    def readings(self) -> list[Happening]:
        """Who opened the applicant's documents."""
        return [
            Happening(one.at, str(one.details.get("document", "")), one.actor_name)
            for one in self.events
            if one.verb == "mobility.read_document"
        ]

    def open_request(self) -> CompletionRequest | None:
        """What the applicant is asked to complete now."""
        return next((one for one in self.requests if one.answered_at is None), None)

    def _steps(self, to_applicant: bool) -> list[Happening]:
        sentences = {f"mobility.{t.name}": t.sentence for t in APPLICATION.transitions.values()}
        sentences["mobility.start"] = gettext_lazy("The application was started.")
        returned = [one.pk for one in self.events if one.verb == "mobility.return"]
        asked = dict(
            zip(reversed(returned), reversed(self.requests), strict=False)
        )  # each came with its request
        return [
            Happening(
                one.at, str(sentences[one.verb]), "" if to_applicant else one.actor_name,
                str(one.details.get("note", "")), self._wanted(asked.get(one.pk)),
            )
            for one in self.events
            if one.verb in sentences
        ]  # fmt: skip

    def _wanted(self, request: CompletionRequest | None) -> list[completing.Asked]:
        return completing.asked(self.application, request.fields) if request else []

    def _message(self, one: ApplicationMessage, to_applicant: bool) -> Happening:
        mine = one.from_applicant == to_applicant
        title = _("Message from you") if to_applicant and mine else _("Message from %(name)s")
        is_new = one.read_at is None and not mine
        who = writer(one, self.application)
        return Happening(one.sent_at, title % {"name": one.author_name}, who, one.text, is_new=is_new)


def writer(one: ApplicationMessage, application: Application) -> str:
    """In which role somebody wrote, with the university; empty for the applicant."""
    if one.from_applicant:
        return ""
    role = Role(one.author_role or Role.MOBILITY_COORDINATOR)
    return f"{role.label}, {application.call.university.name_shown}"


def lookups(application: Application, *, with_messages: bool = True) -> list[QuerySet[Any]]:
    """What a story is made of, to be read along with other things."""
    messages = ApplicationMessage.objects.filter(application=application)
    return [
        Event.objects.about(KIND, application.uuid),
        messages if with_messages else messages.none(),
        CompletionRequest.objects.filter(application=application).order_by("asked_at", "pk"),
    ]


def of(application: Application, rows: Iterable[list[Any]]) -> Story:
    """The story, out of the rows of its `lookups`."""
    events, messages, requests = rows
    return Story(application, events, messages, requests)
