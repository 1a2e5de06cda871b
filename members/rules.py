"""Who may do what with universities and appointments. Sentences that other rooms build on."""

from __future__ import annotations

from typing import Any

import rules

from members import appointments
from members.appointments import held_by
from members.models import (
    ASKED_FOR,
    Agreement,
    AgreementSide,
    AgreementVersion,
    AppointmentRequest,
    Role,
    University,
)


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
def is_coordinator(user: Any) -> bool:
    """Coordinates mobility at some university."""
    return held_by(user).has(Role.MOBILITY_COORDINATOR)


@rules.predicate
def is_portal(user: Any) -> bool:
    """The portal itself, in a job of its own."""
    return user is None


@rules.predicate
def manages_projects(user: Any) -> bool:
    return held_by(user).has(Role.PROJECT_MANAGER)


@rules.predicate
def wrote_version(user: Any, record: Any) -> bool:
    """Coordinates the university that wrote this version of an agreement."""
    return isinstance(record, AgreementVersion) and _coordinates(user, record.author_side_id)


@rules.predicate
def answers_version(user: Any, record: Any) -> bool:
    """Coordinates the other side of this version, which has not approved it yet."""
    if not isinstance(record, AgreementVersion):
        return False
    return any(side.university_id != record.author_side_id for side in sides_to_approve(user, record))


@rules.predicate
def has_to_approve_version(user: Any, record: Any) -> bool:
    return isinstance(record, AgreementVersion) and bool(sides_to_approve(user, record))


@rules.predicate
def knows_agreement(user: Any, record: Any) -> bool:
    """Coordinates a side of this agreement of which that side knows: a proposal that was not sent is its author's."""
    if not isinstance(record, Agreement):
        return False
    if record.found_for is not None and record.found_for == getattr(user, "pk", None):
        return True  # it came through the same question a moment ago
    return Agreement.objects.visible_to(user).filter(pk=record.pk).exists()


@rules.predicate
def asked_for_role(user: Any, record: Any) -> bool:
    """Made this request for a role."""
    return isinstance(record, AppointmentRequest) and user is not None and record.user_id == user.pk


@rules.predicate
def gives_role_asked_for(user: Any, record: Any) -> bool:
    """Coordinates mobility at the university of this request, which is for a role that coordinators give."""
    if not isinstance(record, AppointmentRequest) or record.role not in ASKED_FOR:
        return False
    return _coordinates(user, record.university_id)


def _coordinates(user: Any, university_id: int) -> bool:
    return held_by(user).has(Role.MOBILITY_COORDINATOR, university_id)


def sides_of(user: Any, agreement_id: int) -> list[AgreementSide]:
    """The sides of an agreement that `user` coordinates, the proposing one first."""
    mine = held_by(user).universities(Role.MOBILITY_COORDINATOR)
    rows = AgreementSide.objects.filter(agreement=agreement_id, university__in=mine)
    return list(rows.select_related("university__organisation").order_by("place"))


def sides_to_approve(user: Any, version: AgreementVersion) -> list[AgreementSide]:
    """The sides that `user` coordinates and that have not approved `version`."""
    mine = held_by(user).universities(Role.MOBILITY_COORDINATOR)
    approved = {approval.side_id for approval in version.approvals.all()}
    sides = version.agreement.sides.all()  # like the approvals, at hand on pages
    return [side for side in sides if side.university_id in mine and side.pk not in approved]


@rules.predicate
def is_coordinator_of_host(user: Any, host: Any) -> bool:
    """Coordinates the university that this organisation is."""
    mine = held_by(user).universities(Role.MOBILITY_COORDINATOR)
    return (
        bool(mine) and University.objects.filter(organisation=getattr(host, "pk", None), pk__in=mine).exists()
    )


# A university is kept by who coordinates mobility there. Legal name, Erasmus code, PIC, membership, time zone and
# e-mail domains are kept by the office: agreements, grants, deadlines and lists of the alliance stand on them. Centres
# belong to whoever hosts them; those of partners have nobody else here than the office.
rules.add_perm("members.edit_university", is_coordinator_of | is_office | is_administrator)
rules.add_perm("members.edit_identity", is_office | is_administrator)
rules.add_perm("members.edit_membership", is_office | is_administrator)
rules.add_perm("members.edit_alliance", is_office | is_administrator)
rules.add_perm("members.edit_centre", is_coordinator_of_host | is_office | is_administrator)
# Until the room of accounts is built out, administrators alone appoint (the office asks them).
rules.add_perm("members.appoint", is_administrator)
# A person asks for the role of a student or travelling member of staff; the answer is the university's, and gives that
# one role. Nobody answers a request of their own.
rules.add_perm("members.see_requests", is_coordinator | is_office | is_administrator)
rules.add_perm(
    "members.answer_request", (gives_role_asked_for | is_office | is_administrator) & ~asked_for_role
)
rules.add_perm("members.withdraw_request", asked_for_role)
# The list of charter holders changes thousands of organisations at once.
rules.add_perm("members.import_charters", is_office | is_administrator)
# New partners of projects are put on record by whoever keeps projects.
rules.add_perm("members.add_organisation", is_office | is_administrator | manages_projects)

# Agreements. The office and administrators keep them in order (write, send, withdraw, abandon, give notice in the name
# of a member), but an approval is a university's own word: only who coordinates mobility there gives or refuses it. To
# approve for a member, a person of the office needs an appointment as its coordinator. Project managers have no part.
rules.add_perm("members.keep_agreements", is_coordinator | is_office | is_administrator)
rules.add_perm("members.propose_agreement", is_coordinator_of | is_office | is_administrator)
rules.add_perm("members.file_agreement", is_coordinator_of | is_office | is_administrator)
rules.add_perm("members.write_agreement", wrote_version | knows_agreement | is_office | is_administrator)
rules.add_perm("members.approve_agreement", has_to_approve_version)
rules.add_perm("members.return_agreement", answers_version)
rules.add_perm("members.expire_agreement", is_portal | is_administrator)
