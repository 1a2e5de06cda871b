"""Applications: drafts that save themselves, then snapshots."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import connection, models, transaction
from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from ground.models import Identified
from ground.validators import sensible_year
from members.appointments import held_by
from members.models import FieldOfEducation, OrganisationalUnit, Role, University
from members.models.exchange import Eqf
from mobility.models import in_call
from mobility.models.call import GRACE, Call
from mobility.models.place import Place
from mobility.workflow import APPLICATION, OPEN_TO_APPEAL, Status


class Gender(models.IntegerChoices):
    """ISO/IEC 5218, in the words of the official forms."""

    MALE = 1, _("Male")
    FEMALE = 2, _("Female")
    OTHER = 9, _("Other, or I don't want to say")


class Seniority(models.TextChoices):
    """As the mobility agreement of staff asks for it."""

    JUNIOR = "junior", _("Junior (less than 10 years)")
    INTERMEDIATE = "intermediate", _("Intermediate (10 to 20 years)")
    SENIOR = "senior", _("Senior (more than 20 years)")


class ApplicationQuerySet(QuerySet["Application"]):
    def visible_to(self, user: Any) -> ApplicationQuerySet:
        """One's own; submitted ones for the sending university's coordinators, the office and administrators.

        Drafts and what was taken back are their owner's alone.
        """
        if not getattr(user, "is_authenticated", False):
            return self.none()
        held = held_by(user)
        seen = Q(applicant=user)
        submitted = ~Q(status=Status.DRAFT) & Q(submitted_at__isnull=False)
        if held.office or held.administrator:
            return self.filter(seen | submitted)
        own = held.universities(Role.MOBILITY_COORDINATOR)
        return self.filter(seen | (submitted & Q(call__university__in=own))) if own else self.filter(seen)

    def sent_to(self, call: Call, user: Any) -> ApplicationQuerySet:
        """Of those that `user` may see, the submitted ones of one call but for one's own.

        The rule of `visible_to` for a call that is known: without an alternative in it the database follows the
        call's index in its order.
        """
        if not getattr(user, "is_authenticated", False):
            return self.none()
        held = held_by(user)
        theirs = call.university_id in held.universities(Role.MOBILITY_COORDINATOR)
        if not (theirs or held.office or held.administrator):
            return self.none()
        rows = self.filter(call=call, submitted_at__isnull=False)
        return rows.exclude(status=Status.DRAFT).exclude(applicant=user)

    def of(self, user: Any) -> ApplicationQuerySet:
        """The applications that `user` made."""
        return self.filter(applicant=user)

    def overdue_offers(self, moment: dt.datetime) -> ApplicationQuerySet:
        """Offers that nobody answered in time."""
        return self.filter(status=Status.OFFERED, offer_expires_at__lte=moment - GRACE)

    def awaiting_decision(self) -> ApplicationQuerySet:
        """Submitted or found eligible, not yet answered."""
        return self.filter(status__in=[Status.SUBMITTED, Status.ELIGIBLE])

    def scored_by(self, user: Any) -> ApplicationQuerySet:
        """Those that `user` reviews, as long as the role of reviewer is held at the sending university."""
        if not getattr(user, "is_authenticated", False):
            return self.none()
        held = held_by(user).universities(Role.REVIEWER)
        from mobility.models.review import Review

        mine = Review.objects.filter(reviewer=user).values("application")
        return self.filter(pk__in=mine, call__university__in=held, submitted_at__isnull=False).exclude(
            status__in=[Status.DRAFT, Status.WITHDRAWN]
        )

    def forget(self) -> int:
        """Delete these applications with all they hold, what was submitted too; their number.

        Nothing else removes a submission (triggers referee): retention, erasure and the end of the demo ask here.
        """
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('mobility.forgetting', 'yes', true)")
            number = self.count()
            self.delete()
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('mobility.forgetting', '', true)")
            return number

    def with_parts(self) -> ApplicationQuerySet:
        """The application with everything that was written in it, and what the call asks for."""
        from mobility.models.written import ApplicationDocument, Wish

        wishes = Wish.objects.select_related("place__host__organisation", "place__field").defer(
            "place__host__organisation__search"
        )
        papers = ApplicationDocument.objects.select_related("document", "asked")
        return self.for_owner().prefetch_related(
            "languages",
            Prefetch("wishes", wishes),
            Prefetch("documents", papers),
            "call__required_documents",
        )

    def with_all(self) -> ApplicationQuerySet:
        """As `with_parts`, with the questions of the call, their answers, and what is typed but not saved."""
        return self.with_parts().prefetch_related(
            "answers__document", "part_drafts", "call__questions__options"
        )

    def for_owner(self) -> ApplicationQuerySet:
        """The application with its call, in one query."""
        return self.select_related("call__university__organisation", "applicant", "field", "unit").defer(
            "call__university__organisation__search"
        )

    def for_status(self) -> ApplicationQuerySet:
        """The application with its call and the place that is offered, in one query."""
        place = self.for_owner().select_related("offered_place__host__organisation", "offered_place__field")
        return place.defer(
            "call__university__organisation__search", "offered_place__host__organisation__search"
        )

    def for_bulk(self, *, with_wishes: bool) -> ApplicationQuerySet:
        """What a step for many asks of each, in one query; what was submitted only where the wishes are needed."""
        rows = self.select_related("call__university__organisation", "applicant")
        long = ("motivation", "work_plan", "work_goals", "work_value", "work_outcomes")
        return rows.defer(*long, *(() if with_wishes else ("snapshot",)))

    def for_list(self) -> ApplicationQuerySet:
        """What a line of a list of applications shows, in one query."""
        return self.select_related(
            "call__university__organisation", "applicant", "field", "offered_place__host__organisation"
        ).defer("snapshot", "motivation", "work_plan", "call__university__organisation__search",
                "offered_place__host__organisation__search")  # fmt: skip

    def with_unread(self) -> ApplicationQuerySet:
        """With `unread`: how many messages of the coordinators their owner has not read (None for none)."""
        from mobility.models.dialogue import ApplicationMessage

        new = ApplicationMessage.objects.filter(
            application=OuterRef("pk"), read_at__isnull=True, from_applicant=False
        )
        number = new.order_by().values("application").annotate(number=Count("pk")).values("number")
        return self.annotate(unread=Subquery(number))

    def for_own_list(self) -> ApplicationQuerySet:
        """What a person's list of own applications shows: with unread messages and appeals."""
        return self.for_list().with_unread().prefetch_related("appeals")


class Application(Identified):
    """One person's application to one call."""

    call = models.ForeignKey(Call, models.PROTECT, related_name="applications", verbose_name=_("call"))
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="applications", verbose_name=_("applicant")
    )
    reference = models.CharField(_("reference"), max_length=40, unique=True, editable=False)
    status = models.CharField(
        _("state"), max_length=14, choices=Status.choices, default=Status.DRAFT, editable=False
    )
    # Personal data, as the official templates ask for it (learning agreement, general information).
    given_name = models.CharField(_("given names"), max_length=100, blank=True)
    family_name = models.CharField(_("family names"), max_length=100, blank=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True, validators=[sensible_year])
    nationality = CountryField(_("nationality"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    gender = models.PositiveSmallIntegerField(_("gender"), choices=Gender.choices, null=True, blank=True)
    fewer_opportunities = models.BooleanField(_("fewer opportunities"), null=True, blank=True)
    unit = models.ForeignKey(
        OrganisationalUnit, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("faculty or department"),
    )  # fmt: skip
    # Studies
    study_programme = models.CharField(_("study programme"), max_length=200, blank=True)
    level = models.PositiveSmallIntegerField(
        _("level of studies"), choices=Eqf.choices, null=True, blank=True
    )
    field = models.ForeignKey(
        FieldOfEducation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("field of education"),
    )
    ects = models.PositiveSmallIntegerField(
        _("ECTS credits earned so far"), null=True, blank=True, validators=[MaxValueValidator(600)]
    )
    earlier_months = models.DecimalField(
        _("months of mobility so far, in this cycle of studies"), max_digits=4, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(99)],
    )  # fmt: skip
    # Staff, as the mobility agreement asks for it
    seniority = models.CharField(
        _("seniority"), max_length=12, choices=Seniority.choices, blank=True, db_default=""
    )
    hours = models.DecimalField(
        _("teaching hours"), max_digits=5, decimal_places=1, null=True, blank=True,
        validators=[MinValueValidator(0), MaxValueValidator(999)],
    )  # fmt: skip
    planned_days = models.PositiveSmallIntegerField(
        _("days abroad, without travel"), null=True, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
    )  # fmt: skip
    work_goals = models.TextField(_("overall objectives"), blank=True, db_default="")
    work_value = models.TextField(_("added value"), blank=True, db_default="")
    work_outcomes = models.TextField(_("expected outcomes"), blank=True, db_default="")
    work_unit = models.CharField(_("faculty or department"), max_length=200, blank=True)
    work_plan = models.TextField(_("programme of work"), blank=True)
    motivation = models.TextField(_("motivation"), blank=True)
    declared_true = models.BooleanField(_("what I wrote is true"), default=False)
    declared_privacy = models.BooleanField(_("I have read how my data are used"), default=False)

    visited = models.JSONField(default=list, editable=False)  # the parts that were saved once
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("started at"), editable=False)
    saved_at = models.DateTimeField(_("saved at"), editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True, editable=False)
    snapshot = models.JSONField(_("as submitted"), null=True, blank=True, editable=False)
    snapshot_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    # What the table of a call is narrowed and ordered by: as submitted, since a returned one can be written in again.
    sent_level = models.PositiveSmallIntegerField(null=True, editable=False)
    sent_ects = models.PositiveSmallIntegerField(null=True, editable=False)
    sent_field = models.ForeignKey(
        FieldOfEducation, models.PROTECT, null=True, related_name="+", editable=False
    )
    sent_host = models.ForeignKey(University, models.PROTECT, null=True, related_name="+", editable=False)
    # Codes of what spoke against the rules of the call when it was submitted (`mobility/eligibility.py`).
    findings = models.JSONField(default=list, db_default=[], editable=False)
    reviews_wanted = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    reviews_done = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    score = models.DecimalField(max_digits=5, decimal_places=2, null=True, editable=False)  # mean, 0 to 100
    spread = models.DecimalField(max_digits=5, decimal_places=2, null=True, editable=False)  # most less least
    decided_at = models.DateTimeField(_("answered at"), null=True, blank=True, editable=False)
    search = SearchVectorField(null=True, editable=False)  # as submitted
    sort_name = models.CharField(max_length=250, blank=True, editable=False)  # as submitted, to order by
    folded = models.CharField(max_length=300, blank=True, editable=False)  # as submitted, to search in
    decision_note = models.TextField(_("reason or request, for the applicant"), blank=True, editable=False)
    offered_place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="offers", editable=False,
        verbose_name=_("place offered"),
    )  # fmt: skip
    offer_expires_at = models.DateTimeField(_("answer until"), null=True, blank=True, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["-submitted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["call", "applicant"],
                name="mobility_application_one_per_call",
                violation_error_message=_("You already have an application to this call."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.DRAFT, Status.WITHDRAWN])
                | Q(submitted_at__isnull=False, snapshot__isnull=False),
                name="mobility_application_submitted_is_snapshot",
            ),
            models.CheckConstraint(
                condition=Q(offered_place__isnull=True, offer_expires_at__isnull=True)
                | Q(offered_place__isnull=False, offer_expires_at__isnull=False),
                name="mobility_application_offer_pair",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[Status.OFFERED, Status.ACCEPTED]) | Q(offered_place__isnull=False),
                name="mobility_application_offer_has_place",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="mobility_application_status"),
            models.CheckConstraint(
                condition=Q(score__isnull=True, spread__isnull=True, reviews_done=0)
                | Q(
                    score__isnull=False,
                    spread__isnull=False,
                    score__range=(0, 100),
                    spread__range=(0, 100),
                    reviews_done__gt=0,
                ),
                name="mobility_application_score",
            ),
            models.CheckConstraint(
                condition=Q(gender__isnull=True) | Q(gender__in=Gender.values),
                name="mobility_application_gender",
            ),
            models.CheckConstraint(
                condition=(Q(earlier_months__isnull=True) | Q(earlier_months__range=(0, 99)))
                & (Q(hours__isnull=True) | Q(hours__range=(0, 999)))
                & (Q(planned_days__isnull=True) | Q(planned_days__range=(1, 366))),
                name="mobility_application_numbers",
            ),
        ]
        indexes = [
            models.Index(fields=["call", "status", "findings"], name="mobility_application_by_rules"),
            models.Index(fields=["call", "submitted_at", "id"], name="mobility_application_by_moment"),
            models.Index(fields=["call", "sort_name", "id"], name="mobility_application_by_name"),
            models.Index(fields=["call", "reference", "id"], name="mobility_application_by_ref"),
            models.Index(
                models.F("call"),
                models.F("score").desc(),
                models.F("submitted_at"),
                models.F("id"),
                condition=Q(score__isnull=False),
                name="mobility_application_by_rank",
            ),
            models.Index(
                fields=["call", "status", "submitted_at", "id"], name="mobility_application_by_state"
            ),
            models.Index(
                fields=["call", "sent_host", "submitted_at", "id"], name="mobility_application_by_host"
            ),
            models.Index(
                fields=["call", "sent_field", "submitted_at", "id"], name="mobility_application_by_field"
            ),
            models.Index(
                fields=["call", "sent_level", "submitted_at", "id"], name="mobility_application_by_level"
            ),
            models.Index(
                fields=["call", "findings", "submitted_at", "id"], name="mobility_application_by_rule"
            ),
            GinIndex(in_call.WORDS, name="mobility_application_in_call"),
            models.Index(
                fields=["offer_expires_at"],
                condition=Q(status=Status.OFFERED),
                name="mobility_application_offers",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("mobility:application", args=[self.uuid])

    @property
    def is_editable(self) -> bool:
        """Whether its owner may still write in it (the call's deadline aside)."""
        return self.status in (Status.DRAFT, Status.RETURNED)

    def can_be_sent(self, moment: dt.datetime) -> bool:
        """Whether it can be written in and submitted: a draft until the close, a returned one without a deadline."""
        return self.status == Status.RETURNED or (self.status == Status.DRAFT and self.call.takes_at(moment))

    def can_be_taken_back(self, moment: dt.datetime) -> bool:
        """Whether its owner may take it back to change it, and submit it again in time."""
        return self.status == Status.SUBMITTED and self.call.may_take_back and self.call.takes_at(moment)

    def can_be_answered(self, moment: dt.datetime) -> bool:
        """Whether there is an offer that can still be accepted: until the end of the minute it names."""
        expires = self.offer_expires_at
        return self.status == Status.OFFERED and expires is not None and moment < expires + GRACE

    def can_be_appealed(self, moment: dt.datetime) -> bool:
        """Whether its owner may still appeal: until the end of the last of the call's days after the answer."""
        until = self.call.appeal_until(self.decided_at) if self.decided_at else None
        return self.status in OPEN_TO_APPEAL and until is not None and moment < until + GRACE

    @property
    def is_final(self) -> bool:
        return self.status in APPLICATION.final

    @property
    def applicant_name(self) -> str:
        """The name as given in this application, else the account's."""
        written = f"{self.given_name} {self.family_name}".strip()
        return written or str(self.applicant)
