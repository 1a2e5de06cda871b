"""The reminder ledger: what was planned for whom, about which date, so that it is told once."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from notifications.models.message import Message
from notifications.models.rule import ReminderRule


class TrackedDate(models.Model):
    """The date a record had when it was last looked at. A moved date raises the epoch."""

    kind = models.CharField(_("kind of date"), max_length=60)
    subject_kind = models.CharField(_("kind of record"), max_length=60)
    subject_uuid = models.UUIDField(_("identifier of the record"))
    date = models.DateField(_("date"))
    epoch = models.PositiveIntegerField(_("how often it moved"), default=0)

    class Meta:
        verbose_name = _("tracked date")
        verbose_name_plural = _("tracked dates")
        ordering = ["kind", "date", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject_uuid", "kind"], name="notifications_tracked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.date}"


class ReminderPlanQuerySet(QuerySet["ReminderPlan"]):
    def waiting(self, moment: dt.datetime) -> ReminderPlanQuerySet:
        """Reminders whose moment has come at `moment`."""
        return self.filter(state=ReminderPlan.State.PLANNED, due_at__lte=moment).order_by("due_at", "pk")


class ReminderPlan(Identified):
    """One line of the ledger: this rule, this record, this person, this date."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        RELEASED = "released", _("Handed to the outbox")
        SKIPPED = "skipped", _("Skipped")
        CANCELLED = "cancelled", _("Cancelled")

    rule = models.ForeignKey(ReminderRule, models.PROTECT, related_name="plans", verbose_name=_("rule"))
    subject_kind = models.CharField(_("kind of record"), max_length=60)
    subject_uuid = models.UUIDField(_("identifier of the record"))
    subject_name = models.CharField(_("name of the record"), max_length=300)
    recipient = models.CharField(_("recipient"), max_length=80)
    due_date = models.DateField(_("date it is about"))
    epoch = models.PositiveIntegerField(_("how often it moved"), default=0)
    due_at = models.DateTimeField(_("to be told at"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    planned_at = models.DateTimeField(_("planned at"))
    released_at = models.DateTimeField(_("handed over at"), null=True, blank=True)
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, related_name="reminder", verbose_name=_("message")
    )

    objects = ReminderPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("planned reminder")
        verbose_name_plural = _("reminder ledger")
        ordering = ["-due_at", "-pk"]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state="planned"), name="notifications_plan_due"
            ),
            models.Index(fields=["-due_at", "-id"], name="notifications_plan_latest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject_uuid", "rule", "recipient", "due_date", "epoch", "subject_kind"],
                name="notifications_plan_once",
                violation_error_message=_("This reminder is already in the ledger."),
            ),
            models.CheckConstraint(
                condition=Q(state="released", released_at__isnull=False)
                | ~Q(state="released") & Q(released_at__isnull=True, message__isnull=True),
                name="notifications_plan_released_pair",
                violation_error_message=_(
                    "A reminder that was handed over has the moment, and no other has one."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.subject_name}: {self.due_date}"

    @property
    def key(self) -> str:
        """The key of its message in the outbox: one line of the ledger is one message."""
        return f"reminder:{self.uuid}"
