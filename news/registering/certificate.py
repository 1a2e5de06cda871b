"""The certificate of attendance as a paper, for those whom the organiser marked as present."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from ground.papers import writing
from ground.papers.writing import Inline, facts, heading, paragraph
from ground.templatetags.ground_tags import day, in_language, moment
from news.models import Registration


def paper(registration: Registration, made_on: dt.date) -> dict[str, Any]:
    """The certificate in the language in use, for `typeset`; `registration` is of somebody who was there."""
    event = registration.event
    title = in_language(event, "title")[0]
    host = event.university.name if event.university else settings.BRAND["alliance"]
    organiser = event.organiser.name if event.organiser else host
    rows: list[tuple[str, list[list[Inline]]]] = [
        (_("Name"), [[{"b": [registration.name]}]]),
        (_("Event"), [[title]]),
        (_("When"), [[_when(event)]]),
        (_("Place"), [[in_language(event, "place")[0]]] if event.place else []),
        (_("Organiser"), [[organiser]]),
    ]
    blocks = [
        heading(_("Certificate of attendance"), 1),
        paragraph(_("The organiser confirms that the person named here took part in the event.")),
        facts(rows),
        paragraph(_("It was made by the portal from the organiser's list and holds without a signature.")),
    ]
    return writing.paper(
        title=_("Certificate of attendance"), running=title, path=event.get_absolute_url(), made_on=made_on,
        blocks=blocks, author=organiser,
    )  # fmt: skip


def _when(event: Any) -> str:
    first, last = day(event.first_day), day(event.last_day)
    if event.first_day != event.last_day:
        return f"{first} – {last}"
    return moment(event.starts_at, event.zone) if event.hour_known else first
