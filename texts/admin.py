"""Back office of the portal's own pages: to read; they are changed where they are shown, with their history."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from reversion.admin import VersionAdmin

from texts import history
from texts.models import StaticPage

history.keep()


@admin.register(StaticPage)
class StaticPageAdmin(VersionAdmin):
    list_display = ["slug", "title_en", "title_lt", "is_own", "version", "changed_at"]
    search_fields = ["slug", "title_en", "title_lt", "body_en", "body_lt"]
    fields = ["slug", *history.LABELS, "is_own", "version", "changed_at", "uuid"]
    readonly_fields = fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Which pages there are stands in the code."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The footer links to every page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Changed through the verbs alone."""
        return False
