"""What happens at an event, hour by hour, and who speaks."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from ground.validators import sensible_year
from news.models.event import Event


class ProgrammeItem(Identified):
    """A line of the programme. Its times are what the clock shows where the event takes place."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="programme", verbose_name=_("event"))
    on = models.DateField(
        _("day"), null=True, blank=True, validators=[sensible_year],
        help_text=_("Empty when it is the first day of the event."),
    )  # fmt: skip
    starts = models.TimeField(_("from"), null=True, blank=True)
    ends = models.TimeField(_("to"), null=True, blank=True)
    title = models.CharField(_("title"), max_length=200)
    room = models.CharField(_("room"), max_length=100, blank=True)
    speakers = models.CharField(_("who speaks"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("line of a programme")
        verbose_name_plural = _("programme")
        ordering = [F("on").asc(nulls_first=True), F("starts").asc(nulls_last=True), "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(starts__isnull=False),
                name="news_programme_times",
                violation_error_message=_("Say when it begins, too."),
            ),
        ]

    def __str__(self) -> str:
        return self.title or ""


class Speaker(Identified):
    """Somebody who speaks: a name as on the poster, without account or address."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="speakers", verbose_name=_("event"))
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role and organisation"), max_length=200, blank=True)
    about = models.TextField(_("about the speaker"), max_length=1000, blank=True)
    website = models.URLField(_("website"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
