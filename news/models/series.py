"""Events that come again: the rule by which their dates are found."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from ground.validators import sensible_year

MOST = 60  # events of one series


class Repeats(models.TextChoices):
    WEEKLY = "weekly", _("Every week")
    FORTNIGHTLY = "fortnightly", _("Every two weeks")
    MONTHLY_DATE = "monthly_date", _("Every month on the same date")
    MONTHLY_WEEKDAY = "monthly_weekday", _("Every month on the same weekday, such as the second Tuesday")


class Series(Identified):
    """The rule of events that come again: civil dates in their own zone, from the first one until the last.

    Each date is an event of its own with its own page and registration. `skipped` are dates of the rule on which
    nothing takes place.
    """

    repeats = models.CharField(_("comes again"), max_length=20, choices=Repeats.choices)
    first_on = models.DateField(_("first date"), validators=[sensible_year])
    until = models.DateField(_("until"), validators=[sensible_year])
    skipped = ArrayField(models.DateField(), default=list, blank=True, verbose_name=_("not on these dates"))

    class Meta:
        verbose_name = _("series of events")
        verbose_name_plural = _("series of events")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gte=F("first_on")),
                name="news_series_order",
                violation_error_message=_("The series ends before it begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_repeats_display()}: {self.first_on} – {self.until}"

    def dates(self) -> list[dt.date]:
        """The dates of the rule, those that are skipped too; at most MOST."""
        return rule_dates(self.repeats, self.first_on, self.until)


class SeriesChange(Identified):
    """A change of the rule of a series, and what became of each of its dates, so that it can be taken back."""

    series = models.ForeignKey(
        Series, models.CASCADE, related_name="changes", verbose_name=_("series of events")
    )
    went_on_as = models.ForeignKey(
        Series, models.SET_NULL, null=True, blank=True, related_name="begun_by", verbose_name=_("went on as"),
        help_text=_("The series of the later dates, where the earlier ones keep the old rule."),
    )  # fmt: skip
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"))
    before = models.JSONField(_("rule before"), default=dict)
    dates = models.JSONField(_("what became of each date"), default=list)
    undone_at = models.DateTimeField(_("taken back at"), null=True, blank=True)

    class Meta:
        verbose_name = _("change of a series")
        verbose_name_plural = _("changes of series")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.series_id}: {self.made_at:%Y-%m-%d}"


def rule_dates(repeats: str, first: dt.date, until: dt.date) -> list[dt.date]:
    """The civil dates of a rule from `first` to `until` (included), at most MOST. As RFC 5545 has it, a month
    without such a date is left out."""
    found = []
    for number in range(10 * MOST):
        day = _date(repeats, first, number)
        if day is not None and day > until:
            break
        if day is not None:
            found.append(day)
    return found[:MOST]


def position(first: dt.date) -> int:
    """Which of its weekday in the month `first` is: 1 to 4, or -1 for the fifth, which is taken for the last."""
    number = (first.day - 1) // 7 + 1
    return number if number < 5 else -1


def _date(repeats: str, first: dt.date, number: int) -> dt.date | None:
    if repeats in (Repeats.WEEKLY, Repeats.FORTNIGHTLY):
        return first + dt.timedelta(weeks=number * (2 if repeats == Repeats.FORTNIGHTLY else 1))
    months = first.year * 12 + first.month - 1 + number
    begin = dt.date(months // 12, months % 12 + 1, 1)
    if repeats == Repeats.MONTHLY_DATE:
        try:
            return begin.replace(day=first.day)
        except ValueError:
            return None
    ahead = begin + dt.timedelta(days=(first.weekday() - begin.weekday()) % 7)
    if (place := position(first)) > 0:
        return ahead + dt.timedelta(weeks=place - 1)
    last = ahead + dt.timedelta(weeks=4)
    return last if last.month == begin.month else ahead + dt.timedelta(weeks=3)
