"""The messages about what applicant and coordinators write to each other; their words stay inside the application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mobility.messages import _SAMPLE, _UUID, _WHY_APPLICANT, _WHY_COORDINATOR, _present, _review_page
from notifications.kinds import MessageKind, register


def _own_messages(context: Mapping[str, Any]) -> str:
    return reverse("mobility:application_messages", args=[context["uuid"]])


def register_kinds() -> None:
    """Make the kinds known, once, when the portal starts."""
    to_them = _SAMPLE | {"applicant": "Ana Bandomoji", "message": _UUID}
    register(
        MessageKind(name="mobility.message_from_coordinator", label=_("Message about an application"),
                    why=_WHY_APPLICANT, sample=_SAMPLE | {"message": _UUID}, link=_own_messages, present=_present,
                    transactional=True)
    )  # fmt: skip
    register(
        MessageKind(name="mobility.message_received", label=_("Message of an applicant"), why=_WHY_COORDINATOR,
                    sample=to_them, link=_review_page, present=_present)
    )  # fmt: skip
    register(
        MessageKind(name="mobility.appeal_made", label=_("Appeal of an applicant"), why=_WHY_COORDINATOR,
                    sample=to_them, link=_review_page, present=_present)
    )  # fmt: skip
