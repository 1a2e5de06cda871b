"""What editors and jobs leave beside articles: looked at and deleted in the back office, never written there."""

from __future__ import annotations

from django.contrib import admin

from news.models import ItemDraft, KeptPicture, Lead, OldAddress, Picture, PreviewLink
from projects.admin.kept import KeptByThePortal


@admin.register(Picture)
class PictureAdmin(KeptByThePortal):
    """Pictures come and go with the form of their article, which also takes their files away."""

    list_display = ["alt", "item", "number", "is_lead", "document"]
    list_select_related = ["item", "document"]
    search_fields = ["alt_en", "alt_lt", "item__title_en"]

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False


@admin.register(OldAddress)
class OldAddressAdmin(KeptByThePortal):
    list_display = ["slug", "item"]
    list_select_related = ["item"]
    search_fields = ["slug", "item__title_en"]


@admin.register(PreviewLink)
class PreviewLinkAdmin(KeptByThePortal):
    """Who made an address and until when it holds; its secret is shown to the article's editors alone."""

    list_display = ["item", "made_by", "made_at", "expires_at", "revoked_at"]
    list_select_related = ["item", "made_by"]
    search_fields = ["item__title_en", "made_by__name"]


@admin.register(Lead)
class LeadAdmin(KeptByThePortal):
    """What led the home page when, and who chose it."""

    list_display = ["__str__", "chosen_by", "chosen_at", "until", "ended_by", "ended_at"]
    list_select_related = ["item", "event", "chosen_by", "ended_by"]
    search_fields = ["item__title_en", "item__title_lt", "event__title_en", "event__title_lt"]


@admin.register(ItemDraft)
class ItemDraftAdmin(KeptByThePortal):
    """That there is a draft, and whose; what somebody typed and did not save is nobody's to read."""

    list_display = ["user", "item", "event", "saved_at"]
    list_select_related = ["user", "item", "event"]
    search_fields = ["user__name", "item__title_en", "event__title_en"]
    fields = ["user", "item", "event", "saved_at"]


@admin.register(KeptPicture)
class KeptPictureAdmin(KeptByThePortal):
    """That a picture is kept, and for whom; it goes with its form, with its article, or after some weeks."""

    list_display = ["user", "item", "kept_at"]
    list_select_related = ["user", "item"]
    search_fields = ["user__name", "item__title_en"]
    fields = ["user", "item", "kept_at"]

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False
