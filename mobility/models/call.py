"""Calls for mobility and the places they offer."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ground import clock
from ground.models import Identified
from ground.validators import sensible_year
from members.appointments import held_by
from members.models import FieldOfEducation, Role, University
from members.models.exchange import Cefr, Eqf, Kind
from projects.models import Project

# What arrives up to this long after the stated minute began is in: a deadline is the end of its minute.
GRACE = dt.timedelta(seconds=60)
_EARLIEST = dt.datetime(1900, 1, 1, tzinfo=dt.UTC)
_LATEST = dt.datetime(2201, 1, 1, tzinfo=dt.UTC)


class Mode(models.TextChoices):
    PHYSICAL = "physical", _("Physical")
    BLENDED = "blended", _("Blended")
    VIRTUAL = "virtual", _("Virtual")


class Publication(models.TextChoices):
    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    ARCHIVED = "archived", _("Archived")


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
    max_wishes = models.PositiveSmallIntegerField(
        _("places an applicant may rank"), default=3, validators=[MinValueValidator(1), MaxValueValidator(10)]
    )
    minimum_ects = models.PositiveSmallIntegerField(_("ECTS credits needed"), null=True, blank=True)
    levels = models.JSONField(_("EQF levels"), default=list, blank=True)
    may_take_back = models.BooleanField(
        _("applicants may change a submitted application until the close"), default=True
    )
    offer_days = models.PositiveSmallIntegerField(
        _("days to answer an offer"), default=7, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    tie_break = models.TextField(_("how ties are broken"), blank=True)
    projects = models.ManyToManyField(Project, blank=True, related_name="calls", verbose_name=_("projects"))
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
        ]
        indexes = [models.Index(fields=["publication", "closes_at"], name="mobility_call_by_close")]

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

    @property
    def reference_prefix(self) -> str:
        """The beginning of references, "KTU-27" for the year 2027/2028: unique for university and year."""
        return f"{self.university.slug[:30].upper()}-{self.academic_year[2:4]}"


class PlaceQuerySet(QuerySet["Place"]):
    def for_table(self) -> PlaceQuerySet:
        """The places of calls as a table, in one query."""
        return self.select_related("host__organisation", "field").defer("host__organisation__search")


class Place(Identified):
    """Seats at one host for one field and level. `taken` counts live offers and acceptances."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="places", verbose_name=_("call"))
    host = models.ForeignKey(
        University, models.PROTECT, related_name="places", verbose_name=_("host university")
    )
    field = models.ForeignKey(
        FieldOfEducation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("field of education"),
    )
    level = models.PositiveSmallIntegerField(_("level"), choices=Eqf.choices, null=True, blank=True)
    term = models.CharField(_("term"), max_length=100, blank=True)
    language = models.CharField(
        _("language of instruction"), max_length=3, default="en", help_text=_("ISO 639 code.")
    )
    language_level = models.CharField(
        _("level of language"), max_length=2, choices=Cefr.choices, default=Cefr.B2
    )
    capacity = models.PositiveIntegerField(_("seats"))
    taken = models.PositiveIntegerField(_("taken"), default=0, editable=False)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["host__organisation__sort_key", "field", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("capacity")),
                name="mobility_place_not_oversold",
                violation_error_message=_("More seats are taken than there are."),
            )
        ]

    def __str__(self) -> str:
        field = f", {self.field.name}" if self.field else ""
        return f"{self.host}{field}"

    def clean(self) -> None:
        """Refuse fewer seats than are taken."""
        if self.capacity is not None and self.capacity < self.taken:
            raise ValidationError({"capacity": _("More seats are taken than there are.")})

    @property
    def left(self) -> int:
        """Seats that are free."""
        return self.capacity - self.taken


class RequiredDocument(Identified):
    """A paper that the applicant uploads."""

    call = models.ForeignKey(Call, models.CASCADE, related_name="required_documents", verbose_name=_("call"))
    name = models.CharField(_("name"), max_length=150)
    hint = models.CharField(_("hint"), max_length=300, blank=True)
    is_required = models.BooleanField(_("needed to submit"), default=True)
    position = models.PositiveSmallIntegerField(_("position"), default=1)

    class Meta:
        verbose_name = _("document asked for")
        verbose_name_plural = _("documents asked for")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.name or ""
