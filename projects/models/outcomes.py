"""What becomes of a project: amendments of its period, what it brought, and who else keeps it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from ground.validators import sensible_year
from members.models import University
from projects.models.parts import ProjectDocument
from projects.models.project import Project


class Amendment(Identified):
    """A change of the implementation period that was agreed with the funder; the period before it is kept.

    Numbered from 1 within the project. The project's own period is that of the last amendment.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="amendments", verbose_name=_("project"))
    number = models.PositiveSmallIntegerField(_("number"), editable=False)
    agreed_on = models.DateField(_("agreed on"), validators=[sensible_year])
    reason = models.TextField(_("reason"), max_length=2000)
    starts_before = models.DateField(_("first day before"), editable=False)
    ends_before = models.DateField(_("last day before"), editable=False)
    starts_on = models.DateField(_("first day"), validators=[sensible_year])
    ends_on = models.DateField(_("last day"), validators=[sensible_year])
    document = models.ForeignKey(
        ProjectDocument, models.SET_NULL, null=True, blank=True, related_name="amendments",
        verbose_name=_("document"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("amendment")
        verbose_name_plural = _("amendments")
        ordering = ["number", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "number"],
                name="projects_amendment_number_once",
                violation_error_message=_("Another amendment of this project has this number."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")) & Q(ends_before__gte=F("starts_before")),
                name="projects_amendment_period_order",
                violation_error_message=_("The last day is before the first day."),
            ),
            models.CheckConstraint(
                condition=~Q(starts_on=F("starts_before")) | ~Q(ends_on=F("ends_before")),
                name="projects_amendment_changes_period",
                violation_error_message=_("An amendment changes the first or the last day."),
            ),
            models.CheckConstraint(
                condition=Q(reason_en__isnull=False, reason_en__gt="")
                | Q(reason_lt__isnull=False, reason_lt__gt=""),
                name="projects_amendment_has_reason",
                violation_error_message=_("Give the reason in at least one language."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id}/{self.number}"


class Result(Identified):
    """Something that the project brought, of one category."""

    class Category(models.TextChoices):
        PUBLICATION = "publication", _("Publication")
        COURSE = "course", _("Course or teaching material")
        METHOD = "method", _("Method or guideline")
        TOOL = "tool", _("Tool or software")
        DATA = "data", _("Data")
        EVENT = "event", _("Event")
        POLICY = "policy", _("Policy recommendation")
        AGREEMENT = "agreement", _("Agreement or network")
        OTHER = "other", _("Other result")

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="result_items", verbose_name=_("project")
    )
    category = models.CharField(
        _("category"), max_length=12, choices=Category.choices, default=Category.PUBLICATION
    )
    title = models.CharField(_("title"), max_length=300)
    url = models.URLField(_("web address"), max_length=300, blank=True)
    reached_on = models.DateField(_("reached on"), null=True, blank=True, validators=[sensible_year])
    position = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(title_en__isnull=False, title_en__gt="")
                | Q(title_lt__isnull=False, title_lt__gt=""),
                name="projects_result_has_title",
                violation_error_message=_("Give the title in at least one language."),
            )
        ]

    def __str__(self) -> str:
        return self.title or ""


class Sharing(models.Model):
    """Another university whose project managers keep the project too."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="sharings", verbose_name=_("project"))
    university = models.ForeignKey(
        University, models.PROTECT, related_name="shared_projects", verbose_name=_("university")
    )
    shared_at = models.DateTimeField(_("shared at"), editable=False)

    class Meta:
        verbose_name = _("sharing university")
        verbose_name_plural = _("sharing universities")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "university"],
                name="projects_sharing_once",
                violation_error_message=_("The project is already shared with this university."),
            )
        ]

    def __str__(self) -> str:
        return str(self.university)
