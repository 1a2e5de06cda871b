"""The ways from the pages that everybody sees to those on which applications are worked on, for those who may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from members.appointments import held_by
from members.models import Role
from mobility.models import Call
from mobility.rules import may


def of_person(user: Any) -> list[tuple[str, str]]:
    """The working pages of this room for the person: words and address."""
    held = held_by(user)
    ways = []
    if held.has(Role.REVIEWER):
        ways.append((_("Applications to score"), reverse("mobility:my_reviews")))
    if held.office or held.administrator or held.has(Role.MOBILITY_COORDINATOR):
        ways.append((_("Numbers of the calls"), reverse("mobility:office_numbers")))
    return ways


def mark(calls: Sequence[Call], user: Any) -> Sequence[Call]:
    """Let each of `calls` whose applications the person sees know the address of their table."""
    for call in calls:
        if may("mobility.see_applications", user, call):
            call.table_address = reverse("mobility:call_applications", args=[call.slug])  # type: ignore[attr-defined]
    return calls
