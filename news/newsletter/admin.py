"""Back office of the newsletter: looked at, never written there. Only administrators come here."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from news.models import Announcement, Issue, IssueCopy, IssueEntry, Subscription
from projects.admin.kept import KeptByThePortal


class Kept(KeptByThePortal):
    """Rows that the portal keeps; what was sent is not deleted."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Subscription)
class SubscriptionAdmin(KeptByThePortal):
    """Deleting one is the way for somebody who asks the office in writing."""

    list_display = ["email", "language", "rhythm", "state", "confirmed_at", "ended_at", "is_demo"]
    list_filter = ["state", "rhythm", "language", "is_demo"]
    search_fields = ["email", "uuid"]


@admin.register(Issue)
class IssueAdmin(Kept):
    list_display = ["subject", "number", "state", "send_at", "started_at", "audience", "is_demo"]
    list_filter = ["state", "is_demo"]
    search_fields = ["subject_en", "subject_lt"]


@admin.register(IssueEntry)
class IssueEntryAdmin(Kept):
    list_display = ["issue", "position", "item", "event"]
    list_select_related = ["issue", "item", "event"]
    search_fields = ["issue__subject_en", "item__title_en", "event__title_en"]


@admin.register(IssueCopy)
class IssueCopyAdmin(Kept):
    list_display = ["issue", "subscription", "message_state"]
    list_select_related = ["issue", "subscription", "message"]
    search_fields = ["issue__subject_en"]
    fields = ["issue", "subscription"]

    @admin.display(description=Issue._meta.get_field("state").verbose_name)
    def message_state(self, copy: IssueCopy) -> str:
        return str(copy.message.get_state_display()) if copy.message else ""


@admin.register(Announcement)
class AnnouncementAdmin(Kept):
    list_display = ["id", "item", "event", "noted_at", "told", "done_at"]
    list_select_related = ["item", "event"]
    search_fields = ["item__title_en", "event__title_en"]
