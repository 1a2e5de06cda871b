"""What editors are told of texts: that one waits for them, came back, was approved, or is out. Into the outbox, in the
transaction of the step."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ground import clock
from members.models import Appointment, Role
from news.models import Event, NewsItem
from news.workflow import Publication
from notifications import outbox
from notifications.kinds import MessageKind, register

WAITS = "news.text_waits"
RETURNED = "news.text_returned"
APPROVED = "news.text_approved"
PUBLISHED = "news.text_published"
Record = NewsItem | Event

_SAMPLE = {
    "slug": "open-day", "is_event": False, "title": "Open day of the innovation centre",
    "title_lt": "Inovacijų centro atvirų durų diena", "who": "Ieva Ieškotoja", "reason": "", "out_at": "",
    "zone": "Europe/Vilnius",
}  # fmt: skip
_WRITER = _("You get this message because you wrote this text.")


def kind_of(record: Record) -> str:
    """How the trail and messages name a text."""
    return "news.item" if isinstance(record, NewsItem) else "news.event"


def told(record: Any, step: str, *, by: Any, reason: str = "") -> None:
    """Tell whom a step through the workflow concerns, and settle what it answers."""
    settled(record, step)
    if step == "hand_in":
        for person in approvers(record):
            _tell(WAITS, record, person, by=by)
    if record.author is None:
        return
    if step in ("send_back", "take_back") and record.author != by:
        _tell(RETURNED, record, record.author, by=by, reason=reason)
    if step == "publish" and record.author != by:
        _tell(APPROVED, record, record.author, by=by, out_at=comes_out(record))
    if step == "publish":
        scheduled(record, by=by)


def settled(record: Record, step: str) -> None:
    """What earlier messages asked for is done, or no longer wanted."""
    outbox.settle(kind_of(record), record.uuid, kinds=[RETURNED] if step == "hand_in" else [WAITS])
    if step != "publish":
        outbox.cancel(kind_of(record), record.uuid, kind=PUBLISHED)


def scheduled(record: Any, *, by: Any) -> None:
    """Let the author hear at the moment at which the text comes out, once, however often that moment is moved."""
    outbox.cancel(kind_of(record), record.uuid, kind=PUBLISHED)
    moment = comes_out(record)
    if moment and record.author is not None:
        _tell(PUBLISHED, record, record.author, by=by, out_at=moment, not_before=moment)


def comes_out(record: Record) -> dt.datetime | None:
    """The moment to come at which an approved article is seen; None for any other text."""
    if not isinstance(record, NewsItem) or record.publication != Publication.PUBLISHED:
        return None
    return record.published_at if record.published_at and record.published_at > clock.now() else None


def approvers(record: Record) -> Any:
    """Who is told that a text waits: the other editors of its desk, the office where there are none."""
    held = Appointment.objects.in_force(clock.now())
    desk = held.filter(role=Role.EDITOR)
    desk = desk.filter(
        Q(university=record.university_id) if record.university_id else Q(university__isnull=True)
    )
    people = get_user_model().objects.filter(is_active=True).exclude(pk=record.author_id).order_by("pk")
    editors = people.filter(pk__in=desk.values("user"))
    if editors.exists():
        return editors
    return people.filter(pk__in=held.filter(role=Role.ALLIANCE_OFFICE).values("user"))


def _tell(
    kind: str, record: Any, person: Any, *, by: Any, reason: str = "", out_at: dt.datetime | None = None,
    not_before: dt.datetime | None = None,
) -> None:  # fmt: skip
    zone = record.university.zone if record.university else settings.TIME_ZONE
    context = {
        "slug": record.slug, "is_event": isinstance(record, Event), "who": by.get_full_name(), "reason": reason,
        "title": record.title_en or record.title_lt or record.slug, "title_lt": record.title_lt or "",
        "out_at": out_at or "", "zone": zone,
    }  # fmt: skip
    subject = (kind_of(record), record.uuid, str(context["title"]))
    outbox.enqueue(kind, to=person, subject=subject, context=context, not_before=not_before)


def _page(context: Mapping[str, Any]) -> str:
    return reverse("news:event" if context["is_event"] else "news:detail", args=[context["slug"]])


def register_kinds() -> None:
    """Called once at the start."""
    kinds = (
        (
            WAITS,
            _("Text that waits for your approval"),
            _("You get this message because you edit for this desk."),
            {},
        ),
        (RETURNED, _("Text that came back to you"), _WRITER, {"reason": "Say when the doors open."}),
        (APPROVED, _("Text that was approved"), _WRITER, {}),
        (PUBLISHED, _("Text that came out at its moment"), _WRITER, {"out_at": "2026-12-01T07:00:00Z"}),
    )
    for name, label, why, sample in kinds:
        register(MessageKind(name=name, label=label, why=why, sample=_SAMPLE | sample, link=_page))
