"""Back office of requests for roles: to be read. They are answered on the portal, where the right is asked."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from members.admin.organisations import OF_UNIVERSITY
from members.models import AppointmentRequest, JoinChoice


class _ToRead(admin.ModelAdmin):
    """Nothing is added, changed or deleted here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AppointmentRequest)
class AppointmentRequestAdmin(_ToRead):
    list_display = ["user", "role", "university", "status", "made_at", "settled_at", "settled_by"]
    list_select_related = ["user", "university__organisation", "settled_by"]
    list_filter = ["status", "role", OF_UNIVERSITY]
    search_fields = ["user__email", "user__name", "university__organisation__name", "university__slug"]
    date_hierarchy = "made_at"
    fields = [
        "uuid", "user", "university", "role", "note", "status", "made_at", "settled_at", "settled_by", "reason",
    ]  # fmt: skip
    readonly_fields = fields


@admin.register(JoinChoice)
class JoinChoiceAdmin(_ToRead):
    list_display = ["user", "choice", "made_at"]
    list_select_related = ["user"]
    list_filter = ["choice"]
    search_fields = ["user__email", "user__name"]
