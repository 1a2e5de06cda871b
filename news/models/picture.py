"""Pictures of an article: one leads it, the others are placed in its text by their numbers."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from documents.models import Document, Rendition
from ground.models import Identified
from news.models.item import NewsItem

# What a page or a download needs of a picture in another width.
_OF_RENDITION = ("id", "document_id", "format", "width", "height", "storage_name", "size", "sha256")


class PictureQuerySet(QuerySet["Picture"]):
    def for_showing(self) -> PictureQuerySet:
        """With the file and the widths made of it, in the same query."""
        made = Rendition.objects.filter(document=OuterRef("document"), storage_name__isnull=False)
        each = JSONObject(**{name: F(name) for name in _OF_RENDITION})
        widths = ArraySubquery(made.order_by("width").values(each=each))
        return self.select_related("document").annotate(made=widths)


class Picture(Identified):
    """A picture of one article, with what it shows in words; without them there is no picture."""

    item = models.ForeignKey(NewsItem, models.CASCADE, related_name="pictures", verbose_name=_("news item"))
    document = models.OneToOneField(Document, models.PROTECT, related_name="+", verbose_name=_("file"))
    number = models.PositiveSmallIntegerField(
        _("number"), help_text=_("By which the text names it; it never changes.")
    )
    alt = models.CharField(_("alternative text"), max_length=300)
    is_lead = models.BooleanField(_("leads the article"), default=False)

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture of an article")
        verbose_name_plural = _("pictures of articles")
        ordering = ["item", "number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="news_picture_number_once"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(is_lead=True), name="news_picture_one_leads"
            ),
            models.CheckConstraint(
                condition=Q(alt_en__isnull=False, alt_en__gt="") | Q(alt_lt__isnull=False, alt_lt__gt=""),
                name="news_picture_has_words",
                violation_error_message=_("Say in words what the picture shows."),
            ),
        ]

    def __str__(self) -> str:
        return self.alt or ""

    @property
    def widths(self) -> list[Any]:
        """What was made of it already, by format and width; asks nothing more where it was fetched along."""
        made = getattr(self, "made", None)
        if made is not None:
            return [Rendition(**one) for one in made]
        return [one for one in self.document.renditions.all() if one.is_made]
