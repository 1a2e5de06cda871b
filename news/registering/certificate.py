"""The certificate of attendance as a paper, for those whom the organiser marked as present."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audit import trail
from ground import clock, text
from ground.papers import typeset, writing
from ground.papers.writing import Inline, facts, heading, paragraph
from ground.pipe import Pipe
from ground.templatetags.ground_tags import day, in_language, moment
from news.models import Event, Registration
from news.rules import require

PART = (
    100  # certificates of one archive: it is made while it is sent, within the time that a request may take
)


def of_event(event: Event) -> Any:
    """Whoever gets a certificate, in the order in which they registered."""
    rows = event.registrations.kept().filter(state=Registration.State.IN, attended=True)
    return rows.select_related("event__university__organisation", "event__organiser").order_by("number")


@dataclass(frozen=True)
class Part:
    """One archive of an event with many people: which it is, and the places of those in it."""

    number: int
    first: int
    last: int


def parts(count: int) -> list[Part]:
    """The archives in which `count` certificates come."""
    starts = range(0, count, PART)
    return [Part(place, start + 1, min(start + PART, count)) for place, start in enumerate(starts, 1)]


def taken(event: Event, *, by: Any, part: Part) -> Iterator[bytes]:
    """The certificates of one part as a ZIP archive, piece by piece, each in the language of its person; who took them
    is written down. Raises PermissionDenied."""
    require(by, "news.see_registrations", event)
    details = {"first": part.first, "last": part.last}
    trail.record(
        "news.export_certificates", by=by, kind="news.event", subject=event.uuid, name=str(event), details=details
    )  # fmt: skip
    rows = list(of_event(event)[part.first - 1 : part.last])
    return _archive(rows, clock.today(event.zone))


def _archive(rows: list[Registration], made_on: dt.date) -> Iterator[bytes]:
    pipe = Pipe()
    # Nothing is packed any smaller: papers are packed already.
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:  # type: ignore[call-overload]
        for row in rows:
            with translation.override(row.language):
                content = typeset(paper(row, made_on), made_on=made_on)
            archive.writestr(
                zipfile.ZipInfo(name_of(row), (made_on.year, made_on.month, made_on.day, 0, 0, 0)), content
            )
            yield pipe.taken()
    yield pipe.taken()


def name_of(registration: Registration) -> str:
    """The name of the file in the archive: plain signs that every system takes."""
    name = slugify(text.fold(registration.name))[:80] or "-"
    return f"{registration.number:04d}-{name}.pdf"


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
