"""The rows of a project: money, people, partners, dates, papers."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from ground.models import Identified
from ground.validators import sensible_year
from members.models import Organisation, OrganisationalUnit
from projects.models.programme import Programme
from projects.models.project import Project


class FundingLine(Identified):
    """One source of money: an amount, or a share in percent, or neither when only the source is known."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="funding_lines", verbose_name=_("project")
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="funding_lines", verbose_name=_("programme")
    )
    amount = models.DecimalField(
        _("amount"),
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    currency = models.CharField(
        _("currency"), max_length=3, default="EUR",
        validators=[RegexValidator(r"^[A-Z]{3}$", _("Use the three letters of the currency, such as EUR."))],
    )  # fmt: skip
    share = models.DecimalField(
        _("share in percent"), max_digits=5, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))],
    )  # fmt: skip
    contract_number = models.CharField(_("contract number"), max_length=100, blank=True)
    position = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("funding line")
        verbose_name_plural = _("funding lines")
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["programme", "project"], name="projects_funding_by_programme")]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0),
                name="projects_funding_amount_positive",
                violation_error_message=_("An amount is not negative."),
            ),
            models.CheckConstraint(
                condition=Q(share__isnull=True) | Q(share__range=(0, 100)),
                name="projects_funding_share_percent",
                violation_error_message=_("A share is between 0 and 100 percent."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.programme)


class TeamMember(Identified):
    """A person of the project, by name as written; a link to an account is optional."""

    class Part(models.TextChoices):
        HEAD = "head", _("Head")
        COORDINATOR = "coordinator", _("Coordinator")
        MEMBER = "member", _("Member of the team")
        FINANCE = "finance", _("Finance")

    project = models.ForeignKey(Project, models.CASCADE, related_name="team", verbose_name=_("project"))
    part = models.CharField(_("role"), max_length=12, choices=Part.choices, default=Part.MEMBER)
    name = models.CharField(_("full name"), max_length=200)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("account"),
    )
    position = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("person of the project")
        verbose_name_plural = _("people of the project")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(part="head"),
                name="projects_team_one_head",
                violation_error_message=_("A project has one head."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Website(models.Model):
    """An address at which the project presents itself."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="websites", verbose_name=_("project"))
    url = models.URLField(_("address"), max_length=300)
    position = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("website")
        verbose_name_plural = _("websites")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "url"],
                name="projects_website_once",
                violation_error_message=_("This address is already given."),
            )
        ]

    def __str__(self) -> str:
        return self.url

    @property
    def host(self) -> str:
        """The address without its scheme, as people read it."""
        return self.url.split("://", 1)[-1].rstrip("/")


class Department(models.Model):
    """A unit of a university that carries the project."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="departments", verbose_name=_("project")
    )
    unit = models.ForeignKey(
        OrganisationalUnit, models.PROTECT, related_name="project_links", verbose_name=_("department")
    )
    position = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("department of the project")
        verbose_name_plural = _("departments of the project")
        ordering = ["position", "pk"]
        indexes = [models.Index(fields=["unit", "project"], name="projects_department_by_unit")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "unit"],
                name="projects_department_once",
                violation_error_message=_("This department is already given."),
            )
        ]

    def __str__(self) -> str:
        return str(self.unit)


class Partnership(Identified):
    """An organisation that takes part in the project, and as what."""

    class Part(models.TextChoices):
        COORDINATOR = "coordinator", _("Coordinator")
        BENEFICIARY = "beneficiary", _("Beneficiary")
        ASSOCIATED = "associated", _("Associated partner")
        AFFILIATED = "affiliated", _("Affiliated entity")

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="partnerships", verbose_name=_("project")
    )
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="partnerships", verbose_name=_("organisation")
    )
    part = models.CharField(_("role"), max_length=12, choices=Part.choices, default=Part.BENEFICIARY)

    class Meta:
        verbose_name = _("partner of the project")
        verbose_name_plural = _("partners of the project")
        ordering = ["organisation__country", "organisation__sort_key", "pk"]
        indexes = [models.Index(fields=["organisation", "project"], name="projects_partner_by_org")]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "organisation"],
                name="projects_partnership_once",
                violation_error_message=_("This partner is already given."),
            )
        ]

    def __str__(self) -> str:
        return str(self.organisation)


class MilestoneQuerySet(QuerySet["Milestone"]):
    def open(self) -> MilestoneQuerySet:
        """Milestones that are not done."""
        return self.filter(done_on__isnull=True)

    def overdue(self, day: dt.date) -> MilestoneQuerySet:
        """Milestones that were due before `day` and are not done."""
        return self.open().filter(due_on__lt=day)


class Milestone(Identified):
    """A date by which something of the project is due."""

    class Kind(models.TextChoices):
        REPORT = "report", _("Report")
        DELIVERABLE = "deliverable", _("Deliverable")
        PAYMENT = "payment", _("Payment")
        AUDIT = "audit", _("Audit")
        OTHER = "other", _("Other")

    project = models.ForeignKey(Project, models.CASCADE, related_name="milestones", verbose_name=_("project"))
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices, default=Kind.REPORT)
    title = models.CharField(_("what is due"), max_length=200)
    due_on = models.DateField(_("due on"), validators=[sensible_year])
    done_on = models.DateField(_("done on"), null=True, blank=True, validators=[sensible_year])
    evidence_url = models.URLField(_("address of the evidence"), max_length=300, blank=True, db_default="")
    evidence = models.ForeignKey(
        "ProjectDocument", models.SET_NULL, null=True, blank=True, related_name="milestones",
        verbose_name=_("evidence"),
    )  # fmt: skip

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(done_on__isnull=True), name="projects_milestone_open")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_on__isnull=False) | Q(evidence_url="", evidence__isnull=True),
                name="projects_milestone_evidence_when_done",
                violation_error_message=_(
                    "Evidence belongs to what is done: give the day on which it was done."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.title or ""

    def days_overdue(self, day: dt.date) -> int:
        """Days since the due date on `day`; 0 when done or not yet due."""
        return 0 if self.done_on else max(0, (day - self.due_on).days)


class ProjectDocumentQuerySet(QuerySet["ProjectDocument"]):
    def visible_to(self, user: Any) -> ProjectDocumentQuerySet:
        """Public papers of projects that `user` sees; internal ones for the staff of the lead and the office."""
        public = Q(is_public=True, project__in=Project.objects.visible_to(user))
        return self.filter(public | Q(project__in=Project.objects.kept_by_staff(user)))


class ProjectDocument(models.Model):
    """A paper of the project: public, or for the staff of the lead university and the office."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="documents", verbose_name=_("project"))
    document = models.OneToOneField(Document, models.PROTECT, related_name="+", verbose_name=_("file"))
    title = models.CharField(_("title"), max_length=200)
    is_public = models.BooleanField(_("shown to everybody"), default=False)

    objects = ProjectDocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document of the project")
        verbose_name_plural = _("documents of the project")
        ordering = ["title", "pk"]

    def __str__(self) -> str:
        return self.title or ""
