"""What came back about a message once it had left: it was delivered, it came back, somebody complained."""

from __future__ import annotations

from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from notifications.models.message import Message


class DeliveryReportQuerySet(QuerySet["DeliveryReport"]):
    def failures(self) -> DeliveryReportQuerySet:
        """Reports of messages that certainly did not arrive, or that somebody did not want; the latest first."""
        return self.filter(outcome__in=DeliveryReport.FAILURES).order_by("-pk")


class DeliveryReport(Identified):
    """One report about one message, kept once however often it comes. The address is not repeated here."""

    class Outcome(models.TextChoices):
        TAKEN = "taken", _("Taken by the provider")
        DELIVERED = "delivered", _("Delivered")
        DELAYED = "delayed", _("Delayed")
        RETURNED = "returned", _("Came back")
        GONE = "gone", _("Came back: there is no such address")
        COMPLAINED = "complained", _("Reported as unwanted")

    FAILURES = (Outcome.RETURNED, Outcome.GONE, Outcome.COMPLAINED)

    message = models.ForeignKey(Message, models.CASCADE, related_name="reports", verbose_name=_("message"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices)
    source = models.CharField(_("told by"), max_length=20)
    key = models.CharField(_("key"), max_length=64, unique=True, editable=False)
    said = models.CharField(_("what was said"), max_length=300, blank=True)
    at = models.DateTimeField(_("reported at"))

    objects = DeliveryReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report of delivery")
        verbose_name_plural = _("reports of delivery")
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["-id"],
                condition=Q(outcome__in=["returned", "gone", "complained"]),
                name="notifications_report_failure",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} ({self.at:%Y-%m-%d})"
