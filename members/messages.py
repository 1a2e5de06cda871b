"""What this room says to people. The wording is in templates/messages/members.*."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground import clock
from ground.templatetags.ground_tags import day
from members.models import Role
from notifications.kinds import MessageKind, register

AGREEMENT = "members.agreement"  # how the trail and messages name an agreement
AGREEMENT_VERSION = "members.agreement_version"
UNIVERSITY = "members.university"
AGREEMENT_SENT = "members.agreement_sent"
AGREEMENT_CHANGED = "members.agreement_changed"
CHANGE_WINDOW = "members.change_window"
AGREEMENT_ENDS = "members.agreement_ends"
APPROVAL_WAITS = "members.approval_waits"
MEMBERSHIP_ENDS = "members.membership_ends"
CHARTER_ENDS = "members.charter_ends"
ROLE_ENDS = "members.role_ends"
COLLEAGUE_ROLE_ENDS = "members.colleague_role_ends"
APPOINTMENT = "members.appointment"
TO_APPROVE = (AGREEMENT_SENT, APPROVAL_WAITS)  # these ask for an approval

# How the partner is asked for its approval, by what was done: subject, and what to do.
WHAT_WAITS: Mapping[str, tuple[Promise, Promise]] = {
    "sent": (
        _("%(side)s sent you an agreement to approve: %(agreement)s"),
        _("Read what %(side)s sent, then approve it or return it with a comment."),
    ),
    "sent_change": (
        _("%(side)s sent you a change to approve: %(agreement)s"),
        _("Read what %(side)s wants to change, then approve it or return it with a comment."),
    ),
    "sent_approved": (
        _("%(side)s sent and approved an agreement: %(agreement)s waits for your approval"),
        _("Read it, then approve it or return it with a comment. With your approval it is in force at once."),
    ),
    "approve": (
        _("%(side)s approved: %(agreement)s waits for your approval"),
        _("Read it and approve it too: with your approval it is in force at once."),
    ),
}
# What else can happen to an agreement that its sides are told of, and how that is said: subject, and what it means.
WHAT_CHANGED: Mapping[str, tuple[Promise, Promise]] = {
    "approve_too": (
        _("%(agreement)s: approved by both sides, in force from %(day)s"),
        _("Nothing is left to do: %(side)s gave the second approval, and the agreement is in force."),
    ),
    "return": (
        _("%(side)s returned agreement %(agreement)s with a comment"),
        _("Read the comment, then write the next version or abandon the proposal."),
    ),
    "withdraw": (
        _("%(side)s withdrew what it had sent: %(agreement)s"),
        _("Nothing is left to do: what was sent no longer waits for your approval."),
    ),
    "abandon": (
        _("%(side)s abandoned the proposal: %(agreement)s"),
        _("Nothing is left to do: the proposal has ended. To begin again, make a new agreement."),
    ),
    "terminate": (
        _("%(side)s gave notice: %(agreement)s ends after %(year)s"),
        _("Places of the years until then stay. Tell those who plan exchanges with this partner."),
    ),
    "expire": (
        _("%(agreement)s has ended: its last academic year is over"),
        _("If the exchange is to go on, propose a change with later academic years."),
    ),
}
_COORDINATOR = _("You get this message because you coordinate mobility at a university of this agreement.")
_SAMPLE: dict[str, Any] = {
    "uuid": "0f6d1c9e-8f5b-4c0e-9a63-6f0a7d0f3b11", "agreement": "KTU – UA", "what": "sent", "note": "",
    "side": "KTU",
}  # fmt: skip


def _page(context: Mapping[str, Any]) -> str:
    return reverse("members:agreement", args=[context["uuid"]])


def _in_words(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    """Subject and first sentence for what was done. Where no side did it, it was the office."""
    title, words = {**WHAT_WAITS, **WHAT_CHANGED}[fields["what"]]
    said = {
        "side": fields.get("side") or fields.get("author") or _("The alliance office"),
        "agreement": fields["agreement"],
        "day": day(fields.get("from_on") or moment.date()),
        "year": fields.get("ends_after", ""),
    }
    return fields | {"title": title % said, "words": words % said}


def _with_left(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    """The days from the day of the message to the date. Messages of the release before may name no zone."""
    date = fields.get("ends_on") or fields.get("until_on")
    left = (date - clock.date_in(moment, fields.get("zone") or settings.TIME_ZONE)).days if date else 0
    return fields | {"left": left}


def _university_page(context: Mapping[str, Any]) -> str:
    return reverse("members:detail", args=[context["slug"]])


_OF_UNIVERSITY: dict[str, Any] = {
    "why": _("You get this message because you coordinate mobility at this university or work in the alliance office."),
    "sample": {
        "slug": "ktu", "university": "Kaunas University of Technology",
        "university_lt": "Kauno technologijos universitetas", "ends_on": "2027-12-31", "zone": "Europe/Vilnius",
    },
    "link": _university_page,
    "present": _with_left,
}  # fmt: skip


def _role_in_words(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    words = Role(fields["role"]).label
    return _with_left(fields, moment) | {"role_words": words, "holder": fields.get("holder") or words}


def _place_of_role(context: Mapping[str, Any]) -> str:
    """The university's page; for a role of the whole alliance, the contacts of the portal."""
    return _university_page(context) if context["slug"] else reverse("pages:contacts")


_OF_ROLE: dict[str, Any] = {
    "role": "project_manager", "holder": "Dainius Bandomasis", "ends_on": "2027-12-31", "zone": "Europe/Vilnius",
    "slug": "ktu", "university": "Kaunas University of Technology",
    "university_lt": "Kauno technologijos universitetas",
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
        sample=_SAMPLE | {"first_year": "2027/2028", "last_year": "2029/2030", "reason": ""},
        link=_page,
        present=_in_words,
        transactional=True,
        asks=True,
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
        present=_with_left,
    ),
    MessageKind(
        name=APPROVAL_WAITS,
        label=_("Reminder of an agreement that waits for your approval"),
        why=_COORDINATOR,
        sample=_SAMPLE
        | {"sent_on": "2026-11-02", "until_on": "2026-11-30", "author": "KTU", "zone": "Europe/Vilnius"},
        link=_page,
        asks=True,
        present=_with_left,
    ),
    MessageKind(name=MEMBERSHIP_ENDS, label=_("End of a membership of the alliance"), **_OF_UNIVERSITY),
    MessageKind(
        name=ROLE_ENDS,
        label=_("End of your role"),
        why=_("You get this message because you hold this role in the portal."),
        sample=_OF_ROLE,
        link=lambda context: reverse("members:join"),
        present=_role_in_words,
    ),
    MessageKind(
        name=COLLEAGUE_ROLE_ENDS,
        label=_("End of a colleague's role"),
        why=_(
            "You get this message because you coordinate mobility at this university or work in the alliance office."
        ),
        sample=_OF_ROLE,
        link=_place_of_role,
        present=_role_in_words,
    ),
    MessageKind(name=CHARTER_ENDS, label=_("End of an Erasmus charter"), **_OF_UNIVERSITY),
)
