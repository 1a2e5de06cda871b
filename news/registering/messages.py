"""What events say to the people who registered."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from ground import clock
from news.registering.links import path_of
from notifications.kinds import MessageKind, register

SUBJECT = "news.registration"
CONFIRM = "news.confirm_address"
KNOWN = "news.already_registered"
REGISTERED = "news.registered"
WAITING = "news.on_waiting_list"
PROMOTED = "news.place_freed"
LEFT = "news.registration_cancelled"
EVENT_CANCELLED = "news.event_cancelled"
MOVED = "news.event_moved"
REMINDER = "news.event_reminder"
FOLLOW_UP = "news.event_follow_up"

_WHY = _("You get this message because you registered for this event.")
_SAMPLE = {
    "slug": "open-day", "zone": "Europe/Vilnius", "hour": True, "begins_at": "2026-12-17T13:00:00Z",
    "first_on": "2026-12-17", "title": "Open day of the innovation centre",
    "title_lt": "Inovacijų centro atvirų durų diena", "place": "Kaunas", "place_lt": "Kaunas", "link": "",
    "registration": "5d7e8a52-0a5e-4e6a-8b1e-4f5f3f1f4f10",
}  # fmt: skip


def _page(context: Mapping[str, Any]) -> str:
    return path_of(context["registration"])


def _with_days(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    """The days from the day of the message to the first day of the event, both where it takes place."""
    return fields | {"left": (fields["first_on"] - clock.date_in(moment, fields["zone"])).days}


def _kind(name: str, label: Any, *, why: Any = _WHY, in_portal: bool = True, **more: Any) -> MessageKind:
    sample = _SAMPLE | more.pop("sample", {})
    return MessageKind(
        name=name, label=label, why=why, sample=sample, link=_page, transactional=True, in_portal=in_portal, **more
    )  # fmt: skip


_KINDS = (
    _kind(
        CONFIRM, _("Address to confirm for an event"), in_portal=False,
        why=_("You get this message because somebody gave your address to register for this event."),
    ),
    _kind(
        KNOWN, _("Registration that exists already"), in_portal=False,
        why=_("You get this message because somebody gave your address to register for this event."),
    ),
    _kind(REGISTERED, _("Registration for an event")),
    _kind(WAITING, _("Waiting list of an event"), sample={"ahead": 3}),
    _kind(PROMOTED, _("Place from a waiting list")),
    _kind(LEFT, _("Registration that was cancelled")),
    _kind(EVENT_CANCELLED, _("Event that is cancelled"), sample={"because": "The speaker is ill.", "because_lt": ""}),
    _kind(MOVED, _("Event that was moved")),
    _kind(REMINDER, _("Reminder of an event"), present=_with_days),
    _kind(
        FOLLOW_UP, _("Message from the organiser after an event"),
        sample={
            "heading": "The slides are there", "heading_lt": "Skaidrės jau čia", "words": "Thank you for coming.",
            "words_lt": "Ačiū, kad dalyvavote.",
        },
    ),
)  # fmt: skip


def register_kinds() -> None:
    """Called once at the start."""
    for kind in _KINDS:
        register(kind)
