"""Applications: drafts that save themselves, then snapshots."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from documents.models import Document
from ground.models import Identified
from ground.validators import sensible_year
from members.appointments import held_by
from members.models import FieldOfEducation, Role
from members.models.exchange import Cefr, Eqf
from mobility.models.call import GRACE, Call, Place, RequiredDocument
from mobility.workflow import APPLICATION, Status


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

    def of(self, user: Any) -> ApplicationQuerySet:
        """The applications that `user` made."""
        return self.filter(applicant=user)

    def overdue_offers(self, moment: dt.datetime) -> ApplicationQuerySet:
        """Offers that nobody answered in time."""
        return self.filter(status=Status.OFFERED, offer_expires_at__lte=moment - GRACE)

    def awaiting_decision(self) -> ApplicationQuerySet:
        """Submitted or found eligible, not yet answered."""
        return self.filter(status__in=[Status.SUBMITTED, Status.ELIGIBLE])

    def with_parts(self) -> ApplicationQuerySet:
        """The application with everything that was written in it, and what the call asks for."""
        wishes = Wish.objects.select_related("place__host__organisation", "place__field").defer(
            "place__host__organisation__search"
        )
        papers = ApplicationDocument.objects.select_related("document", "asked")
        return self.for_owner().prefetch_related(
            "languages", Prefetch("wishes", wishes), Prefetch("documents", papers), "call__required_documents"
        )

    def for_owner(self) -> ApplicationQuerySet:
        """The application with its call, in one query."""
        return self.select_related("call__university__organisation", "applicant", "field").defer(
            "call__university__organisation__search"
        )

    def for_list(self) -> ApplicationQuerySet:
        """What a line of a list of applications shows, in one query."""
        return self.select_related(
            "call__university__organisation", "applicant", "field", "offered_place__host__organisation"
        ).defer("snapshot", "motivation", "work_plan", "call__university__organisation__search",
                "offered_place__host__organisation__search")  # fmt: skip


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
    # Staff
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
        ]
        indexes = [
            models.Index(fields=["call", "status", "id"], name="mobility_application_by_call"),
            models.Index(fields=["call", "submitted_at", "id"], name="mobility_application_by_moment"),
            models.Index(fields=["call", "sort_name", "id"], name="mobility_application_by_name"),
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

    @property
    def is_final(self) -> bool:
        return self.status in APPLICATION.final

    @property
    def applicant_name(self) -> str:
        """The name as given in this application, else the account's."""
        written = f"{self.given_name} {self.family_name}".strip()
        return written or str(self.applicant)


class LanguageSkill(models.Model):
    """A language the applicant knows, with its CEFR level."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="languages")
    language = models.CharField(_("language"), max_length=3)
    level = models.CharField(_("level"), max_length=2, choices=Cefr.choices)

    class Meta:
        verbose_name = _("language skill")
        verbose_name_plural = _("language skills")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "language"],
                name="mobility_language_once",
                violation_error_message=_("This language is already given."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.level}"


class Wish(models.Model):
    """A place the applicant would like, in order of preference."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="wishes")
    place = models.ForeignKey(Place, models.PROTECT, related_name="wishes", verbose_name=_("place"))
    rank = models.PositiveSmallIntegerField(_("rank"))

    class Meta:
        verbose_name = _("wish")
        verbose_name_plural = _("wishes")
        ordering = ["rank"]
        constraints = [
            models.UniqueConstraint(fields=["application", "place"], name="mobility_wish_once"),
            models.UniqueConstraint(
                fields=["application", "rank"],
                name="mobility_wish_rank",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=Q(rank__gte=1), name="mobility_wish_rank_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.place}"


class ApplicationDocumentQuerySet(QuerySet["ApplicationDocument"]):
    def seen_by(self, user: Any, application: Application) -> ApplicationDocumentQuerySet:
        """To the owner every paper; those that were submitted to the sending coordinators and administrators."""
        if application.applicant_id == user.pk:
            return self
        held = held_by(user)
        if not (held.administrator or held.has(Role.MOBILITY_COORDINATOR, application.call.university_id)):
            return self.none()
        submitted = [paper.get("uuid") for paper in (application.snapshot or {}).get("documents", [])]
        return self.filter(document__uuid__in=submitted)


class ApplicationDocument(Identified):
    """A paper that the applicant uploaded, for one of the documents asked for."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="documents")
    asked = models.ForeignKey(
        RequiredDocument, models.PROTECT, related_name="uploads", verbose_name=_("asked for")
    )
    document = models.OneToOneField(Document, models.PROTECT, related_name="+", verbose_name=_("file"))

    objects = ApplicationDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of the application")
        verbose_name_plural = _("documents of the application")
        ordering = ["asked__position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "asked"], name="mobility_application_document_once"
            )
        ]

    def __str__(self) -> str:
        return str(self.asked)
