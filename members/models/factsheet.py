"""What a university tells incoming students and its partners for one academic year (EWP: factsheet)."""

from __future__ import annotations

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from ground.validators import sensible_year
from members.appointments import held_by
from members.models.appointment import Role
from members.models.exchange import YEAR_PATTERN, Cefr, academic_year
from members.models.unit import Contact
from members.models.university import University


class FactsheetQuerySet(QuerySet["Factsheet"]):
    def visible_to(self, user: Any) -> FactsheetQuerySet:
        """Published ones are public; drafts are for the university's coordinators and the office."""
        held = held_by(user)
        if held.office or held.administrator:
            return self.all()
        return self.filter(
            Q(is_published=True) | Q(university__in=held.universities(Role.MOBILITY_COORDINATOR))
        )

    def published(self) -> FactsheetQuerySet:
        """Those that everybody may read."""
        return self.filter(is_published=True)

    def of(self, university: University) -> FactsheetQuerySet:
        """Those of one university, the newest academic year first."""
        return self.filter(university=university).order_by("-year")

    def for_list(self) -> FactsheetQuerySet:
        """What a line about a factsheet shows, its terms with their deadlines too; two queries, no long texts."""
        rows = self.select_related("university__organisation").defer(
            "university__organisation__search", *FACTSHEET_TEXTS_STORED
        )
        return rows.prefetch_related("terms")


# Texts in both languages, and how they are stored.
FACTSHEET_TEXTS = (
    "application", "housing", "visa", "insurance", "accessibility", "costs", "grading", "more",
)  # fmt: skip
FACTSHEET_TEXTS_STORED = [f"{name}_{language}" for name in FACTSHEET_TEXTS for language in ("en", "lt")]


class Factsheet(Identified):
    """One university's facts for incoming students in one academic year."""

    university = models.ForeignKey(
        University, models.CASCADE, related_name="factsheets", verbose_name=_("university")
    )
    year = models.CharField(_("academic year"), max_length=9, validators=[academic_year])
    is_published = models.BooleanField(_("published"), default=False)
    decision_weeks = models.PositiveSmallIntegerField(
        _("weeks until the decision on an application"), null=True, blank=True,
        validators=[MaxValueValidator(52)],
        help_text=_("Erasmus+ partners expect five weeks at most."),
    )  # fmt: skip
    transcript_weeks = models.PositiveSmallIntegerField(
        _("weeks until the transcript of records"), null=True, blank=True, validators=[MaxValueValidator(52)],
        help_text=_("After the results are known; five weeks at most."),
    )  # fmt: skip
    application = models.TextField(_("how to apply"), blank=True)
    application_website = models.URLField(_("application website"), max_length=300, blank=True)
    courses_website = models.URLField(_("course catalogue"), max_length=300, blank=True)
    calendar_website = models.URLField(_("academic calendar"), max_length=300, blank=True)
    housing = models.TextField(_("housing"), blank=True)
    housing_website = models.URLField(_("housing website"), max_length=300, blank=True)
    visa = models.TextField(_("visa"), blank=True)
    visa_website = models.URLField(_("visa website"), max_length=300, blank=True)
    insurance = models.TextField(_("insurance"), blank=True)
    insurance_website = models.URLField(_("insurance website"), max_length=300, blank=True)
    accessibility = models.TextField(_("accessibility and inclusion"), blank=True)
    accessibility_website = models.URLField(_("accessibility website"), max_length=300, blank=True)
    costs = models.TextField(_("cost of living"), blank=True)
    costs_from = models.PositiveIntegerField(
        _("euros a month, from"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(20_000)],
    )
    costs_to = models.PositiveIntegerField(
        _("euros a month, to"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(20_000)],
    )
    grading = models.TextField(_("grades"), blank=True)
    grading_website = models.URLField(_("grading tables"), max_length=300, blank=True)
    more = models.TextField(_("further requirements"), blank=True)
    contacts = models.ManyToManyField(
        Contact, blank=True, related_name="factsheets", verbose_name=_("contacts")
    )
    # Counts what was saved: a form filled from an older one is not saved over a newer one.
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)
    is_demo = models.BooleanField(_("demo"), default=False, db_default=False, editable=False)

    objects = FactsheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("factsheet")
        verbose_name_plural = _("factsheets")
        ordering = ["university", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["university", "year"], name="members_factsheet_once_a_year",
                violation_error_message=_("The university already has a factsheet for this academic year."),
            ),
            models.CheckConstraint(condition=Q(year__regex=YEAR_PATTERN), name="members_factsheet_year"),
            models.CheckConstraint(
                condition=(Q(decision_weeks__isnull=True) | Q(decision_weeks__lte=52))
                & (Q(transcript_weeks__isnull=True) | Q(transcript_weeks__lte=52)),
                name="members_factsheet_weeks",
            ),
            models.CheckConstraint(
                condition=Q(costs_from__isnull=True) | Q(costs_to__isnull=True) | Q(costs_to__gte=F("costs_from")),
                name="members_factsheet_costs",
                violation_error_message=_("The cost of living ends below where it begins."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.university} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("members:factsheet", args=[self.university.slug, self.year_in_address])

    @property
    def year_in_address(self) -> str:
        """The academic year as addresses have it: 2026-2027."""
        return self.year.replace("/", "-")


class Term(models.TextChoices):
    AUTUMN = "autumn", _("Autumn term")
    SPRING = "spring", _("Spring term")
    YEAR = "year", _("Whole year")
    SUMMER = "summer", _("Summer term")


class FactsheetTermQuerySet(QuerySet["FactsheetTerm"]):
    def published(self) -> FactsheetTermQuerySet:
        """Terms of factsheets that everybody may read."""
        return self.filter(factsheet__is_published=True)

    def with_university(self) -> FactsheetTermQuerySet:
        """Each with its factsheet and university, without their long texts, in one query."""
        names = ("year", "version", "changed_at", "university__slug", "university__zone", "university__uuid")
        organisation = ("name", "short_name", "local_name", "local_language", "lithuanian_name")
        return self.select_related("factsheet__university__organisation").only(
            "uuid", "term", "nomination_until", "application_until", *(f"factsheet__{name}" for name in names),
            *(f"factsheet__university__organisation__{name}" for name in organisation),
        )  # fmt: skip


class FactsheetTerm(Identified):
    """The dates of one term: until when partners nominate and students apply, when it begins and ends."""

    factsheet = models.ForeignKey(
        Factsheet, models.CASCADE, related_name="terms", verbose_name=_("factsheet")
    )
    term = models.CharField(_("term"), max_length=8, choices=Term.choices)
    nomination_until = models.DateField(
        _("nominations until"),
        null=True,
        blank=True,
        validators=[sensible_year],
        help_text=_("That day included."),
    )
    application_until = models.DateField(
        _("applications until"),
        null=True,
        blank=True,
        validators=[sensible_year],
        help_text=_("That day included."),
    )
    starts_on = models.DateField(_("begins on"), null=True, blank=True, validators=[sensible_year])
    ends_on = models.DateField(_("ends on"), null=True, blank=True, validators=[sensible_year])
    to_check = models.BooleanField(
        _("dates still to be checked"), default=False, db_default=False,
        help_text=_("They were copied from the year before and moved by a year."),
    )  # fmt: skip

    objects = FactsheetTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term")
        verbose_name_plural = _("terms")
        ordering = ["factsheet", "term"]
        constraints = [
            models.UniqueConstraint(
                fields=["factsheet", "term"], name="members_factsheetterm_once",
                violation_error_message=_("The factsheet already has this term."),
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="members_factsheetterm_order",
                violation_error_message=_("The term ends before it begins."),
            ),
            # Whom a partner has not nominated can't apply, so the one deadline is never after the other.
            models.CheckConstraint(
                condition=Q(nomination_until__isnull=True)
                | Q(application_until__isnull=True)
                | Q(application_until__gte=F("nomination_until")),
                name="members_factsheetterm_nominated_first",
                violation_error_message=_("Applications end before nominations do."),
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["nomination_until"], name="members_term_nomination"),
            models.Index(fields=["application_until"], name="members_term_application"),
        ]

    def __str__(self) -> str:
        return self.get_term_display()


class FactsheetLanguage(models.Model):
    """A language that incoming people need."""

    class Whom(models.TextChoices):
        STUDENTS = "students", _("Students")
        STAFF = "staff", _("Staff")

    factsheet = models.ForeignKey(
        Factsheet, models.CASCADE, related_name="languages", verbose_name=_("factsheet")
    )
    whom = models.CharField(_("for"), max_length=8, choices=Whom.choices, default=Whom.STUDENTS)
    language = models.CharField(_("language"), max_length=3)
    level = models.CharField(
        _("level"), max_length=2, blank=True, choices=[(c.value, c.label) for c in Cefr if c != Cefr.NATIVE]
    )
    note = models.CharField(_("note"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("language requirement")
        verbose_name_plural = _("language requirements")
        ordering = ["factsheet", "whom", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["factsheet", "whom", "language"], name="members_factsheetlanguage_once",
                violation_error_message=_("This language is given already."),
            ),
            models.CheckConstraint(
                # A draft may not say it yet.
                condition=Q(level__in=["", "A1", "A2", "B1", "B2", "C1", "C2"]), name="members_factsheetlanguage_level",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.language} {self.level}".strip()
