"""When a person gets e-mails that may wait: digests and quiet hours, as civil times in the person's own zone."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _


class MailTimesQuerySet(QuerySet["MailTimes"]):
    def visible_to(self, user: Any) -> MailTimesQuerySet:
        """A person's own times; nobody else's."""
        return self.filter(user=user) if getattr(user, "is_authenticated", False) else self.none()


class MailTimes(models.Model):
    """One person's times; without a row: digests at eight, the weekly one on Monday, no quiet hours."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_times", verbose_name=_("person")
    )
    digest_at = models.TimeField(_("time of digests"), default=dt.time(8))
    weekly_on = models.PositiveSmallIntegerField(
        _("day of the weekly digest"), choices=list(WEEKDAYS.items()), default=0
    )
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    objects = MailTimesQuerySet.as_manager()

    class Meta:
        verbose_name = _("times of e-mails")
        verbose_name_plural = _("times of e-mails")
        ordering = ["user"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weekly_on__lte=6),
                name="notifications_times_weekday",
                violation_error_message=_("A week has seven days."),
            ),
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until")),
                name="notifications_times_quiet_pair",
                violation_error_message=_("Quiet hours have a beginning and another time as their end."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.digest_at:%H:%M}"
