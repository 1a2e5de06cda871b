"""Events: at a moment, or on a date whose hour is not known."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from accounts.models import validate_zone
from ground import clock, places
from ground.content import texts
from ground.models import Identified
from ground.search import Words, matching, search_value
from ground.validators import sensible_year
from members.models import Centre, Organisation, University
from mobility.models import Call
from news.models.item import NOT_IN_CARDS, NewsItem, Topic, concerns, seen_by
from news.models.series import Series
from news.workflow import Publication
from projects.models import Project

# Words that stand where an event's own part of an address stands.
RESERVED_EVENT_SLUGS = frozenset({"new", "desk", "registrations"})


class EventQuerySet(QuerySet["Event"]):
    def visible_to(self, user: Any) -> EventQuerySet:
        """Published events; drafts for the editors of the university and the office."""
        return self.filter(seen_by(user, Q()))

    def live(self) -> EventQuerySet:
        return self.filter(publication=Publication.PUBLISHED)

    def coming(self, moment: dt.datetime) -> EventQuerySet:
        """Events that have not ended at `moment`, the next one first."""
        return self.filter(ends_by__gt=moment).order_by("starts_by", "pk")

    def leading(self, moment: dt.datetime) -> EventQuerySet:
        """What may stand on the home page at `moment`: published, to come and not cancelled."""
        return self.live().coming(moment).filter(cancelled_at__isnull=True)

    def past(self, moment: dt.datetime) -> EventQuerySet:
        """Events that have ended at `moment`, the latest first."""
        return self.filter(ends_by__lte=moment).order_by("-starts_by", "-pk")

    def concerning(self, university: University) -> EventQuerySet:
        """Events of the university and of the schools of its group, and those in which one of them takes part."""
        return self.filter(concerns(Event, "organiser", university.pk, university.organisation_id))

    def next_first(self, moment: dt.datetime) -> EventQuerySet:
        """Those that have not ended at `moment`, the next one first; after them past ones, the latest first."""
        to_come = Q(ends_by__gt=moment)
        over = Case(When(to_come, then=Value(0)), default=Value(1), output_field=IntegerField())
        return self.order_by(over, Case(When(to_come, then=F("starts_by"))), "-starts_by", "-pk")

    def for_list(self) -> EventQuerySet:
        """What a card shows, without the long texts."""
        return (
            self.select_related("university__organisation", "organiser")
            .prefetch_related("topics")
            .defer("body_en", "body_lt", "search", *NOT_IN_CARDS, "organiser__search")
        )

    def for_cards(self) -> EventQuerySet:
        """The same without topics, which a card doesn't name: one query."""
        return self.for_list().prefetch_related(None)

    def search(self, typed: str | Words) -> EventQuerySet:
        return matching(self, typed)


class Event(Identified):
    """Something to go to. Either moments (`starts_at`) or dates only (`starts_on`) say when.

    `starts_by` and `ends_by` are kept by `save`: the moments by which lists order and tell past from coming. A date
    alone begins and ends with its civil day in the event's zone.
    """

    slug = models.SlugField(_("address"), max_length=120, unique=True)
    title = models.CharField(_("title"), max_length=200)
    summary = models.TextField(_("summary"), max_length=500, blank=True)
    body = models.TextField(_("text"), blank=True)
    zone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    starts_at = models.DateTimeField(_("begins at"), null=True, blank=True, validators=[sensible_year])
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True, validators=[sensible_year])
    starts_on = models.DateField(
        _("first day (when the hour is not known)"), null=True, blank=True, validators=[sensible_year]
    )
    ends_on = models.DateField(
        _("last day (when the hour is not known)"), null=True, blank=True, validators=[sensible_year]
    )
    starts_by = models.DateTimeField(editable=False)
    ends_by = models.DateTimeField(editable=False)
    place = models.CharField(
        _("place"), max_length=300, blank=True, help_text=_("Empty when it is not known yet.")
    )
    country = CountryField(_("country"), blank=True)
    city = models.CharField(
        _("city"), max_length=100, blank=True, help_text=_("By which the map of the portal finds the place.")
    )
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=5, null=True, blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )  # fmt: skip
    longitude = models.DecimalField(
        _("longitude"), max_digits=8, decimal_places=5, null=True, blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )  # fmt: skip
    is_online = models.BooleanField(
        _("takes place online"), default=False, help_text=_("Also when there is a place to go to besides.")
    )
    link = models.URLField(_("link for joining online"), max_length=300, blank=True)
    university = models.ForeignKey(
        University, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("university")
    )
    organiser = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="events",
        verbose_name=_("organiser"),
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="events", verbose_name=_("topics"))
    projects = models.ManyToManyField(Project, blank=True, related_name="events", verbose_name=_("projects"))
    centres = models.ManyToManyField(Centre, blank=True, related_name="events", verbose_name=_("centres"))
    news_item = models.ForeignKey(
        NewsItem, models.SET_NULL, null=True, blank=True, related_name="events", verbose_name=_("news item")
    )
    universities = models.ManyToManyField(
        University, blank=True, related_name="events_shared", verbose_name=_("universities that take part")
    )
    calls = models.ManyToManyField(Call, blank=True, related_name="events", verbose_name=_("calls"))
    series = models.ForeignKey(
        Series, models.SET_NULL, null=True, blank=True, related_name="events", editable=False,
        verbose_name=_("series"),
    )  # fmt: skip
    occurrence_on = models.DateField(
        _("date by the rule of its series"), null=True, blank=True, editable=False
    )
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True, editable=False)
    cancelled_because = models.CharField(
        _("reason for cancelling"), max_length=500, blank=True, editable=False
    )
    publication = models.CharField(
        _("publication"),
        max_length=10,
        choices=Publication.choices,
        default=Publication.DRAFT,
        editable=False,
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("written by"), help_text=_("Who wrote the present text; somebody else approves it."),
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, editable=False)
    changed_at = models.DateTimeField(_("changed at"), default=timezone.now, editable=False)
    returned_because = models.TextField(
        _("why it was sent back"), max_length=1000, blank=True, default="", editable=False
    )
    is_demo = models.BooleanField(_("demo"), default=False, editable=False)
    search = SearchVectorField(null=True, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-starts_by", "-pk"]
        indexes = [
            GinIndex(fields=["search"], name="news_event_search"),
            models.Index(fields=["ends_by"], name="news_event_by_end"),
            models.Index(
                fields=["-starts_by", "-id"],
                name="news_event_latest",
                condition=Q(publication=Publication.PUBLISHED),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__isnull=False, starts_on__isnull=True, ends_on__isnull=True)
                | Q(starts_at__isnull=True, ends_at__isnull=True, starts_on__isnull=False),
                name="news_event_moment_or_date",
                violation_error_message=_("Give either the hour it begins, or the day alone."),
            ),
            models.CheckConstraint(
                condition=Q(ends_by__gte=F("starts_by")),
                name="news_event_order",
                violation_error_message=_("The event ends before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="news_event_coordinates",
                violation_error_message=_(
                    "Coordinates come in pairs: latitude −90 to 90, longitude −180 to 180."
                ),
            ),
            models.CheckConstraint(
                condition=Q(city="") | ~Q(country=""),
                name="news_event_city_in_country",
                violation_error_message=_("Say in which country the city is."),
            ),
            models.CheckConstraint(
                condition=Q(is_online=True) | Q(link=""),
                name="news_event_link_online",
                violation_error_message=_("Only an event that takes place online has a link for joining."),
            ),
            models.UniqueConstraint(
                fields=["series", "occurrence_on"],
                name="news_event_occurrence_once",
                violation_error_message=_("The series has this date already."),
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True) | Q(occurrence_on__isnull=False),
                name="news_event_occurrence_date",
                violation_error_message=_("An event of a series has the date that the rule gave it."),
            ),
            models.CheckConstraint(
                condition=~Q(slug__in=sorted(RESERVED_EVENT_SLUGS)),
                name="news_event_slug_free",
                violation_error_message=_("This address is taken by the portal. Choose another one."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.slug

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.is_online = self.is_online or bool(self.link)
        self.starts_by, self.ends_by = self.span()
        self.search = search_value(texts(self, "title", "summary", "body", "place"))
        super().save(*args, **kwargs)

    def span(self) -> tuple[dt.datetime, dt.datetime]:
        """The moments between which the event lies (an event without an end: two hours)."""
        if self.starts_at:
            return self.starts_at, self.ends_at or self.starts_at + dt.timedelta(hours=2)
        if self.starts_on is None:
            raise ValueError("An event has a moment or a day.")
        return clock.day_begins(self.starts_on, self.zone), clock.day_begins(
            (self.ends_on or self.starts_on) + dt.timedelta(days=1), self.zone
        )

    def get_absolute_url(self) -> str:
        return reverse("news:event", args=[self.slug])

    @property
    def status(self) -> str:
        """The state in the table of `news.workflow`."""
        return self.publication

    @property
    def is_cancelled(self) -> bool:
        return self.cancelled_at is not None

    @property
    def spot(self) -> tuple[float, float] | None:
        """Degrees north and east: those that were given, else those of its city; None where neither is known."""
        if self.latitude is not None and self.longitude is not None:
            return float(self.latitude), float(self.longitude)
        return places.find(self.country.code, self.city) if self.city else None

    @property
    def hour_known(self) -> bool:
        return self.starts_at is not None

    @property
    def first_day(self) -> dt.date:
        """The civil date on which it begins, where it takes place."""
        return clock.date_in(self.starts_by, self.zone)

    @property
    def last_day(self) -> dt.date:
        """The civil date on which it ends, where it takes place."""
        return clock.date_in(self.ends_by - dt.timedelta(microseconds=1), self.zone)
