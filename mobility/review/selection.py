"""What stands beside one application for those who decide: its reviews, notes, conflicts, appeal, what waits."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ground.workflow import Transition
from mobility.actions import reviewing
from mobility.actions.appeals import UPHOLD
from mobility.models import Appeal, Application, ConflictOfInterest, InternalNote, PendingDecision, Review
from mobility.review.forms import AppealForm, NoteForm
from mobility.rules import may
from mobility.workflow import APPLICATION, AppealStatus


@dataclass(frozen=True)
class Selection:
    """Empty for those who follow the process only."""

    reviews: list[Review] = field(default_factory=list)
    free: list[tuple[Any, str]] = field(default_factory=list)  # who could score it, and why not
    notes: list[InternalNote] = field(default_factory=list)
    conflicts: list[ConflictOfInterest] = field(default_factory=list)
    appeal: Appeal | None = None
    uphold: list[Transition] = field(default_factory=list)
    waits: Any = None
    note: Any = None
    answer: Any = None


def of(found: Application, user: Any) -> Selection | None:
    """Everything that is internal about the application; None for whom it is not meant."""
    if not may("mobility.decide_application", user, found):
        return None
    reviews = list(found.reviews.select_related("reviewer").prefetch_related("scores__criterion"))
    appeal = found.appeals.order_by("-made_at").first()
    ways = UPHOLD.get(appeal.against, ()) if appeal and appeal.status == AppealStatus.WAITING else ()
    return Selection(
        reviews=reviews,
        free=_free(found, reviews) if found.status in reviewing.TO_SCORE else [],
        notes=list(found.internal_notes.all()),
        conflicts=list(found.conflicts.select_related("reviewer")),
        appeal=appeal,
        uphold=[APPLICATION.transitions[name] for name in ways],
        waits=PendingDecision.objects.filter(application=found, is_open=True).select_related("bulk").first(),
        note=NoteForm(auto_id="id_internal_%s"),
        answer=AppealForm(auto_id="id_appeal_%s"),
    )


def _free(found: Application, reviews: list[Review]) -> list[tuple[Any, str]]:
    taken = {one.reviewer_id for one in reviews}
    barred = reviewing.Barred(found.call, [found])
    people = [one for one in reviewing.reviewers_of(found.call) if one.pk not in taken]
    return [(one, barred.why(found, one)) for one in people]
