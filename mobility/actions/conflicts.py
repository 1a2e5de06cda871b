"""Who must not score what: entered and taken out by the coordinators of a call, each time with a reason."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import trail
from ground import clock
from ground.workflow import NotPossible
from mobility.actions.door import lock_application
from mobility.actions.reviewing import rank_anew, reviewers_of
from mobility.models import Application, ConflictOfInterest, Review
from mobility.rules import require
from mobility.workflow import KIND

MOST_OF_A_REASON = 500


@transaction.atomic
def enter_conflict(application: Application, reviewer: Any, *, by: Any, reason: str) -> ConflictOfInterest:
    """Keep that `reviewer` must not score the application: a review of theirs goes, and none is assigned again.

    Entering it again changes nothing. Raises PermissionDenied or NotPossible (no reason, not a reviewer here).
    """
    locked = lock_application(application)
    require("mobility.assign_reviews", by, locked.call)
    words = _reason(reason)
    there = ConflictOfInterest.objects.filter(application=locked, reviewer=reviewer).first()
    if there is not None:
        return there
    if reviewer not in reviewers_of(locked.call):
        raise NotPossible(_("This person does not review for this university today."))
    Review.objects.filter(application=locked, reviewer=reviewer).delete()
    made = ConflictOfInterest.objects.create(
        application=locked, reviewer=reviewer, reason=words, declared_at=clock.now(), declared_by=by
    )
    rank_anew(locked)
    _record("mobility.enter_conflict", locked, reviewer, words, by)
    return made


@transaction.atomic
def remove_conflict(conflict: ConflictOfInterest, *, by: Any, reason: str) -> None:
    """Take a conflict out that does not hold (any more); removing it again changes nothing.

    Raises PermissionDenied or NotPossible (no reason).
    """
    locked = lock_application(conflict.application)
    require("mobility.assign_reviews", by, locked.call)
    words = _reason(reason)
    there = ConflictOfInterest.objects.select_related("reviewer").filter(pk=conflict.pk).first()
    if there is not None:
        there.delete()
        _record("mobility.remove_conflict", locked, there.reviewer, words, by)


def _reason(typed: str) -> str:
    words = typed.strip()[:MOST_OF_A_REASON]
    if not words:
        raise NotPossible(_("Write the reason. It is kept with who entered it and when."))
    return words


def _record(verb: str, application: Application, reviewer: Any, reason: str, by: Any) -> None:
    details = {"reviewer": str(reviewer), "reason": reason}
    trail.record(
        verb, by=by, kind=KIND, subject=application.uuid, name=application.reference, details=details
    )
