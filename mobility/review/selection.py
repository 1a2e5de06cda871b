"""What stands beside one application for those who decide: its reviews, notes, conflicts, appeal, what waits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from ground.gathering import keep
from ground.workflow import Transition
from mobility.actions import reviewing
from mobility.actions.appeals import UPHOLD
from mobility.models import (
    Appeal,
    Application,
    ConflictOfInterest,
    InternalNote,
    PendingDecision,
    Review,
    Score,
)
from mobility.review.forms import AppealForm, NoteForm
from mobility.workflow import APPLICATION, TO_SCORE, AppealStatus


@dataclass(frozen=True)
class Selection:
    """Everything that is internal about the application."""

    reviews: list[Review] = field(default_factory=list)
    free: list[tuple[Any, str]] = field(default_factory=list)  # who could score it, and why not
    people: list[Any] = field(default_factory=list)  # of whom a conflict can be entered
    notes: list[InternalNote] = field(default_factory=list)
    conflicts: list[ConflictOfInterest] = field(default_factory=list)
    appeal: Appeal | None = None
    uphold: list[Transition] = field(default_factory=list)
    waits: Any = None
    note: Any = None
    answer: Any = None


def lookups(found: Application) -> list[QuerySet[Any]]:
    """What a selection is made of, to be read along with other things."""
    return [
        found.reviews.select_related("reviewer"),
        Score.objects.filter(review__application=found).select_related("criterion"),
        found.internal_notes.all(),
        found.conflicts.select_related("reviewer", "declared_by"),
        found.appeals.order_by("-made_at", "-pk"),
        PendingDecision.objects.filter(application=found, is_open=True).select_related("bulk"),
        reviewing.reviewers(found.call),
        reviewing.units_that_bar(found.call),
        reviewing.parents(found.call),
    ]


def of(found: Application, rows: Iterable[list[Any]]) -> Selection:
    """The selection, out of the rows of its `lookups`."""
    reviews, scores, notes, conflicts, appeals, waiting, people, units, tree = rows
    given: dict[int, list[Score]] = defaultdict(list)
    for score in scores:
        given[score.review_id].append(score)
    for review in reviews:
        keep(review, scores=given[review.pk])
    appeal = appeals[0] if appeals else None
    ways = UPHOLD.get(appeal.against, ()) if appeal and appeal.status == AppealStatus.WAITING else ()
    barred, taken = reviewing.Barred(conflicts, units, tree), {one.reviewer_id for one in reviews}
    free = [(one, barred.why(found, one)) for one in people if one.pk not in taken]
    return Selection(
        reviews=reviews,
        people=[one for one in people if one.pk not in {conflict.reviewer_id for conflict in conflicts}],
        free=free if found.status in TO_SCORE else [],
        notes=notes,
        conflicts=conflicts,
        appeal=appeal,
        uphold=[APPLICATION.transitions[name] for name in ways],
        waits=waiting[0] if waiting else None,
        note=NoteForm(auto_id="id_internal_%s"),
        answer=AppealForm(auto_id="id_appeal_%s"),
    )
