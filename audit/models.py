"""What people did, in words that outlive what they did it to."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified


class EventQuerySet(QuerySet["Event"]):
    def about(self, kind: str, uuid: Any) -> EventQuerySet:
        """The events of one record, oldest first."""
        return self.filter(subject_kind=kind, subject_uuid=uuid).order_by("at", "pk")


class Event(Identified):
    """One thing that somebody (or the portal itself) did to one record."""

    at = models.DateTimeField(_("at"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    actor_name = models.CharField(_("name of the person"), max_length=200, blank=True)
    verb = models.CharField(_("what was done"), max_length=100)
    subject_kind = models.CharField(_("kind of record"), max_length=60)
    subject_uuid = models.UUIDField(_("identifier of the record"))
    subject_name = models.CharField(_("name of the record"), max_length=300)
    details = models.JSONField(_("details"), default=dict, blank=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("log entry")
        verbose_name_plural = _("log entries")
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["subject_kind", "subject_uuid", "at"], name="audit_event_subject")]

    def __str__(self) -> str:
        return f"{self.verb}: {self.subject_name}"
