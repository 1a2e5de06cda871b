"""Who holds which role where, today. Read once per request and person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ground import clock
from members.models.appointment import Appointment, Role


@dataclass(frozen=True)
class Held:
    """The appointments of one person that are in force: role → universities (None is the whole alliance)."""

    by_role: dict[str, frozenset[int | None]]

    def has(self, role: str, university_id: int | None = None) -> bool:
        """Whether the role is held: at that university, or anywhere when none is named."""
        places = self.by_role.get(role, frozenset())
        return bool(places) if university_id is None else university_id in places

    def universities(self, *roles: str) -> set[int]:
        """The universities at which one of `roles` is held."""
        return {u for role in roles for u in self.by_role.get(role, ()) if u is not None}

    @property
    def office(self) -> bool:
        """Whether the person works in the alliance office."""
        return Role.ALLIANCE_OFFICE in self.by_role

    @property
    def administrator(self) -> bool:
        return Role.ADMINISTRATOR in self.by_role


NOBODY = Held({})


def held_by(user: Any) -> Held:
    """The appointments of `user` in force now; one query, kept for this request."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return NOBODY
    kept: Held | None = getattr(user, "_held", None)  # reaches through the lazy request.user
    if kept is None:
        rows = Appointment.objects.filter(user=user).in_force(clock.now())
        kept = remember(user, rows.values_list("role", "university_id"))
    return kept


def remember(user: Any, rows: Iterable[tuple[str, int | None]]) -> Held:
    """Keep the appointments of `user` that are in force now (role, university) for this request."""
    by_role: dict[str, set[int | None]] = {}
    for role, university_id in rows:
        by_role.setdefault(role, set()).add(university_id)
    user._held = kept = Held({role: frozenset(places) for role, places in by_role.items()})
    return kept


def home_zone(user: Any) -> str:
    """The zone of the university at which `user` holds an appointment now, the longest held first; "" for none."""
    rows = Appointment.objects.filter(user=user, university__isnull=False).in_force(clock.now())
    zone = rows.order_by("valid_from", "pk").values_list("university__zone", flat=True).first()
    return str(zone or "")


def is_administrator(user: Any) -> bool:
    """Whether `user` may enter the back office."""
    if not getattr(user, "is_active", False):
        return False
    return bool(getattr(user, "is_superuser", False)) or held_by(user).administrator
