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
    width = models.PositiveIntegerField(_("width in pixels"), null=True, blank=True, editable=False)
    height = models.PositiveIntegerField(_("height in pixels"), null=True, blank=True, editable=False)
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


class Rendition(models.Model):
    """A picture in another width and format, made by a job from a stored one; planned until it is `made`."""

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        WEBP = "webp", "WebP"

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="renditions", verbose_name=_("file"), editable=False
    )
    format = models.CharField(_("format"), max_length=4, choices=Format.choices, editable=False)
    width = models.PositiveIntegerField(_("width in pixels"), editable=False)
    height = models.PositiveIntegerField(_("height in pixels"), editable=False)
    storage_name = models.CharField(max_length=80, unique=True, null=True, blank=True, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), null=True, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, default="", editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)

    class Meta:
        verbose_name = _("picture in another width")
        verbose_name_plural = _("pictures in other widths")
        ordering = ["document", "format", "width"]
        constraints = [
            models.UniqueConstraint(fields=["document", "format", "width"], name="documents_rendition_once"),
            models.CheckConstraint(
                condition=Q(storage_name__isnull=True, size__isnull=True, sha256="")
                | (Q(storage_name__isnull=False, size__gt=0) & ~Q(sha256="")),
                name="documents_rendition_made_whole",
            ),
            models.CheckConstraint(
                condition=Q(width__gt=0, height__gt=0), name="documents_rendition_has_size"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.width} × {self.height} {self.format}"

    @property
    def is_made(self) -> bool:
        return self.storage_name is not None

    @property
    def content_type(self) -> str:
        """What a browser is told that it gets."""
        return f"image/{self.format}"
