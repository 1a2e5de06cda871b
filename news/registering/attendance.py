"""The organiser's list: who comes, who was there, what they answered; and a word to them afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from audit import trail
from ground import clock
from ground.templatetags.ground_tags import in_language, zone_words
from ground.workflow import NotPossible
from news.models import Event, FollowUp, Question, Registration
from news.registering import messages
from news.registering.telling import tell
from news.rules import require

State = Registration.State


def people_of(event: Event) -> Any:
    """Everybody who is in, waits or has cancelled, while their names are kept: in, waiting, then cancelled."""
    rows = event.registrations.kept().exclude(state=State.UNCONFIRMED)
    return rows.order_by("state", "number")


def seen(event: Event, *, by: Any) -> None:
    """Write down that `by` took the list away as a file: it names people. Raises PermissionDenied."""
    require(by, "news.see_registrations", event)
    trail.record("news.export_people", by=by, kind="news.event", subject=event.uuid, name=str(event))


@transaction.atomic
def mark(event: Event, *, by: Any, listed: Collection[uuid.UUID], present: Collection[uuid.UUID]) -> int:
    """Of those `listed`, those `present` were there and the others were not; how many were.

    Rows that came after the list was drawn keep what they say. Raises PermissionDenied, NotPossible (not begun).
    """
    require(by, "news.see_registrations", event)
    if event.first_day > clock.today(event.zone):
        raise NotPossible(_("The event has not begun yet."))
    rows = event.registrations.kept().filter(state=State.IN, uuid__in=list(listed))
    there = rows.filter(uuid__in=list(present))
    rows.exclude(uuid__in=list(present)).update(attended=False)
    number: int = there.update(attended=True)
    trail.record(
        "news.mark_present", by=by, kind="news.event", subject=event.uuid, name=str(event),
        details={"present": number},
    )  # fmt: skip
    return number


def header(questions: Iterable[Question], zone: str) -> list[str]:
    """The names of the columns of the list as a file; moments are those of the clocks of `zone`."""
    registered = _("Registered at (%(zone)s)") % {"zone": zone_words(zone)}
    fixed = [_("Number"), _("Name"), _("E-mail address"), _("State"), registered, _("Was there")]
    return [*fixed, *(in_language(one, "words")[0] for one in questions)]


def line(row: Registration, questions: Iterable[Question], zone: str) -> list[str]:
    """One person of the list as a file; the moment says how far its clock is from UTC."""
    told = answers_of(row, questions)
    moment = row.counted_at.astimezone(ZoneInfo(zone)).isoformat(timespec="minutes") if row.counted_at else ""
    there = _("yes") if row.attended else ""
    return [str(row.number or ""), row.name, row.email, str(row.get_state_display()), moment, there, *told]


def answers_of(row: Registration, questions: Iterable[Question]) -> list[str]:
    """What the person answered to each question, in words; "" where nothing."""
    return [str(row.answers.get(str(question.uuid), "")) for question in questions]


def audience_of(event: Event, audience: str) -> Any:
    """To whom a word after the event goes."""
    rows = event.registrations.kept().filter(state=State.IN).select_related("user")
    return rows.filter(attended=True) if audience == FollowUp.Audience.PRESENT else rows


@transaction.atomic
def follow_up(event: Event, *, by: Any, token: uuid.UUID, audience: str, **texts: str) -> FollowUp:
    """Write to those who were there, or who were registered, after the event. The same `token` twice is one message.

    `texts` are subject and text in both languages; who reads a language that is missing gets the other one.
    Raises PermissionDenied, NotPossible (not over yet, nobody to write to).
    """
    require(by, "news.see_registrations", event)
    Event.objects.select_for_update(of=("self",)).get(pk=event.pk)
    if made := FollowUp.objects.filter(uuid=token, event=event).first():
        return made
    now = clock.now()
    if event.ends_by > now:
        raise NotPossible(_("The event is not over yet."))
    rows = list(audience_of(event, audience))
    if not rows:
        raise NotPossible(_("There is nobody to write to."))
    made = FollowUp.objects.create(
        uuid=token, event=event, audience=audience, sent_at=now, sent_by=by, people=len(rows), **texts
    )
    words = _words(texts)
    for row in rows:
        row.event = event
        tell(messages.FOLLOW_UP, row, key=f"event_follow_up:{made.uuid}:{row.uuid}", **words)
    details = {"people": len(rows)}
    trail.record(
        "news.follow_up", by=by, kind="news.event", subject=event.uuid, name=str(event), details=details
    )
    return made


def _words(texts: dict[str, str]) -> dict[str, Any]:
    return {
        "heading": texts.get("subject_en") or texts.get("subject_lt") or "",
        "heading_lt": texts.get("subject_lt") or "",
        "words": texts.get("text_en") or texts.get("text_lt") or "",
        "words_lt": texts.get("text_lt") or "",
    }
