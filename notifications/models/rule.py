"""What the office decides about reminders, and how far the planner has looked."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ground.models import Identified

AHEAD, AFTER = 730, 365  # so many days before and after a date people can be told


def in_words(before: int, after: int) -> str:
    """How far from its date people are told ("30 days before")."""
    if after:
        return ngettext("%(days)d day after", "%(days)d days after", after) % {"days": after}
    if before:
        return ngettext("%(days)d day before", "%(days)d days before", before) % {"days": before}
    return str(_("On the day itself"))


class _Apart(models.Model):
    """So many days before a date, or after it."""

    days_before = models.PositiveSmallIntegerField(
        _("days before"), default=0, validators=[MaxValueValidator(AHEAD)]
    )
    days_after = models.PositiveSmallIntegerField(
        _("days after"), default=0, validators=[MaxValueValidator(AFTER)]
    )
    since = models.DateField(
        _("tells from"),
        null=True,
        blank=True,
        help_text=_("What was to be told on earlier days is not told."),
    )

    class Meta:
        abstract = True

    @property
    def shift(self) -> int:
        """The day of telling, counted from the date: below 0 before it, above 0 after it."""
        return self.days_after - self.days_before

    @property
    def when(self) -> str:
        """How far from its date people are told, in words."""
        return in_words(self.days_before, self.days_after)


def _one_direction(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        condition=Q(days_before__lte=AHEAD, days_after=0) | Q(days_before=0, days_after__lte=AFTER),
        name=name,
        violation_error_message=_("At most 730 days before the date or 365 days after it, not both."),
    )


class ReminderRule(_Apart, Identified):
    """So many days before or after a date of one kind, at a civil time, people are told."""

    class ZoneSource(models.TextChoices):
        SUBJECT = "subject", _("Time zone of what it is about")
        RECIPIENT = "recipient", _("Time zone of the person")
        PORTAL = "portal", _("Time zone of the portal")

    class Channel(models.TextChoices):
        BOTH = "both", _("In the portal and by e-mail")
        PORTAL = "portal", _("In the portal only")

    kind = models.CharField(_("kind of date"), max_length=60)
    audience = ArrayField(
        models.CharField(max_length=30), verbose_name=_("who is told"), default=list, blank=True
    )
    channel = models.CharField(_("where"), max_length=10, choices=Channel.choices, default=Channel.BOTH)
    subject_en = models.CharField(_("subject in English"), max_length=150, blank=True)
    subject_lt = models.CharField(_("subject in Lithuanian"), max_length=150, blank=True)
    text_en = models.TextField(_("text in English"), max_length=3000, blank=True)
    text_lt = models.TextField(_("text in Lithuanian"), max_length=3000, blank=True)
    hour = models.TimeField(_("time of day"), default=dt.time(9))
    zone_source = models.CharField(
        _("time zone"), max_length=10, choices=ZoneSource.choices, default=ZoneSource.SUBJECT
    )
    active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    looked_at = models.DateTimeField(_("last looked for new days"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ["kind", "-days_before", "days_after", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "days_before", "days_after", "audience"],
                name="notifications_rule_once",
                violation_error_message=_("There is already a rule for this many days and these people."),
            ),
            _one_direction("notifications_rule_days"),
            models.CheckConstraint(
                condition=Q(subject_en="", subject_lt="", text_en="", text_lt="")
                | ~Q(subject_en="") & ~Q(subject_lt="") & ~Q(text_en="") & ~Q(text_lt=""),
                name="notifications_rule_words",
                violation_error_message=_("Give your own words in both languages, or in none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.when}"

    @property
    def words(self) -> dict[str, dict[str, str]]:
        """The office's own words by language; empty where the portal's are used."""
        if not self.subject_en:
            return {}
        return {
            "en": {"subject": self.subject_en, "text": self.text_en},
            "lt": {"subject": self.subject_lt, "text": self.text_lt},
        }


class ReminderOverride(_Apart, Identified):
    """What holds for one record instead of a rule: other days, or nothing at all."""

    rule = models.ForeignKey(ReminderRule, models.CASCADE, related_name="overrides", verbose_name=_("rule"))
    subject_kind = models.CharField(_("kind of record"), max_length=60)
    subject_uuid = models.UUIDField(_("identifier of the record"))
    subject_name = models.CharField(_("name of the record"), max_length=300)
    off = models.BooleanField(_("switched off"), default=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("exception from a reminder rule")
        verbose_name_plural = _("exceptions from reminder rules")
        ordering = ["rule", "subject_name", "pk"]
        indexes = [models.Index(fields=["subject_uuid"], name="notifications_exception_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject_kind", "subject_uuid"],
                name="notifications_exception_once",
                violation_error_message=_("There is already an exception for this record."),
            ),
            _one_direction("notifications_exception_days"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_name}: {self.said}"

    @property
    def said(self) -> str | Promise:
        """What holds for the record, in words."""
        return _("Switched off") if self.off else self.when


class ReminderRound(models.Model):
    """How far the planner has come in looking at every date of one kind again, bit by bit."""

    kind = models.CharField(_("kind of date"), max_length=60, unique=True)
    next_on = models.DateField(_("goes on with"), null=True, blank=True)
    step = models.PositiveSmallIntegerField(_("days at a time"), default=1024)
    completed_at = models.DateTimeField(_("last complete at"), null=True, blank=True)
    foreseen_at = models.DateTimeField(_("preview made at"), null=True, blank=True)
    foreseen: Any = models.JSONField(_("preview"), default=dict, blank=True)

    class Meta:
        verbose_name = _("round of the planner")
        verbose_name_plural = _("rounds of the planner")
        ordering = ["kind"]

    def __str__(self) -> str:
        return self.kind
