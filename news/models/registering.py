"""Registration for events: how many may come, what is asked, who comes and who waits."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from ground.validators import sensible_year
from news.models.event import Event

MOST_SEATS = 100_000


class AdmissionQuerySet(QuerySet["Admission"]):
    def to_erase(self, moment: dt.datetime) -> AdmissionQuerySet:
        """Those whose registrations are to be erased at `moment`: the stated days after the event are over."""
        day = dt.timedelta(days=1)
        return self.filter(event__ends_by__lt=moment - F("keep_days") * day)


class Admission(models.Model):
    """Who may register for an event, how many, and between which moments.

    `taken` counts those who are in. The database keeps it (a trigger on the registrations), and refuses more than
    the capacity; `line` is the number that the last registration got. Verbs lock this row first.
    """

    event = models.OneToOneField(Event, models.CASCADE, related_name="admission", verbose_name=_("event"))
    capacity = models.PositiveIntegerField(
        _("places"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(MOST_SEATS)],
        help_text=_("Empty when there are enough for everybody."),
    )  # fmt: skip
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True, validators=[sensible_year])
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True, validators=[sensible_year])
    waiting_list = models.BooleanField(_("waiting list when all places are taken"), default=True)
    keep_days = models.PositiveSmallIntegerField(
        _("days for which registrations are kept after the event"), default=90,
        validators=[MinValueValidator(1), MaxValueValidator(730)],
    )  # fmt: skip
    taken = models.PositiveIntegerField(default=0, editable=False)
    line = models.PositiveIntegerField(default=0, editable=False)

    objects = AdmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration of an event")
        verbose_name_plural = _("registrations of events")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(taken__lte=F("capacity"), capacity__gte=1),
                name="news_admission_capacity",
                violation_error_message=_("More people are registered than there are places."),
            ),
            models.CheckConstraint(
                condition=Q(opens_at__isnull=True)
                | Q(closes_at__isnull=True)
                | Q(closes_at__gt=F("opens_at")),
                name="news_admission_order",
                violation_error_message=_("Registration closes before it opens."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.event)

    @property
    def ends_at(self) -> dt.datetime:
        """The moment from which nobody registers any more: what is stated, and never after the event."""
        ends: dt.datetime = self.event.ends_by
        return min(self.closes_at, ends) if self.closes_at else ends

    @property
    def free(self) -> int | None:
        """Places that are left; None where there is no limit."""
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    @property
    def erased_on(self) -> dt.datetime:
        """The moment after which the registrations are erased."""
        ends: dt.datetime = self.event.ends_by
        return ends + dt.timedelta(days=self.keep_days)


class Question(Identified):
    """Something that people answer when they register."""

    class Kind(models.TextChoices):
        SHORT = "short", _("Short answer")
        CHOICE = "choice", _("Choice")
        CONSENT = "consent", _("Consent (a box to tick)")

    event = models.ForeignKey(Event, models.CASCADE, related_name="questions", verbose_name=_("event"))
    kind = models.CharField(_("kind of answer"), max_length=10, choices=Kind.choices, default=Kind.SHORT)
    words = models.CharField(_("question"), max_length=500)
    choices = models.TextField(_("choices, one a line"), max_length=2000, blank=True)
    required = models.BooleanField(_("must be answered"), default=False)

    class Meta:
        verbose_name = _("question of a registration")
        verbose_name_plural = _("questions of registrations")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.words or ""


class RegistrationQuerySet(QuerySet["Registration"]):
    def visible_to(self, user: Any) -> RegistrationQuerySet:
        """A person's own registrations; nobody else's."""
        return self.filter(user=user) if getattr(user, "is_authenticated", False) else self.none()

    def active(self) -> RegistrationQuerySet:
        """Those who are in or wait."""
        return self.filter(state__in=ACTIVE)

    def kept(self) -> RegistrationQuerySet:
        """Those whose names are still kept."""
        return self.filter(erased_at__isnull=True)

    def in_line(self) -> RegistrationQuerySet:
        """The waiting list, who came first before the others."""
        return self.filter(state=Registration.State.WAITING).order_by("number")


class Registration(Identified):
    """One person (or one address) and one event.

    `digest` is that of the address in lower case, so that nobody is in twice, with an account or without one.
    `number` is the place in which it came, given under the lock of the event's admission; none until it counts.
    """

    class State(models.TextChoices):
        UNCONFIRMED = "unconfirmed", _("Address not confirmed")
        IN = "in", _("Registered")
        WAITING = "waiting", _("On the waiting list")
        CANCELLED = "cancelled", _("Cancelled")

    event = models.ForeignKey(Event, models.CASCADE, related_name="registrations", verbose_name=_("event"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="registrations",
        verbose_name=_("person"),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=200, blank=True)
    email = models.EmailField(_("e-mail address"), blank=True)
    digest = models.CharField(_("fingerprint of the address"), max_length=64, editable=False)
    language = models.CharField(_("language"), max_length=2, default="en")
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.UNCONFIRMED)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True, editable=False)
    answers = models.JSONField(_("answers"), default=dict, blank=True)
    attended = models.BooleanField(_("was there"), default=False)
    created_at = models.DateTimeField(_("made at"))
    asked_at = models.DateTimeField(_("asked to confirm at"), null=True, blank=True)
    counted_at = models.DateTimeField(_("counts since"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration for an event")
        verbose_name_plural = _("registrations for events")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["event", "number"], condition=Q(state="waiting"), name="news_registration_line"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "digest"],
                condition=Q(state__in=["in", "waiting"], erased_at__isnull=True),
                name="news_registration_address_once",
                violation_error_message=_("This address is registered already."),
            ),
            models.UniqueConstraint(
                fields=["event", "user"],
                condition=Q(state__in=["in", "waiting"], user__isnull=False),
                name="news_registration_person_once",
                violation_error_message=_("This person is registered already."),
            ),
            models.UniqueConstraint(
                fields=["event", "digest"],
                condition=Q(state="unconfirmed"),
                name="news_registration_asked_once",
                violation_error_message=_("This address was asked already."),
            ),
            models.UniqueConstraint(fields=["event", "number"], name="news_registration_number_once"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(name="", email="", user__isnull=True, digest=""),
                name="news_registration_erased",
                violation_error_message=_("An erased registration names nobody."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["in", "waiting"]) | Q(number__isnull=False, counted_at__isnull=False),
                name="news_registration_counted",
                violation_error_message=_("Who is in or waits has a number."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


ACTIVE = (Registration.State.IN, Registration.State.WAITING)


class FollowUp(Identified):
    """What the organiser wrote to the people of an event after it."""

    class Audience(models.TextChoices):
        PRESENT = "present", _("Those who were there")
        REGISTERED = "registered", _("Everybody who was registered")

    event = models.ForeignKey(Event, models.CASCADE, related_name="follow_ups", verbose_name=_("event"))
    audience = models.CharField(_("to whom"), max_length=12, choices=Audience.choices)
    subject = models.CharField(_("subject"), max_length=150)
    text = models.TextField(_("text"), max_length=5000)
    sent_at = models.DateTimeField(_("sent at"))
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("sent by")
    )
    people = models.PositiveIntegerField(_("people"))

    class Meta:
        verbose_name = _("message after an event")
        verbose_name_plural = _("messages after events")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.subject or ""
