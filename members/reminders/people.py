"""Who is told: coordinators of universities, and the alliance office."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from ground import clock
from members.models import Appointment, Role

People = dict[int, list[Any]]


def coordinators_by_university(universities: Collection[int]) -> People:
    """The active people who coordinate mobility at each of `universities` now; one query."""
    people: People = defaultdict(list)
    held = Appointment.objects.in_force(clock.now()).holders(Role.MOBILITY_COORDINATOR)
    for row in held.filter(university__in=universities).select_related("user").order_by("user"):
        people[row.university_id or 0].append(row.user)
    return people


def office() -> list[Any]:
    """The active people of the alliance office now; one query."""
    held = Appointment.objects.in_force(clock.now()).holders(Role.ALLIANCE_OFFICE)
    return [row.user for row in held.select_related("user").order_by("user")]


def keepers_of_messages() -> list[Any]:
    """The active people who keep the portal's messages now: the office and the administrators; one query."""
    held = Appointment.objects.in_force(clock.now()).filter(
        role__in=[Role.ALLIANCE_OFFICE, Role.ADMINISTRATOR]
    )
    return once(row.user for row in held.filter(user__is_active=True).select_related("user").order_by("user"))


def once(people: Iterable[Any]) -> list[Any]:
    """Each person once, in their order."""
    return list({person.pk: person for person in people}.values())
