"""Who may do what with calls and applications, in sentences."""

from __future__ import annotations

from typing import Any

import rules
from django.core.exceptions import PermissionDenied

from members.appointments import held_by
from members.appointments import is_administrator as serves_as_administrator
from members.models import Role
from members.rules import is_office
from mobility.models import Appeal, Application, BulkDecision, Call, Review


@rules.predicate
def is_applicant(user: Any, application: Application | None) -> bool:
    return application is not None and user is not None and application.applicant_id == user.pk


@rules.predicate
def belongs_to_those_invited(user: Any, call: Call | None) -> bool:
    """Whether the person is, today, a student (or staff traveller) of the sending university."""
    return call is not None and held_by(user).has(call.for_role, call.university_id)


@rules.predicate
def is_still_invited(user: Any, application: Application | None) -> bool:
    return application is not None and belongs_to_those_invited(user, application.call)


@rules.predicate
def coordinates_call(user: Any, call: Call | None) -> bool:
    return call is not None and held_by(user).has(Role.MOBILITY_COORDINATOR, call.university_id)


@rules.predicate
def is_sending_coordinator(user: Any, application: Application | None) -> bool:
    return application is not None and coordinates_call(user, application.call)


@rules.predicate
def made_appeal(user: Any, appeal: Appeal | None) -> bool:
    return appeal is not None and is_applicant(user, appeal.application)


@rules.predicate
def answers_appeal(user: Any, appeal: Appeal | None) -> bool:
    return appeal is not None and may_decide(user, appeal.application)


@rules.predicate
def is_reviewer_of(user: Any, review: Review | None) -> bool:
    """Whether the review is one's own, and the role is still held at the sending university."""
    if review is None or user is None or review.reviewer_id != user.pk:
        return False
    return held_by(user).has(Role.REVIEWER, review.application.call.university_id)


@rules.predicate
def coordinates_bulk(user: Any, bulk: BulkDecision | None) -> bool:
    return bulk is not None and (coordinates_call(user, bulk.call) or is_administrator(user))


@rules.predicate
def may_decide(user: Any, application: Application | None) -> bool:
    decides = is_sending_coordinator(user, application) or is_administrator(user)
    return bool(decides and not is_applicant(user, application))


@rules.predicate
def writes_for_university(user: Any, application: Application | None) -> bool:
    """Whether the person answers applicants of the sending university, of an application that came in."""
    return bool(
        application is not None and application.submitted_at is not None and may_decide(user, application)
    )


@rules.predicate
def is_administrator(user: Any) -> bool:
    return serves_as_administrator(user)


@rules.predicate
def is_portal(user: Any) -> bool:
    """The portal itself, in a job of its own."""
    return user is None


rules.add_perm("mobility.apply_to_call", belongs_to_those_invited)
rules.add_perm("mobility.see_applications", coordinates_call | is_office | is_administrator)
rules.add_perm("mobility.read_personal_parts", is_sending_coordinator | is_administrator)
rules.add_perm("mobility.edit_application", is_applicant)
rules.add_perm("mobility.submit_application", is_applicant & is_still_invited)
rules.add_perm("mobility.take_back_application", is_applicant & is_still_invited)
rules.add_perm("mobility.accept_application", is_applicant & is_still_invited)
rules.add_perm("mobility.answer_application", is_applicant)
rules.add_perm("mobility.decide_application", may_decide)
rules.add_perm("mobility.edit_call", coordinates_call | is_administrator)
rules.add_perm("mobility.assign_reviews", coordinates_call | is_administrator)
rules.add_perm("mobility.score_application", is_reviewer_of)
rules.add_perm("mobility.appeal_application", is_applicant)
rules.add_perm("mobility.write_message", is_applicant | writes_for_university)
rules.add_perm("mobility.answer_appeal", answers_appeal)
rules.add_perm("mobility.withdraw_appeal", made_appeal)
rules.add_perm("mobility.undo_bulk", coordinates_bulk)
rules.add_perm("mobility.carry_out_bulk", is_portal)
rules.add_perm("mobility.expire_application", is_portal | is_administrator)


def coordinates_somewhere(user: Any) -> bool:
    """Whether `user` writes calls of any university."""
    held = held_by(user)
    return held.administrator or bool(held.universities(Role.MOBILITY_COORDINATOR))


def may(permission: str, by: Any, record: Any) -> bool:
    """Whether `by` (None is the portal itself) may do this to `record`."""
    return bool(rules.has_perm(permission, by, record))


def require(permission: str, by: Any, record: Any) -> None:
    """Raise PermissionDenied when `by` may not do this to `record`."""
    if not may(permission, by, record):
        raise PermissionDenied
