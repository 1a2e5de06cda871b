"""What stands beside articles: old addresses, secret addresses of previews, drafts of the form."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from ground.models import Identified
from news.models.item import NewsItem


class OldAddress(models.Model):
    """An address that an article had; it leads on to the present one."""

    item = models.ForeignKey(
        NewsItem, models.CASCADE, related_name="old_addresses", verbose_name=_("news item")
    )
    slug = models.SlugField(_("address"), max_length=120, unique=True)

    class Meta:
        verbose_name = _("old address of an article")
        verbose_name_plural = _("old addresses of articles")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


_SIGNER = signing.Signer(salt="news.preview", sep="~")


class PreviewLinkQuerySet(QuerySet["PreviewLink"]):
    def open_at(self, moment: dt.datetime) -> PreviewLinkQuerySet:
        """Those that open something: neither withdrawn nor over."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=moment)

    def opened_by(self, token: str, moment: dt.datetime) -> PreviewLinkQuerySet:
        """The link that this secret opens, if it does."""
        try:
            found = _SIGNER.unsign(token)
        except signing.BadSignature:
            return self.none()
        return self.open_at(moment).filter(uuid=found)


class PreviewLink(Identified):
    """A secret address at which anybody who has it reads an article that isn't published, for some days.

    The secret is not stored: it is the signed identifier of this row.
    """

    item = models.ForeignKey(
        NewsItem, models.CASCADE, related_name="preview_links", verbose_name=_("news item")
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )  # fmt: skip
    made_at = models.DateTimeField(_("made at"), editable=False)
    expires_at = models.DateTimeField(_("holds until"), editable=False)
    revoked_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("secret address of a preview")
        verbose_name_plural = _("secret addresses of previews")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="news_preview_holds_a_while"
            )
        ]

    def __str__(self) -> str:
        return f"{self.item_id}"

    @property
    def token(self) -> str:
        """The secret part of the address."""
        return _SIGNER.sign(str(self.uuid))


class OwnQuerySet(QuerySet[Any]):
    def visible_to(self, user: Any) -> OwnQuerySet:
        """One's own, and nobody else's."""
        return self.filter(user=user) if getattr(user, "is_authenticated", False) else self.none()


class KeptPicture(Identified):
    """A picture that came with a form of an article that could not be saved: its writer need not choose it again.

    It is no part of the article. Without its article or its writer it belongs to nobody, and a job takes its file away.
    """

    item = models.ForeignKey(
        NewsItem, models.SET_NULL, null=True, related_name="kept_pictures", verbose_name=_("news item")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("person")
    )
    document = models.OneToOneField(Document, models.PROTECT, related_name="+", verbose_name=_("file"))
    kept_at = models.DateTimeField(_("kept at"), editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture of a form that was not saved")
        verbose_name_plural = _("pictures of forms that were not saved")
        ordering = ["-kept_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.item_id}"


class ItemDraft(models.Model):
    """What a person has typed into the form of an article or an event and not saved yet: pairs of name and value."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="news_drafts", verbose_name=_("person")
    )
    item = models.ForeignKey(
        NewsItem,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="form_drafts",
        verbose_name=_("news item"),
    )
    event = models.ForeignKey(
        "news.Event",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="form_drafts",
        verbose_name=_("event"),
    )
    content = models.JSONField(_("content"), default=list)
    saved_at = models.DateTimeField(_("saved at"), editable=False)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of an article's or event's form")
        verbose_name_plural = _("drafts of articles' and events' forms")
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "item"], name="news_item_draft_once"),
            models.UniqueConstraint(fields=["user", "event"], name="news_event_draft_once"),
            models.CheckConstraint(
                condition=Q(item__isnull=False, event__isnull=True)
                | Q(item__isnull=True, event__isnull=False),
                name="news_draft_of_one",
                violation_error_message=_("A draft belongs to a news item or to an event."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.item_id or self.event_id}"
