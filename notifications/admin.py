"""The office's view of messages and reminders. What was said stays as it was said."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from notifications import actions
from notifications.kinds_admin import KindPreviews
from notifications.models import (
    Beat,
    Brake,
    DeliveryReport,
    InboxItem,
    MailTimes,
    Message,
    Preference,
    ReminderOverride,
    ReminderPlan,
    ReminderRound,
    ReminderRule,
    SecretToken,
    TrackedDate,
    TroubledAddress,
)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To be looked at: the portal writes these rows."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TroubleFilter(admin.SimpleListFilter):
    title = _("needs a look")
    parameter_name = "trouble"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("failed", _("Failed")), ("uncertain", _("Uncertain")), ("any", _("Failed or uncertain"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Message]) -> QuerySet[Message]:
        if self.value() == "any":
            return queryset.filter(state__in=[Message.State.FAILED, Message.State.UNCERTAIN])
        return queryset.filter(state=self.value()) if self.value() in ("failed", "uncertain") else queryset


@admin.register(Message)
class MessageAdmin(KindPreviews, ReadOnlyAdmin):
    list_display = ["kind", "subject_name", "recipient", "state", "created_at", "sent_at", "attempts"]
    list_filter = [TroubleFilter, "state", "kind", "language"]
    search_fields = ["subject_name", "recipient", "address", "message_id", "key"]
    date_hierarchy = "created_at"
    exclude = ["context", "lease_owner", "digest"]
    show_full_result_count = False
    actions = ["retry"]

    @admin.action(description=_("Try failed messages again"))
    def retry(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        """Failed messages become due; uncertain ones never do, since they may have arrived."""
        tried = actions.retry(queryset)
        for message in tried:
            self.log_change(request, message, "retry")
        if count := len(tried):
            said = ngettext("%(count)d message is due again.", "%(count)d messages are due again.", count)
            self.message_user(request, said % {"count": count}, messages.SUCCESS)
        else:
            refused = _("Only failed messages whose text is still kept can be tried again.")
            self.message_user(request, refused, messages.WARNING)


@admin.register(InboxItem)
class InboxItemAdmin(ReadOnlyAdmin):
    list_display = ["kind", "subject_name", "user", "visible_from", "read_at"]
    list_filter = ["kind"]
    list_select_related = ["user"]
    search_fields = ["subject_name", "user__email", "user__name"]
    date_hierarchy = "visible_from"
    exclude = ["context"]
    show_full_result_count = False


@admin.register(Preference)
class PreferenceAdmin(ReadOnlyAdmin):
    list_display = ["user", "kind", "delivery"]
    list_filter = ["kind", "delivery"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name"]


@admin.register(MailTimes)
class MailTimesAdmin(ReadOnlyAdmin):
    list_display = ["user", "digest_at", "weekly_on", "quiet_from", "quiet_until"]
    list_filter = ["weekly_on"]
    list_select_related = ["user"]
    search_fields = ["user__email", "user__name"]


@admin.register(ReminderRule)
class ReminderRuleAdmin(ReadOnlyAdmin):
    """To be looked at: rules are changed at the office's own pages, which plan anew what changes with them."""

    list_display = ["kind", "days_before", "days_after", "hour", "zone_source", "channel", "active"]
    list_filter = ["kind", "active"]
    search_fields = ["kind"]


@admin.register(ReminderOverride)
class ReminderOverrideAdmin(ReadOnlyAdmin):
    list_display = ["subject_name", "rule", "days_before", "days_after", "off", "changed_at"]
    list_filter = ["rule__kind", "off"]
    list_select_related = ["rule"]
    search_fields = ["subject_name", "=subject_uuid"]


@admin.register(ReminderRound)
class ReminderRoundAdmin(ReadOnlyAdmin):
    """How far the planner has come; how a preview is kept is nobody's business."""

    list_display = ["kind", "next_on", "step", "completed_at", "foreseen_at"]
    search_fields = ["kind"]
    exclude = ["foreseen"]


@admin.register(ReminderPlan)
class ReminderPlanAdmin(ReadOnlyAdmin):
    list_display = [
        "subject_name",
        "due_date",
        "rule",
        "recipient",
        "due_at",
        "state",
        "reason",
        "message_state",
    ]
    list_filter = ["state", "rule__kind"]
    list_select_related = ["rule", "message"]
    search_fields = ["subject_name", "recipient"]
    date_hierarchy = "due_at"
    show_full_result_count = False

    @admin.display(description=_("message"))
    def message_state(self, plan: ReminderPlan) -> str:
        return plan.message.get_state_display() if plan.message else ""


@admin.register(TrackedDate)
class TrackedDateAdmin(ReadOnlyAdmin):
    list_display = ["kind", "subject_kind", "subject_uuid", "date", "epoch"]
    list_filter = ["kind"]
    search_fields = ["=subject_uuid"]
    show_full_result_count = False


@admin.register(SecretToken)
class SecretTokenAdmin(ReadOnlyAdmin):
    """Who has a secret address for what; the digest is shown to nobody."""

    list_display = ["owner", "purpose", "created_at", "revoked_at"]
    list_filter = ["purpose"]
    list_select_related = ["owner"]
    search_fields = ["owner__email", "owner__name"]
    fields = ["owner", "purpose", "created_at", "revoked_at"]
    actions = ["withdraw"]

    @admin.action(description=_("Withdraw"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[SecretToken]) -> None:
        """The addresses stop working at once."""
        withdrawn = actions.withdraw(queryset)
        for token in withdrawn:
            self.log_change(request, token, "withdraw")
        count = len(withdrawn)
        said = ngettext("%(count)d address was withdrawn.", "%(count)d addresses were withdrawn.", count)
        self.message_user(request, said % {"count": count}, messages.SUCCESS)


@admin.register(Beat)
class BeatAdmin(ReadOnlyAdmin):
    list_display = ["name", "at"]
    search_fields = ["name"]


@admin.register(Brake)
class BrakeAdmin(ReadOnlyAdmin):
    list_display = ["pulled_at", "volume", "limit", "released_at"]
    list_filter = ["on"]
    search_fields = ["=uuid"]


@admin.register(DeliveryReport)
class DeliveryReportAdmin(ReadOnlyAdmin):
    list_display = ["at", "outcome", "source", "message", "said"]
    list_filter = ["outcome", "source"]
    list_select_related = ["message"]
    search_fields = ["said", "message__message_id"]
    raw_id_fields = ["message"]
    show_full_result_count = False


@admin.register(TroubledAddress)
class TroubledAddressAdmin(ReadOnlyAdmin):
    """The address itself is not kept."""

    list_display = ["at", "reason", "said"]
    list_filter = ["reason"]
    search_fields = ["said"]
