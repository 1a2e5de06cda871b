"""Inter-institutional agreements: two universities, versions that never change once sent, approvals bound to a version.

Every field that an exchange of agreements over Erasmus Without Paper (IIA, version 7) needs is here. Each side's
identifier (`iia-id`) is the uuid of its `AgreementSide`; identifiers are never used again.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models, transaction
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ground.models import Identified
from ground.validators import sensible_year
from members.appointments import held_by, is_administrator
from members.models.appointment import Role
from members.models.exchange import YEAR_PATTERN, academic_year, year_on
from members.models.organisation import Identifier, Scheme
from members.models.unit import OrganisationalUnit
from members.models.university import LONG_TEXTS, University
from members.workflow import AgreementStatus, VersionStatus

CONFIRMED = (AgreementStatus.IN_FORCE, AgreementStatus.TERMINATED, AgreementStatus.EXPIRED)
WAITING = (VersionStatus.SENT, VersionStatus.APPROVED_ONE)
OPEN = (VersionStatus.DRAFT, *WAITING)
CODES = (Scheme.ERASMUS, Scheme.PIC, Scheme.OID)  # by which the programme knows a university


class AgreementQuerySet(QuerySet["Agreement"]):
    def visible_to(self, user: Any) -> AgreementQuerySet:
        """The office and administrators see all; coordinators those of their universities, and of a partner's proposal
        nothing before it is sent. Project managers see none. What is public of an agreement in force is in
        `members/agreements/public.py`, without its people, remarks and approvals."""
        held = held_by(user)
        if held.office or is_administrator(user):
            return self.all()
        return self.filter(pk__in=AgreementVersion.objects.visible_to(user).values("agreement"))

    def in_force(self, year: str) -> AgreementQuerySet:
        """Agreements whose approved version holds in the academic year `year`."""
        return self.filter(
            Q(ends_after="") | Q(ends_after__gte=year), status__in=CONFIRMED, current__first_year__lte=year,
            current__last_year__gte=year,
        )  # fmt: skip

    def in_force_from(self, year: str) -> AgreementQuerySet:
        """Agreements whose approved version holds in the academic year `year` or will hold in a later one."""
        return self.filter(
            Q(ends_after="") | Q(ends_after__gte=year), status__in=CONFIRMED, current__last_year__gte=year
        )

    def over_on(self, day: dt.date) -> AgreementQuerySet:
        """Agreements in force whose last academic year has ended by `day`."""
        return self.filter(status=AgreementStatus.IN_FORCE, current__last_year__lt=year_on(day))

    def forget(self) -> int:
        """Delete those of these agreements that the demo brought, with all they hold; their number. Others stay: their
        identifiers are never used again, and triggers refuse to delete them."""
        with transaction.atomic():
            pks = list(self.filter(is_demo=True).values_list("pk", flat=True))
            rows = Agreement.objects.filter(pk__in=pks)
            versions = AgreementVersion.objects.filter(agreement__in=pks)
            Approval.objects.filter(version__in=versions).delete()
            # Without its version an agreement is a proposal again, for the moment until it goes.
            rows.update(current=None, status=AgreementStatus.PROPOSED)
            versions.delete()
            rows.delete()
            return len(pks)

    def of(self, university: University) -> AgreementQuerySet:
        """Agreements that `university` is a side of."""
        return self.filter(pk__in=AgreementSide.objects.filter(university=university).values("agreement"))


class Agreement(Identified):
    """An agreement between two universities. Its content is in versions; the last approved one holds (`current`)."""

    status = models.CharField(
        _("status"), max_length=12, choices=AgreementStatus.choices, default=AgreementStatus.PROPOSED
    )
    current = models.ForeignKey(
        "AgreementVersion", models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("version in force"),
    )  # fmt: skip
    # Notice: from when on the agreement is known to end after an academic year, who gave it and why.
    ends_after = models.CharField(_("ends after"), max_length=9, blank=True, validators=[academic_year])
    notice_on = models.DateField(_("notice given on"), null=True, blank=True)
    notice_by = models.ForeignKey(
        University, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("notice given by")
    )
    notice_reason = models.TextField(_("reason of the notice"), blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    is_demo = models.BooleanField(_("demo"), default=False, db_default=False, editable=False)

    # Not stored: for which person (their key) pages found this row among those visible to them, in this request.
    found_for: int | None = None

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("inter-institutional agreement")
        verbose_name_plural = _("inter-institutional agreements")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    status__in=[AgreementStatus.PROPOSED, AgreementStatus.ABANDONED], current__isnull=True
                )
                | Q(status__in=CONFIRMED, current__isnull=False),
                name="members_agreement_in_force_has_a_version",
            ),
            models.CheckConstraint(
                condition=Q(ends_after="", notice_on__isnull=True, notice_by__isnull=True)
                | Q(ends_after__regex=YEAR_PATTERN, notice_on__isnull=False, notice_by__isnull=False),
                name="members_agreement_notice_is_whole",
            ),
        ]
        indexes = [models.Index(fields=["status"], name="members_agreement_status")]

    def __str__(self) -> str:
        return " – ".join(str(side.university) for side in self.sides.all())

    def get_absolute_url(self) -> str:
        return reverse("members:agreement", args=[self.uuid])


class AgreementSideQuerySet(QuerySet["AgreementSide"]):
    def for_pages(self) -> AgreementSideQuerySet:
        """The proposing side first, with what pages show of its university and the codes by which the programme knows
        it (`stored_codes`), in one query."""
        codes = Identifier.objects.filter(organisation=OuterRef("university__organisation"), scheme__in=CODES)
        row = JSONObject(scheme="scheme", value="value")
        rows = self.select_related("university__organisation").order_by("place")
        rows = rows.annotate(stored_codes=ArraySubquery(codes.annotate(row=row).values("row")))
        return rows.defer("university__organisation__search", *(f"university__{name}" for name in LONG_TEXTS))


class AgreementSide(Identified):
    """One of the two universities of an agreement. Its uuid is the identifier by which that side knows it (iia-id)."""

    agreement = models.ForeignKey(
        Agreement, models.CASCADE, related_name="sides", verbose_name=_("agreement")
    )
    place = models.PositiveSmallIntegerField(_("side"), choices=[(1, _("Proposing side")), (2, _("Partner"))])
    university = models.ForeignKey(
        University, models.PROTECT, related_name="agreement_sides", verbose_name=_("university")
    )
    code = models.CharField(
        _("own code"),
        max_length=64,
        blank=True,
        help_text=_("Under which this university files the agreement."),
    )

    objects = AgreementSideQuerySet.as_manager()

    class Meta:
        verbose_name = _("side of an agreement")
        verbose_name_plural = _("sides of agreements")
        ordering = ["agreement", "place"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "place"], name="members_agreementside_place_once"),
            models.UniqueConstraint(
                fields=["agreement", "university"], name="members_agreementside_two_universities",
                violation_error_message=_("An agreement is between two different universities."),
            ),
            models.CheckConstraint(condition=Q(place__in=[1, 2]), name="members_agreementside_of_two"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.university)


class AgreementVersionQuerySet(QuerySet["AgreementVersion"]):
    def visible_to(self, user: Any) -> AgreementVersionQuerySet:
        """The office and administrators see all; coordinators of a side what they wrote and what was sent to them:
        the other side's drafts are nobody else's business."""
        held = held_by(user)
        if held.office or is_administrator(user):
            return self.all()
        mine = held.universities(Role.MOBILITY_COORDINATOR)
        sides = AgreementSide.objects.filter(university__in=mine)
        return self.filter(
            Q(author_side__in=mine) | Q(sent_at__isnull=False), agreement__in=sides.values("agreement")
        )

    def open(self) -> AgreementVersionQuerySet:
        """Versions that are being written or wait for an answer; at most one of each agreement."""
        return self.filter(status__in=OPEN)

    def waiting(self) -> AgreementVersionQuerySet:
        """Versions that were sent and that one side or both have still to answer."""
        return self.filter(status__in=WAITING)


class AgreementVersion(Identified):
    """What the two sides agree on, as one of them wrote it. Sent, its content never changes (a trigger referees)."""

    agreement = models.ForeignKey(
        Agreement, models.PROTECT, related_name="versions", verbose_name=_("agreement")
    )
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(
        _("status"), max_length=12, choices=VersionStatus.choices, default=VersionStatus.DRAFT
    )
    author_side = models.ForeignKey(
        University, models.PROTECT, related_name="+", verbose_name=_("written by"),
        help_text=_("The university whose coordinator wrote this version."),
    )  # fmt: skip
    first_year = models.CharField(_("from academic year"), max_length=9, validators=[academic_year])
    last_year = models.CharField(_("to academic year"), max_length=9, validators=[academic_year])
    reason = models.TextField(_("what changes and why"), blank=True)
    remarks = models.TextField(_("further terms"), blank=True)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("created by"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True, editable=False)
    # SHA-256 of the content (`members/agreements/content.py`), written when it is sent; approvals name it.
    digest = models.CharField(_("fingerprint"), max_length=64, blank=True, editable=False)
    approved_at = models.DateTimeField(_("approved by both at"), null=True, blank=True, editable=False)
    closing_note = models.TextField(_("why it was returned or withdrawn"), blank=True)

    objects = AgreementVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of an agreement")
        verbose_name_plural = _("versions of agreements")
        ordering = ["agreement", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="members_agreementversion_number_once"),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(status__in=[VersionStatus.DRAFT, VersionStatus.SENT, VersionStatus.APPROVED_ONE]),
                name="members_agreementversion_one_open",
                violation_error_message=_("A change of this agreement is open already."),
            ),
            models.UniqueConstraint(
                fields=["agreement"], condition=Q(status=VersionStatus.IN_FORCE),
                name="members_agreementversion_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(first_year__regex=YEAR_PATTERN, last_year__regex=YEAR_PATTERN)
                & Q(last_year__gte=F("first_year")),
                name="members_agreementversion_years",
                violation_error_message=_("The agreement ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(status=VersionStatus.DRAFT, sent_at__isnull=True, digest="")
                | Q(status=VersionStatus.WITHDRAWN)
                | (~Q(status__in=[VersionStatus.DRAFT]) & Q(sent_at__isnull=False) & ~Q(digest="")),
                name="members_agreementversion_sent_is_sealed",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True)
                | Q(status__in=[VersionStatus.IN_FORCE, VersionStatus.SUPERSEDED]),
                name="members_agreementversion_approved",
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(
                fields=["sent_at"], condition=Q(status__in=[VersionStatus.SENT, VersionStatus.APPROVED_ONE]),
                name="members_version_waits",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.agreement_id}/{self.number}"


class SidePeople(models.Model):
    """Who signs for a side and whom to ask there (EWP: signing-contact, contact)."""

    signatory_name = models.CharField(_("who signs"), max_length=200, blank=True, default="", db_default="")
    signatory_position = models.CharField(
        pgettext_lazy("person", "position"), max_length=200, blank=True, default="", db_default=""
    )
    signatory_email = models.EmailField(_("e-mail address"), blank=True, default="", db_default="")
    contact_name = models.CharField(_("contact"), max_length=200, blank=True, default="", db_default="")
    contact_email = models.EmailField(_("contact's e-mail address"), blank=True, default="", db_default="")
    contact_phone = models.CharField(
        _("contact's telephone"), max_length=40, blank=True, default="", db_default=""
    )

    class Meta:
        abstract = True


class VersionSide(SidePeople):
    """What a version says of one side: unit, signatory, contacts (EWP: partner)."""

    version = models.ForeignKey(
        AgreementVersion, models.CASCADE, related_name="sides", verbose_name=_("version")
    )
    side = models.ForeignKey(AgreementSide, models.PROTECT, related_name="+", verbose_name=_("side"))
    unit = models.ForeignKey(
        OrganisationalUnit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )

    class Meta:
        verbose_name = _("side in a version")
        verbose_name_plural = _("sides in versions")
        ordering = ["version", "side"]
        constraints = [
            models.UniqueConstraint(fields=["version", "side"], name="members_versionside_once"),
        ]

    def __str__(self) -> str:
        return str(self.side)


class Approval(Identified, SidePeople):
    """One side's yes to one version, bound to its fingerprint. It is never changed.

    A side names its own people with its approval; the fingerprint is of what both agreed on, which the other side may
    have written without knowing them. Approvals from before this was asked name nobody: then the version holds.
    """

    version = models.ForeignKey(
        AgreementVersion, models.PROTECT, related_name="approvals", verbose_name=_("version")
    )
    side = models.ForeignKey(AgreementSide, models.PROTECT, related_name="+", verbose_name=_("side"))
    digest = models.CharField(_("fingerprint"), max_length=64)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("by"),
    )
    by_name = models.CharField(_("name"), max_length=200)
    signed_by = models.CharField(_("signed by"), max_length=200, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True, validators=[sensible_year])
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["version", "side"], name="members_approval_once_a_side"),
            models.CheckConstraint(condition=~Q(digest=""), name="members_approval_names_its_version"),
        ]

    def __str__(self) -> str:
        return f"{self.by_name} {self.at:%Y-%m-%d}"
