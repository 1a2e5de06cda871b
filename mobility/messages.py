"""The messages of this room. Their wording is in templates/messages/mobility.*."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ground import clock
from mobility.answers import in_use
from mobility.editing import changes
from mobility.models.asked import corrected
from mobility.workflow import Status
from notifications.kinds import MessageKind, register

_WHY_APPLICANT = _("You get this message because you applied for mobility.")
_WHY_COORDINATOR = _("You get this message because you coordinate mobility at the sending university.")
_WHY_REVIEWER = _("You get this message because you review applications.")
_UUID = "7f0c5a1e-3d8c-4a57-9a55-0d7b8f1f2a10"
_SAMPLE: dict[str, Any] = {
    "reference": "KTU-27-0412", "uuid": _UUID, "zone": "Europe/Vilnius",
    "call_en": "Studies abroad, autumn term 2027", "call_lt": "Studijos užsienyje, 2027 m. rudens semestras",
}  # fmt: skip
CALL_CLOSES, OFFER_ENDS, REVIEWS_DUE = "mobility.call_closes", "mobility.offer_ends", "mobility.reviews_due"
_CORRECTED = [
    {"of": _UUID, "name": "text_en", "was": "Do you ned a visa?", "now": "Do you need a visa?"},
    {"of": _UUID, "name": "text_lt", "was": "Ar reikai vizos?", "now": "Ar reikia vizos?"},
]
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
        "corrected": corrected(fields.get("corrections", [])),
    }
    return fields | {"call": in_use(fields, "call"), "outcome_words": outcome} | told


def _with_left(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    """The same with the days from the day of the message to the date."""
    return _present(fields, moment) | {
        "left": (fields["until_on"] - clock.date_in(moment, fields["zone"])).days
    }


def _own_page(context: Mapping[str, Any]) -> str:
    return reverse("mobility:application", args=[context["uuid"]])


def _review_page(context: Mapping[str, Any]) -> str:
    return reverse("mobility:application_review", args=[context["uuid"]])


_PLACE = {"host": "University of Twente", "host_lt": "Tventės universitetas"}


def _to_applicant(name: str, label: Any, *, asks: bool = False, **sample: Any) -> MessageKind:
    return MessageKind(name=name, label=label, why=_WHY_APPLICANT, sample=_SAMPLE | sample, link=_own_page,
                       present=_present, transactional=True, asks=asks)  # fmt: skip


def _reviews_page(context: Mapping[str, Any]) -> str:
    return reverse("mobility:my_reviews")


def _bulk_page(context: Mapping[str, Any]) -> str:
    return reverse("mobility:bulk_decision", args=[context["uuid"]])


def register_kinds() -> None:
    """Make the kinds known, once, when the portal starts."""
    _register_selection()
    _register_reminders()
    _register_steps()


def _register_steps() -> None:
    """Those of an application's way."""
    until = "2027-02-03T21:59:00+00:00"
    register(
        _to_applicant(
            "mobility.received", _("Receipt of an application"), submitted_at=until, sha256="3a7b" * 16
        )
    )
    register(
        _to_applicant("mobility.returned", _("Application returned for completion"), asks=True, outcome="returned",
                      note="The second page of the transcript is missing.")
    )  # fmt: skip
    register(
        _to_applicant("mobility.decided", _("Decision on an application"), outcome="waitlisted", note="")
    )
    register(
        _to_applicant("mobility.place_offered", _("Offer of a place"), asks=True, expires_at=until, **_PLACE)
    )
    register(_to_applicant("mobility.offer_expired", _("End of an offer"), expires_at=until, **_PLACE))
    register(
        _to_applicant("mobility.call_changed", _("Change of a call"), parts=["closes_at", "questions"],
                      corrections=_CORRECTED,
                      note_en="The call is open a week longer.", note_lt="Paraiškos priimamos savaite ilgiau.")
    )  # fmt: skip
    register(
        MessageKind(name="mobility.offer_answered", label=_("Answer to an offer"), why=_WHY_COORDINATOR,
                    sample=_SAMPLE | {"applicant": "Ana Bandomoji", "outcome": "accepted", **_PLACE},
                    link=_review_page, present=_present)
    )  # fmt: skip


def _register_reminders() -> None:
    """Those of dates that come near (`reminders.py`)."""
    until = "2027-02-03T21:59:00+00:00"
    of_call = {name: _SAMPLE[name] for name in ("call_en", "call_lt", "zone")}
    register(
        MessageKind(name=CALL_CLOSES, label=_("Close of a call with an application that is not submitted"),
                    why=_("You get this message because you have begun an application for mobility."),
                    sample=_SAMPLE | {"closes_at": until}, link=_own_page, present=_present)
    )  # fmt: skip
    register(
        MessageKind(name=OFFER_ENDS, label=_("Offer of a place that is not answered"), why=_WHY_APPLICANT,
                    sample=_SAMPLE | _PLACE | {"expires_at": until}, link=_own_page, present=_present)
    )  # fmt: skip
    register(
        MessageKind(name=REVIEWS_DUE, label=_("Applications to score before a call is decided"), why=_WHY_REVIEWER,
                    sample=of_call | {"until_on": "2027-03-01"}, link=_reviews_page, present=_with_left)
    )  # fmt: skip


def _register_selection() -> None:
    """Those of review and selection."""
    register(
        MessageKind(name="mobility.bulk_refused", label=_("Decisions that could not be carried out"),
                    why=_WHY_COORDINATOR, sample=_SAMPLE | {"count": 2}, link=_bulk_page, present=_present)
    )  # fmt: skip
    register(
        MessageKind(name="mobility.reviews_assigned", label=_("Applications to score"),
                    why=_WHY_REVIEWER,
                    sample=_SAMPLE | {"count": 12}, link=_reviews_page, present=_present)
    )  # fmt: skip
    register(
        _to_applicant(
            "mobility.appeal_refused", _("Answer to an appeal"), note="The credits are counted until June."
        )
    )
