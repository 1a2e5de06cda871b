"""Stored files. This room stores, checks and serves; the room that owns the file says who may see it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ground.models import Identified


class Document(Identified):
    """A file outside the web root under a random name, with its type found from its content."""

    class Type(models.TextChoices):
        PDF = "application/pdf", "PDF"
        JPEG = "image/jpeg", "JPEG"
        PNG = "image/png", "PNG"

    name = models.CharField(_("file name"), max_length=150, help_text=_("As the person named it, made safe."))
    storage_name = models.CharField(max_length=80, unique=True, editable=False)
    content_type = models.CharField(_("type"), max_length=40, choices=Type.choices, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField(max_length=64, editable=False)
    pages = models.PositiveSmallIntegerField(_("pages"), null=True, blank=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("uploaded by"),
    )  # fmt: skip
    uploaded_at = models.DateTimeField(_("uploaded at"), editable=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-uploaded_at", "-pk"]
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="documents_document_not_empty")]

    def __str__(self) -> str:
        return self.name

    @property
    def type_name(self) -> str:
        """The type as people say it ("PDF")."""
        return str(self.Type(self.content_type).label)
