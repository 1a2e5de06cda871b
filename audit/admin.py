"""The audit trail, to read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from audit.models import Event


@admin.register(Event)
class EventAdmin(admin.ModelAdmin[Event]):
    """What was done, by whom, to what. Nobody writes or removes lines here."""

    list_display = ["at", "verb", "subject_name", "subject_kind", "actor_name"]
    list_filter = ["subject_kind", "verb"]
    list_select_related = ["actor"]
    search_fields = ["subject_name", "actor_name", "verb", "subject_uuid"]
    date_hierarchy = "at"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
