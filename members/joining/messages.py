"""What is said about requests for roles. The wording is in templates/messages/members.request_*."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from members.models import Role
from notifications.kinds import MessageKind, register

MADE, GRANTED, REFUSED = "members.request_made", "members.request_granted", "members.request_refused"
_SAMPLE: dict[str, Any] = {
    "uuid": "9a6d4d0e-2f0c-4b58-8d75-4c1b0c9a7e55", "slug": "ktu", "university": "Kaunas University of Technology",
    "university_lt": "Kauno technologijos universitetas", "role": "student", "zone": "Europe/Vilnius",
}  # fmt: skip
_OWN = _("You get this message because you asked for a role at a university.")


def _in_words(fields: dict[str, Any], moment: dt.datetime) -> dict[str, Any]:
    return fields | {"role_words": Role(fields["role"]).label}


def register_kinds() -> None:
    """Called once at the start."""
    for kind in _KINDS:
        register(kind)


def _request(context: Mapping[str, Any]) -> str:
    return reverse("members:request", args=[context["uuid"]])


def _university(context: Mapping[str, Any]) -> str:
    return reverse("members:detail", args=[context["slug"]])


def _own_requests(context: Mapping[str, Any]) -> str:
    return reverse("members:join")


_KINDS = (
    MessageKind(
        name=MADE,
        label=_("Request for a role at your university"),
        why=_("You get this message because you answer requests for roles at this university."),
        sample=_SAMPLE | {"asker": "Ana Bandomoji"},
        link=_request,
        present=_in_words,
        asks=True,
    ),
    MessageKind(
        name=GRANTED,
        label=_("Your request for a role was granted"),
        why=_OWN,
        sample=_SAMPLE | {"until_on": "2027-06-30"},
        link=_university,
        present=_in_words,
        transactional=True,
    ),
    MessageKind(
        name=REFUSED,
        label=_("Your request for a role was refused"),
        why=_OWN,
        sample=_SAMPLE | {"reason": "Please write to us from your address at the university."},
        link=_own_requests,
        present=_in_words,
        transactional=True,
    ),
)
