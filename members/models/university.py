"""The alliance's universities, their membership and their figures."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import validate_zone
from ground import clock
from ground.models import Identified
from ground.search import Words, entered, matching
from ground.templatetags.ground_tags import number
from ground.validators import sensible_year
from members.models.field import FieldOfEducation
from members.models.organisation import Identifier, Organisation


class UniversityQuerySet(QuerySet["University"]):
    def visible_to(self, user: Any) -> UniversityQuerySet:
        """Every university is public."""
        return self.all()

    def kept_by(self, held: Any) -> UniversityQuerySet:
        """Those whose pages are kept by who holds these appointments: a coordinator's own, all for the office."""
        if held.office or held.administrator:
            return self.all()
        return self.filter(pk__in=held.universities("mobility_coordinator"))

    def members_on(self, day: dt.date) -> UniversityQuerySet:
        """Universities with a membership of any kind in force on `day` (unknown ends count as in force)."""
        return self.filter(Q(pk__in=Membership.objects.in_force(day).values("university")))

    def for_list(self) -> UniversityQuerySet:
        """What a line of the directory shows, in one query, without the long texts."""
        return (
            self.select_related("organisation")
            .defer("organisation__search", *LONG_TEXTS)
            .order_by("organisation__sort_key", "pk")
        )

    def with_standing(self, day: dt.date) -> UniversityQuerySet:
        """Each with `standing`: the kind of its membership in force on `day`, None without one."""
        held = Membership.objects.in_force(day).filter(university=OuterRef("pk"))
        return self.annotate(standing=Subquery(held.values("kind")[:1]))

    def with_schools(self) -> UniversityQuerySet:
        """Each with `schools`: name, city and country of the organisations that are part of it, in no further query."""
        schools = Organisation.objects.filter(parent=OuterRef("organisation")).order_by("sort_key", "pk")
        row = JSONObject(name=F("name"), city=F("city"), country=F("country"))
        return self.annotate(schools=ArraySubquery(schools.annotate(row=row).values("row")))

    def search(self, typed: str | Words) -> UniversityQuerySet:
        """Universities whose names or city begin with every word typed."""
        return matching(self, typed, field="organisation__search")

    def search_with_schools(self, typed: str) -> UniversityQuerySet:
        """Universities that `search` finds, and groups of which it finds a school."""
        schools = Organisation.objects.filter(parent__isnull=False).search(typed)
        return self.filter(
            Q(pk__in=University.objects.search(typed).values("pk"))
            | Q(organisation__in=schools.values("parent"))
        )

    def search_by_all(self, typed: str | Words) -> UniversityQuerySet:
        """Universities that have every word typed in their names and city, or those of a school, or in a code."""
        named = Organisation.objects.search(typed).order_by()
        codes = Identifier.objects.filter(pk__in=entered("identifier", typed))
        coded = Organisation.objects.filter(pk__in=codes.values("organisation")).order_by()
        # Each part by its own index: the same with OR would read all organisations.
        own, groups = (
            named.values("pk").union(coded.values("pk")),
            named.values("parent").union(coded.values("parent")),
        )
        return self.filter(organisation__in=own.union(groups))


LONG_TEXTS = [
    f"{name}_{language}" for name in ("priorities", "strategy", "history") for language in ("en", "lt")
]


class University(Identified):
    """A university of the alliance: an organisation with a page, a zone and people of its own here."""

    organisation = models.OneToOneField(
        Organisation, models.PROTECT, related_name="university", verbose_name=_("organisation")
    )
    slug = models.SlugField(_("address"), max_length=60, unique=True)
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, null=True, blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )  # fmt: skip
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, null=True, blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )  # fmt: skip
    summary = models.TextField(_("in one sentence"), blank=True)
    priorities = models.TextField(_("international priorities"), blank=True)
    strategy = models.TextField(_("strategy"), blank=True)
    history = models.TextField(_("history"), blank=True)
    fields = models.ManyToManyField(
        FieldOfEducation, blank=True, related_name="universities", verbose_name=_("fields of education")
    )

    objects = UniversityQuerySet.as_manager()

    class Meta:
        verbose_name = _("university")
        verbose_name_plural = _("universities")
        constraints = [
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    # said aloud: a comparison with NULL is unknown, which a constraint lets through
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="members_university_coordinates",
                violation_error_message=_(
                    "Coordinates come in pairs: latitude −90 to 90, longitude −180 to 180."
                ),
            )
        ]

    def __str__(self) -> str:
        return str(self.organisation)

    def get_absolute_url(self) -> str:
        return reverse("members:detail", args=[self.slug])

    @property
    def name(self) -> str:
        return self.organisation.name

    @property
    def name_shown(self) -> str:
        """The name as readers of the present language know it."""
        return self.organisation.name_shown


class MembershipKind(models.TextChoices):
    MEMBER = "member", _("Member")
    ASSOCIATE = "associate", _("Associate")


class MembershipQuerySet(QuerySet["Membership"]):
    def in_force(self, day: dt.date) -> MembershipQuerySet:
        """Memberships that hold on `day`; an unknown beginning or end doesn't exclude."""
        return self.filter(
            Q(valid_from__isnull=True) | Q(valid_from__lte=day),
            Q(valid_until__isnull=True) | Q(valid_until__gte=day),
        )


class Membership(models.Model):
    """A period in which a university belongs to the alliance; either end may be unknown."""

    university = models.ForeignKey(
        University, models.CASCADE, related_name="memberships", verbose_name=_("university")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=MembershipKind.choices)
    valid_from = models.DateField(_("from"), null=True, blank=True, validators=[sensible_year])
    valid_until = models.DateField(
        _("until"),
        null=True,
        blank=True,
        help_text=_("Last day of the membership."),
        validators=[sensible_year],
    )

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["university", "valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gte=F("valid_from")),
                name="members_membership_order",
                violation_error_message=_("The membership ends before it begins."),
            ),
            ExclusionConstraint(
                name="members_membership_no_overlap",
                expressions=[
                    (
                        Func(F("university"), F("university"), Value("[]"), function="int8range"),
                        RangeOperators.EQUAL,
                    ),
                    (
                        Func(
                            F("valid_from"),
                            F("valid_until"),
                            Value("[]"),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("The university already has a membership in this period."),
            ),
        ]
        indexes = [models.Index(fields=["valid_until"], name="members_membership_ends")]

    def __str__(self) -> str:
        return f"{self.university}: {self.get_kind_display()}"

    def clean(self) -> None:
        """Refuse a period that ends before it begins here: the database can't even compare it with others."""
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValidationError({"valid_until": _("The membership ends before it begins.")})


class FigureQuerySet(QuerySet["Figure"]):
    def of_the_alliance(self) -> FigureQuerySet:
        """The newest of each kind about the whole alliance, in the order of the kinds."""
        return self.newest().filter(university__isnull=True)

    def newest(self) -> FigureQuerySet:
        """Of each university and kind the newest year."""
        return self.order_by("university", "kind", "-year").distinct("university", "kind")


class Figure(models.Model):
    """A number about a university, or about the whole alliance, with the day it holds for."""

    class Kind(models.TextChoices):
        STUDENTS = "students", _("Students")
        ACADEMIC_STAFF = "academic_staff", _("Academic staff")
        OTHER_STAFF = "other_staff", _("Other staff")
        FACULTIES = "faculties", _("Faculties")
        RESEARCH_GROUPS = "research_groups", _("Research groups")

    class Qualifier(models.TextChoices):
        EXACTLY = "exactly", _("exactly")
        ABOUT = "about", _("about")
        OVER = "over", _("over")

    university = models.ForeignKey(
        University, models.CASCADE, null=True, blank=True, related_name="figures", verbose_name=_("university"),
        help_text=_("Empty for a figure of the whole alliance."),
    )  # fmt: skip
    kind = models.CharField(_("figure"), max_length=20, choices=Kind.choices)
    value = models.PositiveIntegerField(_("value"))
    qualifier = models.CharField(
        _("precision"), max_length=8, choices=Qualifier.choices, default=Qualifier.EXACTLY
    )
    year = models.PositiveSmallIntegerField(
        _("year"), validators=[MinValueValidator(1900), MaxValueValidator(2100)]
    )

    objects = FigureQuerySet.as_manager()

    class Meta:
        verbose_name = _("figure")
        verbose_name_plural = _("figures")
        ordering = ["university", "kind", "-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["university", "kind", "year"],
                name="members_figure_once_a_year",
                nulls_distinct=False,
                violation_error_message=_("This figure is already given for this year."),
            ),
            models.CheckConstraint(condition=Q(year__range=(1900, 2100)), name="members_figure_year"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.year}"

    def clean(self) -> None:
        """Refuse a year that has not begun: it would hide the newest number that is known."""
        if self.year and self.year > clock.today(settings.TIME_ZONE).year:
            raise ValidationError(
                {"year": _("This year has not begun yet. Give the year that the number holds for.")}
            )

    @property
    def said(self) -> str:
        """The number with its precision: "about 500", "over 300,000"; an exact one alone."""
        shown = number(self.value)
        if self.qualifier == self.Qualifier.ABOUT:
            return gettext("about %(number)s") % {"number": shown}
        return (
            gettext("over %(number)s") % {"number": shown} if self.qualifier == self.Qualifier.OVER else shown
        )
