"""What was submitted, sealed; and who read of it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ground.models import Identified
from mobility.models.application import Application


class Submission(Identified):
    """An application as it was submitted, once for each time. It never changes and never goes (triggers referee)."""

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="submissions", verbose_name=_("application")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    content = models.JSONField(_("as submitted"))
    # SHA-256 of the content (`mobility/answers.py`); receipts name it.
    sha256 = models.CharField(_("fingerprint (SHA-256)"), max_length=64)
    submitted_at = models.DateTimeField(_("submitted at"))  # by the database's clock

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["application", "number"]
        constraints = [
            models.UniqueConstraint(fields=["application", "number"], name="mobility_submission_number_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="mobility_submission_number"),
            models.CheckConstraint(
                condition=Q(sha256__regex="^[0-9a-f]{64}$"), name="mobility_submission_hash"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}/{self.number}"


class ReadingQuerySet(QuerySet["Reading"]):
    def about(self, user: Any) -> ReadingQuerySet:
        """Who read what `user` wrote: everybody sees that of their own applications."""
        return (
            self.filter(application__applicant=user)
            if getattr(user, "is_authenticated", False)
            else self.none()
        )


class Reading(models.Model):
    """Somebody read an applicant's document, or took it away. The applicant sees it; it never changes."""

    class What(models.TextChoices):
        DOCUMENT = "document", _("Document")
        ARCHIVE = "archive", _("Documents, all together")
        SHEET = "sheet", _("Table")

    application = models.ForeignKey(
        Application, models.CASCADE, related_name="readings", verbose_name=_("application")
    )
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reader"),
    )
    reader_name = models.CharField(_("name"), max_length=250)
    what = models.CharField(_("what"), max_length=8, choices=What.choices, default=What.DOCUMENT)
    name = models.CharField(_("name of the document"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)  # the office has to give one
    read_at = models.DateTimeField(_("read at"))

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading of an application")
        verbose_name_plural = _("readings of applications")
        ordering = ["-read_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=["document", "archive", "sheet"]), name="mobility_reading_what"
            )
        ]
        indexes = [models.Index(fields=["application", "-read_at"], name="mobility_reading_by_appl")]

    def __str__(self) -> str:
        return f"{self.reader_name}: {self.name or self.get_what_display()}"
