"""The portal's own kinds of messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from notifications.kinds import MessageKind, register
from notifications.models import Preference

ACCOUNT_MAIL = "account.mail"
GATHERED = "notifications.gathered"
BRAKE = "notifications.brake"
LATE = "notifications.late"
REFUSED = "notifications.refused"
SENDING = "notifications.sending"
_OFFICE = _("You get this message because you keep the portal's messages.")


def kind_of(delivery: str) -> str:
    """The kind of the digest for a delivery (daily, weekly)."""
    return f"portal.{delivery}_digest"


def register_kinds() -> None:
    """Called once at the start."""
    register(
        MessageKind(
            name=ACCOUNT_MAIL,
            label=_("Sign-in and account"),
            why=_("You get this message because somebody used your address in the portal."),
            sample={"subject": "Code: 123456", "text": "Your code is 123456.", "html": ""},
            transactional=True,
            in_portal=False,
            verbatim=True,
        )
    )
    _register_digest(
        Preference.Delivery.DAILY,
        _("Daily digest"),
        _("You get this message because you chose to get some messages together, once a day."),
    )
    _register_digest(
        Preference.Delivery.WEEKLY,
        _("Weekly digest"),
        _("You get this message because you chose to get some messages together, once a week."),
    )
    _register_those_of_sending()


def _register_digest(delivery: str, label: Any, why: Any) -> None:
    register(
        MessageKind(
            name=kind_of(delivery),
            label=label,
            why=why,
            sample={"day_on": "2026-03-02", "count": 2},
            link=lambda context: reverse("notifications:inbox"),
            in_portal=False,
            digest=delivery,
        )
    )


def _register_those_of_sending() -> None:
    register(
        MessageKind(
            name=GATHERED,
            label=_("Many messages at once"),
            why=_("You get this message because there were many for you within an hour."),
            sample={"lines": ["S-NET-24-50 ends in 30 days"], "count": 1},
            link=lambda context: reverse("notifications:inbox"),
            transactional=True,
            in_portal=False,
        )
    )
    for name, label, sample in (
        (BRAKE, _("Sending has stopped"), {"volume": 1500, "limit": 500}),
        (LATE, _("Messages wait too long"), {"minutes": 20}),
    ):
        register(MessageKind(name, label, _OFFICE, sample, link=_queue, transactional=True))
    register(
        MessageKind(
            name=REFUSED,
            label=_("Your address takes no e-mails"),
            why=_("You get this message because an e-mail to you came back."),
            sample={},
            link=lambda context: reverse("notifications:preferences"),
        )
    )


def _queue(context: Mapping[str, Any]) -> str:
    """The page on which the office sees what waits."""
    return reverse(settings.MESSAGE_QUEUE_URL)
