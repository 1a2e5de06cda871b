"""The step "Your university" that follows sign-up."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts import steps
from accounts.addresses import confirmed
from accounts.steps import Standing
from ground.gathering import together
from members.appointments import held_by, is_administrator
from members.joining.workflow import RequestStatus
from members.models import AppointmentRequest, JoinChoice


def standing(user: Any) -> Standing:
    """Done for who holds a role, has asked for one or wants none; it begins when an address is confirmed."""
    if held_by(user).by_role or is_administrator(user):
        return Standing.DONE
    choices, requests, addresses = together(
        JoinChoice.objects.filter(user=user).values_list("choice", flat=True)[:1],
        AppointmentRequest.objects.of(user).exclude(status=RequestStatus.WITHDRAWN).values_list("pk")[:1],
        confirmed([user.pk]).values_list("pk")[:1],
    )
    if choices not in ([], [JoinChoice.Choice.LATER]) or requests or not addresses:
        return Standing.DONE
    return Standing.LEFT if choices else Standing.NEW


def register() -> None:
    """Called once at the start."""
    steps.register(
        steps.Step(
            name="university",
            title=_("Your university"),
            reason=_("Your account has no role yet."),
            button=_("Say where you study or work"),
            page="members:join",
            standing=standing,
        )
    )
