"""Calls for mobility: an invitation of one university, with its dates and its rules."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ground import clock
from ground.models import Identified
from ground.search import Words, matching_entries
from ground.validators import sensible_year
from members.appointments import held_by
from members.models import FieldOfEducation, Role, University
from members.models.exchange import YEAR_PATTERN, Kind
from members.models.factsheet import Term
from mobility.workflow import Publication
from projects.models import Project

# What arrives up to this long after the stated minute began is in: a deadline is the end of its minute.
GRACE = dt.timedelta(seconds=60)
_EARLIEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(2201, 1, 1, tzinfo=dt.UTC)


class Mode(models.TextChoices):
    PHYSICAL = "physical", _("Physical")
    BLENDED = "blended", _("Blended")
    VIRTUAL = "virtual", _("Virtual")
    INTENSIVE = "intensive", _("Blended intensive programme")


_ROLE_FOR_KIND = {
    Kind.STUDENT_STUDIES: Role.STUDENT,
    Kind.STUDENT_TRAINEESHIP: Role.STUDENT,
    Kind.STAFF_TEACHING: Role.STAFF_TRAVELLER,
    Kind.STAFF_TRAINING: Role.STAFF_TRAVELLER,
}


class CallQuerySet(QuerySet["Call"]):
    def visible_to(self, user: Any) -> CallQuerySet:
        """Published and archived calls are public; drafts belong to the sending university's coordinators."""
        held = held_by(user)
        if held.office or held.administrator:
            return self.all()
        public = Q(publication__in=[Publication.PUBLISHED, Publication.ARCHIVED])
        own = held.universities(Role.MOBILITY_COORDINATOR)
        return self.filter(public | Q(university__in=own)) if own else self.filter(public)

    def published(self) -> CallQuerySet:
        return self.filter(publication=Publication.PUBLISHED)

    def open_at(self, moment: dt.datetime) -> CallQuerySet:
        """Published calls that take applications at `moment`."""
        return self.published().filter(opens_at__lte=moment, closes_at__gt=moment - GRACE)

    def coming_at(self, moment: dt.datetime) -> CallQuerySet:
        """Published calls that open after `moment`."""
        return self.published().filter(opens_at__gt=moment)

    def for_list(self) -> CallQuerySet:
        """What a line of the list shows, in one query."""
        return self.select_related("university__organisation").defer("university__organisation__search")

    def search(self, typed: str | Words) -> CallQuerySet:
        """Calls in whose title or summary every word typed begins a word."""
        return matching_entries(self, "call", typed)


class Call(Identified):
    """An invitation of one university to its students or staff to apply for places abroad."""

    university = models.ForeignKey(
        University, models.PROTECT, related_name="calls", verbose_name=_("sending university")
    )
    slug = models.SlugField(_("address"), max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), blank=True)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    mode = models.CharField(_("mode"), max_length=10, choices=Mode.choices, default=Mode.PHYSICAL)
    academic_year = models.CharField(
        _("academic year"), max_length=9,
        validators=[RegexValidator(r"^20[0-9]{2}/20[0-9]{2}$", _("Write the year like 2026/2027."))],
    )  # fmt: skip
    opens_at = models.DateTimeField(_("opens at"), validators=[sensible_year])
    closes_at = models.DateTimeField(_("closes at"), validators=[sensible_year])
    decision_on = models.DateField(_("decision by"), null=True, blank=True, validators=[sensible_year])
    publication = models.CharField(
        _("publication"), max_length=10, choices=Publication.choices, default=Publication.DRAFT
    )
    terms = ArrayField(
        models.CharField(max_length=8, choices=Term.choices), default=list, db_default=[], blank=True,
        verbose_name=_("terms"),
    )  # fmt: skip
    # Of a blended intensive programme: its days abroad, and how many people it needs.
    programme_starts_on = models.DateField(
        _("days abroad: from"), null=True, blank=True, validators=[sensible_year]
    )
    programme_ends_on = models.DateField(
        _("days abroad: until"), null=True, blank=True, validators=[sensible_year]
    )
    minimum_participants = models.PositiveSmallIntegerField(
        _("participants needed"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(500)],
    )
    appeal_days = models.PositiveSmallIntegerField(
        _("days to appeal"), default=7, db_default=7, validators=[MaxValueValidator(60)],
        help_text=_("After the answer was sent. 0: the call has no appeals."),
    )  # fmt: skip
    max_wishes = models.PositiveSmallIntegerField(
        _("places an applicant may rank"), default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    minimum_ects = models.PositiveSmallIntegerField(_("ECTS credits needed"), null=True, blank=True)
    levels = models.JSONField(_("EQF levels"), default=list, blank=True)
    fields_of_education = models.ManyToManyField(
        FieldOfEducation, blank=True, related_name="+", verbose_name=_("fields of education")
    )
    most_earlier_months = models.PositiveSmallIntegerField(
        _("earlier mobility, months at most"), null=True, blank=True, validators=[MaxValueValidator(99)],
        help_text=_("In the same cycle of studies, as applicants declare it."),
    )  # fmt: skip
    may_take_back = models.BooleanField(
        _("applicants may change a submitted application until the close"), default=True
    )
    is_anonymous = models.BooleanField(_("reviewers don't see who applied"), default=False, db_default=False)
    avoids_own_unit = models.BooleanField(
        _("reviewers don't score their own faculty or department"), default=False, db_default=False
    )
    reviewers_wanted = models.PositiveSmallIntegerField(
        _("reviewers of each application"), default=1, db_default=1, validators=[MaxValueValidator(9)],
        help_text=_("0: the coordinators decide without scores."),
    )  # fmt: skip
    offer_days = models.PositiveSmallIntegerField(
        _("days to answer an offer"), default=7, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    tie_break = models.TextField(_("how ties are broken"), blank=True)
    projects = models.ManyToManyField(Project, blank=True, related_name="calls", verbose_name=_("projects"))
    copied_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("copied from"),
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, db_default=1, editable=False)
    last_number = models.PositiveIntegerField(default=0, editable=False)
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = _("call")
        verbose_name_plural = _("calls")
        ordering = ["closes_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="mobility_call_order",
                violation_error_message=_("The call closes before it opens."),
            ),
            models.CheckConstraint(
                condition=Q(opens_at__gte=_EARLIEST, closes_at__lte=_LATEST),
                name="mobility_call_sensible_years",
                violation_error_message=_("Enter a date between the years 1900 and 2200."),
            ),
            models.CheckConstraint(
                condition=Q(max_wishes__range=(1, 10)),
                name="mobility_call_wishes",
                violation_error_message=_("An applicant may rank one to ten places."),
            ),
            models.CheckConstraint(
                condition=Q(publication__in=Publication.values), name="mobility_call_publication"
            ),
            models.CheckConstraint(
                condition=Q(academic_year__regex=YEAR_PATTERN),
                name="mobility_call_year",
                violation_error_message=_("Write the year like 2026/2027."),
            ),
            models.CheckConstraint(
                condition=Q(terms__contained_by=[*Term.values]), name="mobility_call_terms"
            ),
            models.CheckConstraint(
                condition=Q(programme_starts_on__isnull=True, programme_ends_on__isnull=True)
                | Q(
                    programme_starts_on__isnull=False,
                    programme_ends_on__isnull=False,
                    programme_ends_on__gte=F("programme_starts_on"),
                ),
                name="mobility_call_programme",
                violation_error_message=_("The days abroad need a first and a last one, in this order."),
            ),
            models.CheckConstraint(
                condition=Q(mode=Mode.INTENSIVE)
                | Q(programme_starts_on__isnull=True, minimum_participants__isnull=True),
                name="mobility_call_programme_of_intensive",
                violation_error_message=_(
                    "Only a blended intensive programme has days abroad and participants needed."
                ),
            ),
            models.CheckConstraint(
                condition=Q(
                    appeal_days__range=(0, 60), offer_days__range=(1, 60), reviewers_wanted__range=(0, 9)
                ),
                name="mobility_call_numbers",
                violation_error_message=_("One of the numbers of the call is too large or too small."),
            ),
        ]
        indexes = [
            models.Index(fields=["publication", "closes_at"], name="mobility_call_by_close"),
            models.Index(fields=["decision_on"], name="mobility_call_by_decision"),
        ]

    def __str__(self) -> str:
        return self.title or self.slug

    def get_absolute_url(self) -> str:
        return reverse("mobility:call", args=[self.slug])

    @property
    def for_role(self) -> str:
        """The appointment at the sending university that lets a person apply."""
        return _ROLE_FOR_KIND[Kind(self.kind)]

    @property
    def for_students(self) -> bool:
        return self.for_role == Role.STUDENT

    @property
    def is_open(self) -> bool:
        """Whether applications are taken now."""
        return self.takes_at(clock.now())

    def takes_at(self, moment: dt.datetime) -> bool:
        """Whether an application that arrives at `moment` is in: until the end of the minute of the close."""
        return self.publication == Publication.PUBLISHED and self.opens_at <= moment < self.closes_at + GRACE

    def days_left(self, moment: dt.datetime) -> int:
        """Civil days from `moment` to the close, in the university's zone."""
        zone = self.university.zone
        return (clock.date_in(self.closes_at, zone) - clock.date_in(moment, zone)).days

    def answer_until(self, moment: dt.datetime, days: int) -> dt.datetime:
        """The last minute, in the university's zone, of the day that is `days` after `moment`."""
        zone = ZoneInfo(self.university.zone)
        last = clock.date_in(moment, zone) + dt.timedelta(days=days)
        return dt.datetime.combine(last, dt.time(23, 59), tzinfo=zone).astimezone(dt.UTC)

    def appeal_until(self, moment: dt.datetime) -> dt.datetime | None:
        """Until when a decision that was told at `moment` can be appealed; None where the call has no appeals."""
        return self.answer_until(moment, self.appeal_days) if self.appeal_days else None

    @property
    def has_opened(self) -> bool:
        """Whether applications were ever taken, by `opens_at`: from then on only what can't harm is changed."""
        return self.publication != Publication.DRAFT and self.opens_at <= clock.now()

    @property
    def is_intensive(self) -> bool:
        return self.mode == Mode.INTENSIVE

    @property
    def reference_prefix(self) -> str:
        """The beginning of references, "KTU-27" for the year 2027/2028: unique for university and year."""
        return f"{self.university.slug[:30].upper()}-{self.academic_year[2:4]}"
