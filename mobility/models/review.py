"""Who scores which application, with what result; and who must not."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from members.appointments import held_by
from members.models import OrganisationalUnit, Role
from mobility.models.application import Application
from mobility.models.asked import Criterion
from mobility.models.call import Call
from mobility.workflow import BulkStatus


class ReviewQuerySet(QuerySet["Review"]):
    def visible_to(self, user: Any) -> ReviewQuerySet:
        """One's own while the role is held at the sending university; to its coordinators and administrators all."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        held = held_by(user)
        if held.administrator:
            return self.exclude(application__applicant=user)
        scored, led = held.universities(Role.REVIEWER), held.universities(Role.MOBILITY_COORDINATOR)
        seen = Q(reviewer=user, application__call__university__in=scored)
        return self.filter(seen | Q(application__call__university__in=led)).exclude(
            application__applicant=user
        )

    def done(self) -> ReviewQuerySet:
        """Those that were finished."""
        return self.filter(done_at__isnull=False)


class Review(Identified):
    """One reviewer's scores of one application: assigned, written, finished."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="reviews", verbose_name=_("application")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reviews", verbose_name=_("reviewer")
    )
    assigned_at = models.DateTimeField(_("assigned at"), editable=False)
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("assigned by"),
    )  # fmt: skip
    comment = models.TextField(_("comment, for those who decide only"), blank=True)
    total = models.DecimalField(
        _("total"), max_digits=5, decimal_places=2, null=True, blank=True, editable=False
    )
    done_at = models.DateTimeField(_("finished at"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["application", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "reviewer"], name="mobility_review_once",
                violation_error_message=_("This person reviews the application already."),
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, total__isnull=True)
                | Q(done_at__isnull=False, total__isnull=False, total__range=(0, 100)),
                name="mobility_review_done_has_total",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["reviewer", "done_at", "id"], name="mobility_review_by_reviewer"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.reviewer_id}"


class Score(models.Model):
    """The points that a review gives for a criterion; never more than the criterion has (a trigger referees)."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="scores", verbose_name=_("review"))
    criterion = models.ForeignKey(Criterion, models.PROTECT, related_name="+", verbose_name=_("criterion"))
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["criterion__position", "criterion"]
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="mobility_score_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="mobility_score_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.points}"


class ConflictOfInterest(Identified):
    """A reviewer must not score an application: declared by the reviewer, or entered by the office of the call."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="conflicts", verbose_name=_("application")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("reviewer")
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    declared_at = models.DateTimeField(_("declared at"), editable=False)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("declared by"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering = ["-declared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["application", "reviewer"], name="mobility_conflict_once")
        ]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.reviewer_id}"


class ReviewerUnit(models.Model):
    """A reviewer is of this faculty or department: others score what its people hand in, where a call says so."""

    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("reviewer")
    )
    unit = models.ForeignKey(
        OrganisationalUnit, models.CASCADE, related_name="+", verbose_name=_("faculty or department")
    )

    class Meta:
        verbose_name = _("unit of a reviewer")
        verbose_name_plural = _("units of reviewers")
        ordering = ["reviewer", "unit"]
        constraints = [
            models.UniqueConstraint(fields=["reviewer", "unit"], name="mobility_reviewer_unit_once")
        ]

    def __str__(self) -> str:
        return f"{self.reviewer_id}: {self.unit_id}"


class ImpartialityStatement(models.Model):
    """A reviewer said, before scoring for a call, to have no conflict of interest but those that are declared."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="statements", verbose_name=_("call"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("reviewer")
    )
    made_at = models.DateTimeField(_("made at"), editable=False)

    class Meta:
        verbose_name = _("statement of impartiality")
        verbose_name_plural = _("statements of impartiality")
        ordering = ["call", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "reviewer"], name="mobility_statement_once")]

    def __str__(self) -> str:
        return f"{self.call_id}: {self.reviewer_id}"


class InternalNote(Identified):
    """What those who decide write to each other about an application; its owner never sees it."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="internal_notes", verbose_name=_("application")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("author"),
    )
    author_name = models.CharField(_("name"), max_length=250)
    text = models.TextField(_("text"), max_length=5000)
    written_at = models.DateTimeField(_("written at"), editable=False)

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ["written_at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="mobility_note_not_empty")]

    def __str__(self) -> str:
        return f"{self.application_id}: {self.author_name}"


class BulkQuerySet(QuerySet["BulkDecision"]):
    def visible_to(self, user: Any) -> BulkQuerySet:
        """To those who coordinate the call's university, and administrators."""
        held = held_by(user)
        if held.administrator:
            return self.all()
        return self.filter(call__university__in=held.universities(Role.MOBILITY_COORDINATOR))

    def due(self, moment: Any) -> BulkQuerySet:
        """Those that are to be carried out by `moment`, the oldest first."""
        return self.filter(status="pending", takes_effect_at__lte=moment).order_by("takes_effect_at", "pk")


class BulkDecision(Identified):
    """One step for many applications. Until it takes effect, applicants see nothing of it and it can be undone."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="bulk_decisions", verbose_name=_("call"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("by")
    )
    step = models.CharField(_("step"), max_length=40)
    note = models.TextField(_("note to the applicants"), blank=True)
    offer_days = models.PositiveSmallIntegerField(_("days to answer"), null=True, blank=True)
    status = models.CharField(
        _("state"), max_length=8, choices=BulkStatus.choices, default=BulkStatus.PENDING, editable=False
    )
    made_at = models.DateTimeField(_("made at"), editable=False)
    takes_effect_at = models.DateTimeField(_("takes effect at"), editable=False)
    settled_at = models.DateTimeField(_("carried out or undone at"), null=True, blank=True, editable=False)

    objects = BulkQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk decision")
        verbose_name_plural = _("bulk decisions")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(takes_effect_at__gt=F("made_at")), name="mobility_bulk_waits"),
            models.CheckConstraint(
                condition=Q(status="pending", settled_at__isnull=True)
                | Q(status__in=["done", "undone"], settled_at__isnull=False),
                name="mobility_bulk_settled",
            ),
        ]
        indexes = [
            models.Index(fields=["takes_effect_at"], condition=Q(status="pending"), name="mobility_bulk_due")
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.uuid}"


class PendingDecision(models.Model):
    """One application in a bulk decision. A `place` in it holds a seat from the moment it was made.

    `is_open` until it is carried out or undone: an application waits for one decision at most. What could not be
    carried out says why in `refusal`, for the coordinator.
    """

    bulk = models.ForeignKey(
        BulkDecision, models.CASCADE, related_name="decisions", verbose_name=_("bulk decision")
    )
    application = models.ForeignKey(
        Application, models.CASCADE, related_name="pending_decisions", verbose_name=_("application")
    )
    place = models.ForeignKey(
        "mobility.Place",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("place offered"),
    )
    is_open = models.BooleanField(_("waiting"), default=True)
    refusal = models.CharField(_("why it was not carried out"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("decision that waits")
        verbose_name_plural = _("decisions that wait")
        ordering = ["bulk", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["bulk", "application"], name="mobility_pending_once"),
            models.UniqueConstraint(
                fields=["application"], condition=Q(is_open=True), name="mobility_pending_one_open",
                violation_error_message=_("A decision about this application waits already."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.bulk_id}: {self.application_id}"


class SavedTable(Identified):
    """A person's own name for a query of a call's table of applications ("to check, Aveiro")."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_tables", verbose_name=_("person")
    )
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("query"), max_length=2000, blank=True)
    saved_at = models.DateTimeField(_("saved at"), editable=False)

    class Meta:
        verbose_name = _("saved table")
        verbose_name_plural = _("saved tables")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name"], name="mobility_table_name_once",
                violation_error_message=_("You already have a filter with this name."),
            ),
            models.CheckConstraint(condition=~Q(name=""), name="mobility_table_named"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.name
