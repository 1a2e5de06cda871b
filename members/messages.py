"""What this room says to people. The wording is in templates/messages/members.*."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.kinds import MessageKind, register

AGREEMENT = "members.agreement"  # how the trail and messages name an agreement
UNIVERSITY = "members.university"
AGREEMENT_SENT = "members.agreement_sent"
AGREEMENT_CHANGED = "members.agreement_changed"
CHANGE_WINDOW = "members.change_window"
AGREEMENT_ENDS = "members.agreement_ends"
APPROVAL_WAITS = "members.approval_waits"
MEMBERSHIP_ENDS = "members.membership_ends"
CHARTER_ENDS = "members.charter_ends"

# What can happen to an agreement that its sides are told of, and how that is said.
WHAT_CHANGED: Mapping[str, Promise] = {
    "approve": _("The other side approved it. Read it and approve it too."),
    "approve_too": _("Both sides approved it: it is in force."),
    "return": _("The other side returned it with a comment."),
    "withdraw": _("The other side withdrew what it had sent."),
    "abandon": _("The proposal was abandoned."),
    "terminate": _("Notice was given: the agreement ends."),
    "expire": _("Its last academic year is over."),
}
_COORDINATOR = _("You get this message because you coordinate mobility at a university of this agreement.")
_SAMPLE: dict[str, Any] = {
    "uuid": "0f6d1c9e-8f5b-4c0e-9a63-6f0a7d0f3b11", "agreement": "KTU – UA", "what": "sent", "note": "",
}  # fmt: skip


def _page(context: Mapping[str, Any]) -> str:
    return reverse("members:agreement", args=[context["uuid"]])


def _in_words(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    return fields | {"words": WHAT_CHANGED[fields["what"]]}


def _university_page(context: Mapping[str, Any]) -> str:
    return reverse("members:detail", args=[context["slug"]])


_OF_UNIVERSITY: dict[str, Any] = {
    "why": _("You get this message because you coordinate mobility at this university or work in the alliance office."),
    "sample": {
        "slug": "ktu", "university": "Kaunas University of Technology", "ends_on": "2027-12-31",
        "zone": "Europe/Vilnius",
    },
    "link": _university_page,
}  # fmt: skip


def register_kinds() -> None:
    """Called once at the start."""
    for kind in _KINDS:
        register(kind)


_KINDS = (
    MessageKind(
        name=AGREEMENT_SENT,
        label=_("Agreement that waits for your approval"),
        why=_COORDINATOR,
        sample=_SAMPLE | {"first_year": "2027/2028", "last_year": "2029/2030", "reason": "", "author": "KTU"},
        link=_page,
        transactional=True,
    ),
    MessageKind(
        name=AGREEMENT_CHANGED,
        label=_("Changes of your agreements"),
        why=_COORDINATOR,
        sample=_SAMPLE | {"what": "return", "note": "Four places, please."},
        link=_page,
        present=_in_words,
    ),
    MessageKind(
        name=CHANGE_WINDOW,
        label=_("End of the yearly window for changes of agreements"),
        why=_("You get this message because you coordinate mobility at a university with agreements."),
        sample={"ends_on": "2027-01-31", "year": "2027/2028", "zone": "Europe/Vilnius"},
        link=lambda context: reverse("members:agreements"),
    ),
    MessageKind(
        name=AGREEMENT_ENDS,
        label=_("End of an agreement"),
        why=_COORDINATOR,
        sample=_SAMPLE | {"ends_on": "2027-08-31", "zone": "Europe/Vilnius"},
        link=_page,
    ),
    MessageKind(
        name=APPROVAL_WAITS,
        label=_("Reminder of an agreement that waits for your approval"),
        why=_COORDINATOR,
        sample=_SAMPLE | {"sent_on": "2026-11-02"},
        link=_page,
    ),
    MessageKind(name=MEMBERSHIP_ENDS, label=_("End of a membership of the alliance"), **_OF_UNIVERSITY),
    MessageKind(name=CHARTER_ENDS, label=_("End of an Erasmus charter"), **_OF_UNIVERSITY),
)
