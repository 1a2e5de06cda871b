"""What an agreement says of each flow: kind, direction, fields, places, languages (EWP: mobility specification)."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from members.models.agreement import Agreement, AgreementVersion
from members.models.exchange import STAFF_KINDS, STUDENT_KINDS, YEAR_PATTERN, Cefr, Eqf, Kind, academic_year
from members.models.field import FieldOfEducation
from members.models.unit import OrganisationalUnit
from members.models.university import University


class ConditionQuerySet(QuerySet["Condition"]):
    def offered(self, year: str) -> ConditionQuerySet:
        """Conditions of agreements in force that hold in the academic year `year`: the places that there are."""
        return self.filter(
            version__in=Agreement.objects.in_force(year).values("current"), first_year__lte=year,
            last_year__gte=year,
        )  # fmt: skip

    def offered_from(self, year: str) -> ConditionQuerySet:
        """The same of `year` and of every later academic year: also what was approved and has yet to begin."""
        begins = Q(version__agreement__ends_after="") | Q(version__agreement__ends_after__gte=F("first_year"))
        return self.filter(
            begins, version__in=Agreement.objects.in_force_from(year).values("current"), last_year__gte=year
        )


class Condition(Identified):
    """One flow of one kind in one direction (EWP: a mobility specification)."""

    version = models.ForeignKey(
        AgreementVersion, models.CASCADE, related_name="conditions", verbose_name=_("version")
    )
    # The same flow in the next version carries the same `origin`, so that versions can be compared.
    origin = models.UUIDField(default=uuid.uuid4, editable=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    sending = models.ForeignKey(University, models.PROTECT, related_name="+", verbose_name=_("sends"))
    receiving = models.ForeignKey(University, models.PROTECT, related_name="+", verbose_name=_("receives"))
    sending_unit = models.ForeignKey(
        OrganisationalUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sending unit"),
    )
    receiving_unit = models.ForeignKey(
        OrganisationalUnit, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("receiving unit"),
    )  # fmt: skip
    first_year = models.CharField(_("from academic year"), max_length=9, validators=[academic_year])
    last_year = models.CharField(_("to academic year"), max_length=9, validators=[academic_year])
    levels = ArrayField(
        models.PositiveSmallIntegerField(choices=Eqf.choices),
        default=list,
        blank=True,
        verbose_name=_("levels"),
    )
    places = models.PositiveSmallIntegerField(
        _("places a year"), validators=[MinValueValidator(1), MaxValueValidator(999)]
    )
    months = models.DecimalField(
        _("months a year in all"), max_digits=6, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)], help_text=_("For students: of all places together."),
    )  # fmt: skip
    days = models.DecimalField(
        _("days a year in all"), max_digits=6, decimal_places=2, null=True, blank=True,
        validators=[MinValueValidator(0)], help_text=_("For staff: of all places together."),
    )  # fmt: skip
    blended = models.BooleanField(_("blended exchanges too"), default=False)
    remarks = models.TextField(_("further terms"), blank=True)

    objects = ConditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ["version", "position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "origin"], name="members_condition_origin_once"),
            models.CheckConstraint(
                condition=~Q(sending=F("receiving")), name="members_condition_two_universities",
                violation_error_message=_("Sending and receiving university are the same."),
            ),
            models.CheckConstraint(
                condition=Q(first_year__regex=YEAR_PATTERN, last_year__regex=YEAR_PATTERN)
                & Q(last_year__gte=F("first_year")),
                name="members_condition_years",
                violation_error_message=_("The condition ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(places__range=(1, 999)), name="members_condition_places",
                violation_error_message=_("Give 1 to 999 places a year."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=STUDENT_KINDS, days__isnull=True)
                | Q(kind__in=STAFF_KINDS, months__isnull=True, levels=[], blended=False),
                name="members_condition_months_or_days",
                violation_error_message=_(
                    "Students' exchanges count months and have levels; those of staff count days."
                ),
            ),
            models.CheckConstraint(
                condition=(Q(months__isnull=True) | Q(months__gt=0)) & (Q(days__isnull=True) | Q(days__gt=0)),
                name="members_condition_time",
            ),
            models.CheckConstraint(
                condition=Q(levels__contained_by=[*Eqf.values]), name="members_condition_levels"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.places}"


class ConditionField(models.Model):
    """A field of education a condition holds for (EWP: subject-area, four digits)."""

    condition = models.ForeignKey(
        Condition, models.CASCADE, related_name="fields", verbose_name=_("condition")
    )
    field = models.ForeignKey(FieldOfEducation, models.PROTECT, related_name="+", verbose_name=_("field"))
    clarification = models.CharField(_("more exactly"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("field of a condition")
        verbose_name_plural = _("fields of conditions")
        ordering = ["condition", "field"]
        constraints = [
            models.UniqueConstraint(fields=["condition", "field"], name="members_conditionfield_once"),
            models.CheckConstraint(
                condition=Exact(Length("field"), 4), name="members_conditionfield_detailed",
                violation_error_message=_("Choose a detailed field (four digits)."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return str(self.field_id)


class ConditionLanguage(models.Model):
    """A language that those who come should know, and how well (EWP: recommended-language-skill)."""

    condition = models.ForeignKey(
        Condition, models.CASCADE, related_name="languages", verbose_name=_("condition")
    )
    language = models.CharField(_("language"), max_length=3)
    level = models.CharField(
        _("level"), max_length=2, blank=True, choices=[(c.value, c.label) for c in Cefr if c != Cefr.NATIVE]
    )
    field = models.ForeignKey(
        FieldOfEducation, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("only for the field"),
    )  # fmt: skip

    class Meta:
        verbose_name = _("language of a condition")
        verbose_name_plural = _("languages of conditions")
        ordering = ["condition", "language"]
        constraints = [
            models.UniqueConstraint(
                fields=["condition", "language", "field"], nulls_distinct=False,
                name="members_conditionlanguage_once",
            ),
            models.CheckConstraint(
                # A draft may not say it yet.
                condition=Q(level__in=["", "A1", "A2", "B1", "B2", "C1", "C2"]), name="members_conditionlanguage_level",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.language} {self.level}".strip()
