"""One application as it was submitted, for those who decide and for those who follow the process; read in one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from mobility import answers, gathered, story
from mobility.models import Application, ApplicationMessage, Place
from mobility.review import selection
from mobility.review.forms import MessageForm
from mobility.rules import may
from mobility.story import Happening, Story


@dataclass(frozen=True)
class Sheet:
    """What the page shows. `selection` and messages are for those who decide; `is_whole`: the reader reads all."""

    application: Application
    is_whole: bool
    story: Story
    wished: list[Place]
    selection: selection.Selection | None
    new: list[ApplicationMessage]  # of the applicant, not read yet
    last: ApplicationMessage | None
    timeline: list[Happening]
    message: MessageForm | None

    def sections(self) -> list[answers.Section]:
        """The answers, without the personal parts where the reader follows the process only."""
        kept = self.application.snapshot or {}
        return answers.sections(kept if self.is_whole else answers.without_personal(kept))


def of(found: Application, user: Any, message: MessageForm | None = None) -> Sheet:
    """The page of `found` for `user`; `message` is what was typed and not sent."""
    decides = may("mobility.decide_application", user, found)
    writes = may("mobility.write_message", user, found)
    lookups = selection.lookups(found) if decides else []
    rows = gathered.submitted_with(
        found, _places(found), *story.lookups(found, with_messages=writes), *lookups
    )
    told = story.of(found, rows[1:4])
    new = told.new(to_applicant=False) if writes else []
    last = told.messages[-1] if told.messages else None
    return Sheet(
        application=found,
        is_whole=may("mobility.read_personal_parts", user, found),
        story=told,
        wished=_ranked(found, rows[0]),
        selection=selection.of(found, rows[4:]) if decides else None,
        new=new,
        last=last,
        timeline=told.told(to_applicant=False),
        message=(message or MessageForm(initial={"seen": last.uuid if last else None})) if writes else None,
    )


def wished(found: Application) -> list[Place]:
    """The places that were wished for, best first."""
    return _ranked(found, _places(found))


def _places(found: Application) -> QuerySet[Place]:
    return Place.objects.for_table().filter(call=found.call_id, uuid__in=list(_ranks(found)))


def _ranks(found: Application) -> dict[str, int]:
    kept = (found.snapshot or {}).get("wishes", [])
    return {str(wish["place"]): wish["rank"] for wish in kept if "place" in wish}


def _ranked(found: Application, places: Iterable[Place]) -> list[Place]:
    ranks = _ranks(found)
    return sorted(places, key=lambda place: ranks[str(place.uuid)])
