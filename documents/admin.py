from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from documents.models import Document, Rendition


@admin.register(Document)
class DocumentAdmin(admin.ModelAdmin):
    """Files are looked up here; they come and go with the record they belong to."""

    list_display = ["name", "content_type", "size", "pages", "uploaded_by", "uploaded_at"]
    list_filter = ["content_type", "uploaded_at"]
    list_select_related = ["uploaded_by"]
    search_fields = ["name", "sha256", "uploaded_by__name", "uploaded_by__email"]
    date_hierarchy = "uploaded_at"
    readonly_fields = [
        "uuid", "name", "content_type", "size", "pages", "sha256", "uploaded_by", "uploaded_at",
    ]  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Rendition)
class RenditionAdmin(admin.ModelAdmin):
    """Widths of pictures are looked at here, above all those that could not be made; jobs make them."""

    list_display = ["document", "format", "width", "height", "size", "attempts"]
    list_filter = ["format", "attempts"]
    list_select_related = ["document"]
    readonly_fields = ["document", "format", "width", "height", "size", "sha256", "attempts"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
