"""What is said of factsheets. The wording is in templates/messages/members.*."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.models import Term
from notifications.kinds import MessageKind, register

TERM = "members.factsheet_term"  # how reminders name the term of a factsheet
NOMINATION_DEADLINE = "members.nomination_deadline"
APPLICATION_DEADLINE = "members.application_deadline"
FACTSHEET_MISSING = "members.factsheet_missing"

_PARTNER = _("You get this message because you coordinate mobility at this university or at a partner of it.")
_SAMPLE: dict[str, Any] = {
    "slug": "ktu", "university": "Kaunas University of Technology",
    "university_lt": "Kauno technologijos universitetas", "term": "autumn", "year": "2027/2028",
    "until_on": "2027-04-15", "zone": "Europe/Vilnius",
}  # fmt: skip


def _page(context: Mapping[str, Any]) -> str:
    return reverse("members:factsheet", args=[context["slug"], context["year"].replace("/", "-")])


def _new(context: Mapping[str, Any]) -> str:
    return reverse("members:factsheet_create", args=[context["slug"]])


def _term_in_words(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    return fields | {"term": Term(fields["term"]).label}


def register_kinds() -> None:
    """Called once at the start."""
    for name, label in (
        (NOMINATION_DEADLINE, _("Deadline for nominations to a partner university")),
        (APPLICATION_DEADLINE, _("Deadline for applications at a partner university")),
    ):
        register(
            MessageKind(
                name=name, label=label, why=_PARTNER, sample=_SAMPLE, link=_page, present=_term_in_words
            )
        )
    register(
        MessageKind(
            name=FACTSHEET_MISSING,
            label=_("Factsheet of the next academic year that is missing"),
            why=_("You get this message because you coordinate mobility at this university."),
            sample={name: _SAMPLE[name] for name in ("slug", "university", "year", "until_on")},
            link=_new,
        )
    )
