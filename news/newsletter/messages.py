"""What the newsletter says to its readers. Every letter ends with one click that stops them all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from news.models import Subscription
from news.newsletter.links import leave_path, own_path
from notifications import outbox
from notifications.kinds import MessageKind, register
from notifications.models import Message
from notifications.models.message import Correspondent

SUBJECT = "news.subscription"
ISSUE_SUBJECT = "news.issue"
CONFIRM = "news.newsletter_confirm"
KNOWN = "news.newsletter_known"
AT_ONCE = "news.newsletter_at_once"
ISSUE = "news.newsletter_issue"

_OF_READER = {"subscription": "5d7e8a52-0a5e-4e6a-8b1e-4f5f3f1f4f10"}
_ASKED = _("You get this message because somebody gave your address to subscribe to the newsletter.")
_SUBSCRIBED = _("You get this message because you subscribed to the newsletter and confirmed your address.")
_STORY = {
    "title": "The innovation centre opens its doors", "summary": "Three universities show what they do together.",
    "kind": "news", "when": "14 December 2026", "place": "", "teller": "Kaunas University of Technology",
    "slug": "doors", "url": "https://portal.example/en/news/doors/",
}  # fmt: skip
_EVENT = {
    "title": "Open day", "summary": "", "kind": "event", "when": "17 December 2026", "place": "Kaunas",
    "teller": "Kaunas University of Technology", "slug": "open-day",
    "url": "https://portal.example/en/events/open-day/",
}  # fmt: skip


def _own(context: Mapping[str, Any]) -> str:
    return own_path(context["subscription"])


def _leave(context: Mapping[str, Any]) -> str:
    """Editors who send themselves a test have nothing to stop."""
    reader = context.get("subscription")
    return leave_path(reader) if reader else reverse("news:newsletter")


def _text(context: Mapping[str, Any]) -> str:
    return reverse("news:event" if context["kind"] == "event" else "news:detail", args=[context["slug"]])


def _archive(context: Mapping[str, Any]) -> str:
    number = context.get("number")
    return reverse("news:newsletter_issue", args=[number]) if number else reverse("news:newsletter")


def _kind(
    name: str, label: Any, *, why: Any, link: Any, sample: dict[str, Any] | None = None, **more: Any
) -> Any:
    return MessageKind(
        name=name, label=label, why=why, link=link, sample=_OF_READER | (sample or {}), transactional=True,
        in_portal=False, leave=_leave, **more,
    )  # fmt: skip


_KINDS = (
    _kind(CONFIRM, _("Address to confirm for the newsletter"), why=_ASKED, link=_own),
    _kind(KNOWN, _("Subscription that exists already"), why=_ASKED, link=_own),
    _kind(AT_ONCE, _("News at once"), why=_SUBSCRIBED, link=_text, sample=_STORY),
    _kind(
        ISSUE, _("Issue of the newsletter"), why=_SUBSCRIBED, link=_archive, layout="messages/newsletter",
        sample={
            "heading": "What happened this week", "introduction": "Good morning!\n\nHere is the week.", "number": 3,
            "news": [_STORY], "events": [_EVENT],
        },
    ),
)  # fmt: skip


def register_kinds() -> None:
    """Called once at the start."""
    for kind in _KINDS:
        register(kind)


def tell(
    kind: str, subscription: Subscription, /, *, name: str, key: str = "", **context: Any
) -> Message | None:
    """One letter to a subscriber, in their language; None when there is one with this key."""
    return outbox.enqueue(
        kind, to=Correspondent(subscription.email, subscription.language),
        subject=(SUBJECT, subscription.uuid, name),
        context={"subscription": str(subscription.uuid), **context}, key=key,
    )  # fmt: skip
