"""Who may do what with universities and appointments. Sentences that other rooms build on."""

from __future__ import annotations

from typing import Any

import rules

from members import appointments
from members.appointments import held_by
from members.models import Role, University


@rules.predicate
def is_office(user: Any) -> bool:
    return held_by(user).office


@rules.predicate
def is_administrator(user: Any) -> bool:
    return appointments.is_administrator(user)


@rules.predicate
def is_coordinator_of(user: Any, university: University | None) -> bool:
    return university is not None and held_by(user).has(Role.MOBILITY_COORDINATOR, university.pk)


@rules.predicate
def manages_projects(user: Any) -> bool:
    return held_by(user).has(Role.PROJECT_MANAGER)


rules.add_perm("members.edit_university", is_office | is_coordinator_of)
# Until the room of accounts is built out, administrators alone appoint (the office asks them).
rules.add_perm("members.appoint", is_administrator)
# New partners of projects are put on record by whoever keeps projects.
rules.add_perm("members.add_organisation", is_office | is_administrator | manages_projects)
