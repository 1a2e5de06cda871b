"""Who scores which application: assigned, kept apart from what they must not score, scored, ranked anew.

Rows are locked in this order: applications (by id), reviews.
"""

from __future__ import annotations

import uuid as uuids
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from audit import trail
from ground import clock
from ground.workflow import NotPossible
from members.models import Appointment, OrganisationalUnit, Role
from mobility.actions.door import lock_application
from mobility.actions.telling import tell_reviewer
from mobility.models import (
    Application,
    Call,
    ConflictOfInterest,
    ImpartialityStatement,
    InternalNote,
    Review,
    ReviewerUnit,
    Score,
)
from mobility.rules import require
from mobility.units import Tree
from mobility.workflow import KIND, TO_SCORE

MOST = 2000  # applications that one even assignment takes


def reviewers(call: Call) -> QuerySet[Any]:
    """The people who review for the call's university today, by name."""
    rows = Appointment.objects.in_force(clock.now()).holders(Role.REVIEWER, call.university_id)
    people = get_user_model().objects.filter(pk__in=rows.values("user"))
    return people.order_by("family_name", "given_name", "pk")


def reviewers_of(call: Call) -> list[Any]:
    """Those people, read."""
    return list(reviewers(call))


def units_that_bar(call: Call) -> QuerySet[ReviewerUnit]:
    """Of which units the reviewers of the call's university are; none where the call doesn't ask."""
    rows = ReviewerUnit.objects.filter(unit__university=call.university_id)
    return rows if call.avoids_own_unit else rows.none()


def parents(call: Call) -> QuerySet[Any, tuple[int, int | None]]:
    """The tree of units of the call's university, as pairs; empty where the call doesn't ask."""
    rows = OrganisationalUnit.objects.filter(university=call.university_id)
    return (rows if call.avoids_own_unit else rows.none()).order_by().values_list("pk", "parent")


class Barred:
    """Whom an application must not be given to: its owner, who has a conflict, who is of the same unit.

    A department of a faculty is the same unit as the faculty.
    """

    def __init__(
        self, conflicts: Iterable[ConflictOfInterest], units: Iterable[ReviewerUnit],
        tree: Iterable[tuple[int, int | None]],
    ) -> None:  # fmt: skip
        self._conflicts = {(one.application_id, one.reviewer_id): one for one in conflicts}
        self._tree = Tree(tree)
        self._units: dict[int, list[int]] = defaultdict(list)
        for one in units:
            self._units[one.reviewer_id].append(one.unit_id)

    @classmethod
    def of(cls, call: Call, applications: Iterable[Application]) -> Barred:
        """What is known of these applications to `call`."""
        keys = [one.pk for one in applications]
        return cls(
            ConflictOfInterest.objects.filter(application__in=keys), units_that_bar(call), parents(call)
        )

    def why(self, application: Application, reviewer: Any) -> str:
        """Why the person must not score the application; empty where nothing speaks against it."""
        if application.applicant_id == reviewer.pk:
            return _("Nobody scores their own application.")
        if (application.pk, reviewer.pk) in self._conflicts:
            return _("This person has a conflict of interest.")
        if any(self._tree.related(unit, application.unit_id) for unit in self._units.get(reviewer.pk, ())):
            return _("This person is of the applicant's faculty or department.")
        return ""


@transaction.atomic
def assign_reviewer(application: Application, reviewer: Any, *, by: Any) -> Review:
    """Give the application to one reviewer; assigning again changes nothing.

    Raises PermissionDenied or NotPossible (no reviewer of this university, conflict of interest, own unit, decided).
    """
    locked = lock_application(application)
    require("mobility.assign_reviews", by, locked.call)
    there = Review.objects.filter(application=locked, reviewer=reviewer).first()
    if there is not None:
        return there
    if locked.status not in TO_SCORE:
        raise NotPossible(_("This step is not possible in the present state."))
    if reviewer not in reviewers_of(locked.call):
        raise NotPossible(_("This person does not review for this university today."))
    if why := Barred.of(locked.call, [locked]).why(locked, reviewer):
        raise NotPossible(why)
    made = Review.objects.create(
        application=locked, reviewer=reviewer, assigned_at=clock.now(), assigned_by=by
    )
    tell_reviewer(locked.call, reviewer, 1, made.uuid)
    return made


@transaction.atomic
def unassign_reviewer(review: Review, *, by: Any) -> None:
    """Take the application away from a reviewer who has not finished. Raises PermissionDenied or NotPossible."""
    locked = lock_application(review.application)
    require("mobility.assign_reviews", by, locked.call)
    there = Review.objects.filter(pk=review.pk).first()
    if there is None:
        return
    if there.done_at is not None:
        raise NotPossible(_("This review is finished. It stays."))
    there.delete()


@transaction.atomic
def assign_evenly(call: Call, applications: Iterable[Application], *, by: Any) -> int:
    """Give each application as many reviewers as the call wants, each reviewer about as many; how many were given.

    Nobody gets what they must not score. Raises PermissionDenied or NotPossible (no reviewers, too many at once).
    """
    require("mobility.assign_reviews", by, call)
    people, keys = reviewers_of(call), [one.pk for one in applications]
    if not people:
        raise NotPossible(_("Nobody reviews for this university today. Ask an administrator for the role."))
    if len(keys) > MOST:
        raise NotPossible(_("Choose fewer applications: %(count)d at most.") % {"count": MOST})
    rows = Application.objects.filter(pk__in=keys, call=call, status__in=TO_SCORE)
    locked = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    made = _shared_out(call, locked, people)
    now = clock.now()
    Review.objects.bulk_create(
        Review(application=one, reviewer=person, assigned_at=now, assigned_by=by) for one, person in made
    )
    for person, count in Counter(person for _one, person in made).items():
        tell_reviewer(call, person, count, uuids.uuid4())
    return len(made)


def _shared_out(call: Call, locked: list[Application], people: list[Any]) -> list[tuple[Application, Any]]:
    """Pairs of application and reviewer: always the permitted reviewer with the least to do."""
    there = set(Review.objects.filter(application__call=call).values_list("application_id", "reviewer_id"))
    load = Counter(reviewer for _application, reviewer in there)
    many, barred, made = Counter(key for key, _reviewer in there), Barred.of(call, locked), []
    for one in locked:
        free = [p for p in people if (one.pk, p.pk) not in there and not barred.why(one, p)]
        for _n in range(call.reviewers_wanted - many[one.pk]):
            if not free:
                break
            person = min(free, key=lambda p: (load[p.pk], p.pk))
            free.remove(person)
            load[person.pk] += 1
            made.append((one, person))
    return made


def short_of_reviewers(call: Call) -> QuerySet[Application]:
    """The applications that are to be scored and have fewer reviewers than the call wants."""
    rows = Application.objects.filter(call=call, status__in=TO_SCORE).annotate(given=Count("reviews"))
    return rows.filter(given__lt=call.reviewers_wanted)


@transaction.atomic
def state_impartiality(call: Call, *, by: Any) -> None:
    """The reviewer states to have no conflict of interest but those that are declared. Stating it twice is fine."""
    ImpartialityStatement.objects.get_or_create(call=call, reviewer=by, defaults={"made_at": clock.now()})


@transaction.atomic
def declare_conflict(review: Review, *, by: Any, reason: str = "") -> None:
    """The reviewer must not score this application: the review goes, and is never assigned again.

    Raises PermissionDenied.
    """
    require("mobility.score_application", by, review)
    locked = lock_application(review.application)
    Review.objects.filter(pk=review.pk).delete()
    ConflictOfInterest.objects.get_or_create(
        application=locked,
        reviewer=by,
        defaults={"reason": reason, "declared_at": clock.now(), "declared_by": by},
    )
    rank_anew(locked)


@transaction.atomic
def save_scores(
    review: Review, *, by: Any, points: Mapping[int, Decimal], comment: str, finish: bool, version: int
) -> Review:
    """Keep the points, by the key of the criterion; to `finish` every criterion needs some. The ranking follows.

    `version` is that of the sheet the reviewer saw. Raises PermissionDenied or NotPossible (not impartial, decided
    meanwhile, written elsewhere meanwhile, points missing).
    """
    require("mobility.score_application", by, review)
    locked = lock_application(review.application)
    kept = Review.objects.select_for_update(of=("self",)).get(pk=review.pk)
    criteria = list(locked.call.criteria.all())
    if why := _not_now(locked, kept, by, version, finish and any(one.pk not in points for one in criteria)):
        raise NotPossible(why)
    Score.objects.filter(review=kept).exclude(criterion__in=points).delete()
    Score.objects.bulk_create(
        [Score(review=kept, criterion_id=key, points=given) for key, given in points.items()],
        update_conflicts=True, unique_fields=["review", "criterion"], update_fields=["points"],
    )  # fmt: skip
    kept.comment, kept.version = comment, kept.version + 1
    kept.total = total(criteria, points) if finish else None
    kept.done_at = clock.now() if finish else None
    kept.save(update_fields=["comment", "version", "total", "done_at"])
    rank_anew(locked)
    return kept


def _not_now(locked: Application, kept: Review, by: Any, version: int, incomplete: bool) -> str:
    stated = ImpartialityStatement.objects.filter(call=locked.call_id, reviewer=by).exists()
    if not stated:
        return _("State first that you are impartial.")
    if locked.status not in TO_SCORE:
        return _("The application is decided, or its owner completes it. It can't be scored now.")
    if kept.version != version:
        return _("The sheet was saved elsewhere meanwhile. Look at it and try again.")
    return _("Give points for every criterion.") if incomplete else ""


def total(criteria: Iterable[Any], points: Mapping[int, Decimal]) -> Decimal:
    """The weighted mean of the criteria, from 0 to 100."""
    criteria = list(criteria)
    weights = sum(one.weight for one in criteria)
    if not weights:
        raise NotPossible(_("The call has no criteria to score by."))
    gained = sum((Decimal(one.weight) * points[one.pk] / one.most for one in criteria), Decimal(0))
    return (gained * 100 / weights).quantize(Decimal("0.01"))


def rank_anew(locked: Application) -> None:
    """The mean and the spread of the finished reviews of a locked application."""
    totals = [one for one in locked.reviews.done().values_list("total", flat=True) if one is not None]
    locked.reviews_done = len(totals)
    locked.score = (sum(totals, Decimal(0)) / len(totals)).quantize(Decimal("0.01")) if totals else None
    locked.spread = max(totals) - min(totals) if totals else None
    locked.save(update_fields=["reviews_done", "score", "spread"])


@transaction.atomic
def write_note(application: Application, *, by: Any, text: str) -> InternalNote:
    """Keep words for those who decide. Raises PermissionDenied."""
    require("mobility.decide_application", by, application)
    made = InternalNote.objects.create(
        application=application, author=by, author_name=str(by)[:250], text=text, written_at=clock.now()
    )
    trail.record(
        "mobility.write_note", by=by, kind=KIND, subject=application.uuid, name=application.reference
    )
    return made


@transaction.atomic
def set_units(reviewer: Any, call: Call, units: Iterable[Any], *, by: Any) -> None:
    """Keep of which units of the call's university the reviewer is. Raises PermissionDenied."""
    require("mobility.assign_reviews", by, call)
    ReviewerUnit.objects.filter(reviewer=reviewer, unit__university=call.university_id).delete()
    ReviewerUnit.objects.bulk_create(
        ReviewerUnit(reviewer=reviewer, unit=unit)
        for unit in units
        if unit.university_id == call.university_id
    )
