"""What leads the home page: editors choose it, for a while or until something else is chosen."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from ground.validators import sensible_year
from news.models.event import Event
from news.models.item import NewsItem


class LeadQuerySet(QuerySet["Lead"]):
    def standing(self) -> LeadQuerySet:
        """The one that nobody has ended, whether or not its time is over."""
        return self.filter(ended_at__isnull=True)

    def in_force(self, moment: dt.datetime) -> LeadQuerySet:
        """The one that leads at `moment`, unless its text isn't there for everybody then."""
        return self.standing().filter(Q(until__isnull=True) | Q(until__gt=moment))

    def for_showing(self) -> LeadQuerySet:
        """With what is led, and who chose and ended it."""
        return self.select_related("item", "event", "chosen_by", "ended_by").defer(
            *(f"{one}__{name}" for one in ("item", "event") for name in ("body_en", "body_lt", "search"))
        )


class Lead(Identified):
    """An article or an event at the top of the home page. Ended rows stay: they say what led when, and by whom."""

    item = models.ForeignKey(
        NewsItem, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("news item")
    )
    event = models.ForeignKey(
        Event, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("event")
    )
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("chosen by")
    )  # fmt: skip
    chosen_at = models.DateTimeField(_("chosen at"), editable=False)
    until = models.DateTimeField(_("leads until"), null=True, blank=True, validators=[sensible_year])
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("ended by")
    )  # fmt: skip
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)
    follows = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="+", editable=False, verbose_name=_("instead of")
    )  # fmt: skip

    objects = LeadQuerySet.as_manager()

    class Meta:
        verbose_name = _("lead of the home page")
        verbose_name_plural = _("leads of the home page")
        ordering = ["-chosen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                IsNull(F("ended_at"), True), condition=Q(ended_at__isnull=True), name="news_lead_one_stands"
            ),
            models.CheckConstraint(
                condition=Q(item__isnull=True, event__isnull=False)
                | Q(item__isnull=False, event__isnull=True),
                name="news_lead_one_text",
                violation_error_message=_("Either a news item or an event leads."),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("chosen_at")), name="news_lead_leads_a_while"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=False) | Q(ended_by__isnull=True), name="news_lead_ended_whole"
            ),
        ]

    def __str__(self) -> str:
        return str(self.text)

    @property
    def text(self) -> Any:
        """What leads: an article or an event."""
        return self.item or self.event


def leads_at(moment: dt.datetime, kind: str) -> Exists:
    """Whether a text of this kind (`item` or `event`) was chosen to lead at `moment`."""
    return Exists(Lead.objects.in_force(moment).filter(**{kind: OuterRef("pk")}))
