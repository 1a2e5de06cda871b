"""The messages of this room. Their wording is in templates/messages/mobility.*."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mobility.answers import in_use
from mobility.editing import changes
from mobility.workflow import Status
from notifications.kinds import MessageKind, register

_WHY_APPLICANT = _("You get this message because you applied for mobility.")
_WHY_COORDINATOR = _("You get this message because you coordinate mobility at the sending university.")
_UUID = "7f0c5a1e-3d8c-4a57-9a55-0d7b8f1f2a10"
_SAMPLE: dict[str, Any] = {
    "reference": "KTU-27-0412", "uuid": _UUID, "zone": "Europe/Vilnius",
    "call_en": "Studies abroad, autumn term 2027", "call_lt": "Studijos užsienyje, 2027 m. rudens semestras",
}  # fmt: skip
_OUTCOMES = {
    Status.ELIGIBLE: _("Eligible"),
    Status.INELIGIBLE: _("Not eligible"),
    Status.WAITLISTED: _("On the waiting list"),
    Status.NOT_SELECTED: _("Not selected"),
    Status.ACCEPTED: _("Accepted"),
    Status.DECLINED: _("Declined"),
    Status.EXPIRED: _("Not answered in time"),
    Status.WITHDRAWN: _("Application withdrawn"),
}


def _present(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    """Adds the title of the call in the reader's language, and the outcome in words."""
    outcome = str(_OUTCOMES.get(fields.get("outcome", ""), ""))
    told = {
        "note": in_use(fields, "note") or fields.get("note", ""),
        "part_words": changes.titles(fields.get("parts", [])),
    }
    return fields | {"call": in_use(fields, "call"), "outcome_words": outcome} | told


def _own_page(context: Mapping[str, Any]) -> str:
    return reverse("mobility:application", args=[context["uuid"]])


def _review_page(context: Mapping[str, Any]) -> str:
    return reverse("mobility:application_review", args=[context["uuid"]])


def _to_applicant(name: str, label: Any, **sample: Any) -> MessageKind:
    return MessageKind(name=name, label=label, why=_WHY_APPLICANT, sample=_SAMPLE | sample, link=_own_page,
                       present=_present, transactional=True)  # fmt: skip


def _reviews_page(context: Mapping[str, Any]) -> str:
    return reverse("mobility:my_reviews")


def _bulk_page(context: Mapping[str, Any]) -> str:
    return reverse("mobility:bulk_decision", args=[context["uuid"]])


def register_kinds() -> None:
    """Make the kinds known, once, when the portal starts."""
    _register_selection()
    until = "2027-02-03T21:59:00+00:00"
    host = "University of Twente"
    register(
        _to_applicant(
            "mobility.received", _("Receipt of an application"), submitted_at=until, sha256="3a7b" * 16
        )
    )
    register(
        _to_applicant("mobility.returned", _("Application returned for completion"), outcome="returned",
                      note="The second page of the transcript is missing.")
    )  # fmt: skip
    register(
        _to_applicant("mobility.decided", _("Decision on an application"), outcome="waitlisted", note="")
    )
    register(_to_applicant("mobility.place_offered", _("Offer of a place"), host=host, expires_at=until))
    register(_to_applicant("mobility.offer_expired", _("End of an offer"), host=host, expires_at=until))
    register(
        _to_applicant("mobility.call_changed", _("Change of a call"), parts=["closes_at"],
                      note_en="The call is open a week longer.", note_lt="Paraiškos priimamos savaite ilgiau.")
    )  # fmt: skip
    register(
        MessageKind(name="mobility.offer_answered", label=_("Answer to an offer"), why=_WHY_COORDINATOR,
                    sample=_SAMPLE | {"applicant": "Ana Bandomoji", "outcome": "accepted", "host": host},
                    link=_review_page, present=_present)
    )  # fmt: skip


def _register_selection() -> None:
    """Those of review and selection."""
    register(
        MessageKind(name="mobility.bulk_refused", label=_("Decisions that could not be carried out"),
                    why=_WHY_COORDINATOR, sample=_SAMPLE | {"count": 2}, link=_bulk_page, present=_present)
    )  # fmt: skip
    register(
        MessageKind(name="mobility.reviews_assigned", label=_("Applications to score"),
                    why=_("You get this message because you review applications."),
                    sample=_SAMPLE | {"count": 12}, link=_reviews_page, present=_present)
    )  # fmt: skip
    register(
        _to_applicant(
            "mobility.appeal_refused", _("Answer to an appeal"), note="The credits are counted until June."
        )
    )
