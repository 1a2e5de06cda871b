"""What people and jobs leave behind: looked at and deleted in the back office, never written."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from projects.models import (
    BulkChange,
    Follower,
    FormDraft,
    Import,
    ImportRow,
    SavedFilter,
)


class KeptByThePortal(admin.ModelAdmin[Any]):
    """Records that people make by using the portal: to look at and to delete, not to write."""

    list_per_page = 50

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Follower)
class FollowerAdmin(KeptByThePortal):
    list_display = ["user", "project", "since"]
    list_select_related = ["user", "project"]
    search_fields = ["user__name", "user__email", "project__code"]
    date_hierarchy = "since"


@admin.register(SavedFilter)
class SavedFilterAdmin(KeptByThePortal):
    list_display = ["name", "user", "query", "saved_at"]
    list_select_related = ["user"]
    search_fields = ["name", "user__name", "user__email"]


@admin.register(FormDraft)
class FormDraftAdmin(KeptByThePortal):
    """That there is a draft, and whose; what somebody typed and did not save is nobody's to read."""

    list_display = ["user", "project", "version", "saved_at"]
    list_select_related = ["user", "project"]
    search_fields = ["user__name", "user__email", "project__code"]
    fields = ["user", "project", "version", "saved_at"]


@admin.register(BulkChange)
class BulkChangeAdmin(KeptByThePortal):
    list_display = ["kind", "by", "projects", "made_at", "done_at", "undone_at"]
    list_select_related = ["by"]
    list_filter = ["kind", ("undone_at", admin.EmptyFieldListFilter)]
    search_fields = ["by__name", "by__email"]
    date_hierarchy = "made_at"

    @admin.display(description=_("projects"))
    def projects(self, change: BulkChange) -> int:
        return len(change.items)


@admin.register(Import)
class ImportAdmin(KeptByThePortal):
    list_display = ["name", "by", "status", "rows_total", "rows_done", "begun_at", "ended_at"]
    list_select_related = ["by"]
    list_filter = ["status"]
    search_fields = ["name", "by__name", "by__email"]
    date_hierarchy = "begun_at"

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The imports with the number of their rows: there may be hundreds of thousands."""
        rows = ImportRow.objects.filter(batch__in=objs).count()
        numbers = {Import._meta.verbose_name_plural: len(objs), ImportRow._meta.verbose_name_plural: rows}
        return [str(one) for one in objs], numbers, set(), []


@admin.register(ImportRow)
class ImportRowAdmin(KeptByThePortal):
    list_display = ["batch", "number", "step"]
    list_select_related = ["batch"]
    list_filter = ["step"]
    search_fields = ["batch__name"]
