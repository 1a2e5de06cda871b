"""Back office of agreements: everything to read; what is done goes through the same verbs as everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ground.workflow import NotPossible
from members.actions import agreements as verbs
from members.models import (
    Agreement,
    AgreementSide,
    AgreementVersion,
    Approval,
    Condition,
    ConditionField,
    ConditionLanguage,
    VersionSide,
)


class ReadOnly:
    """Nothing is added, changed or deleted here: agreements have verbs, and what was sent is sealed."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class SideInline(ReadOnly, admin.TabularInline):
    model = AgreementSide
    fields = readonly_fields = ["place", "university", "code", "uuid"]


class VersionInline(ReadOnly, admin.TabularInline):
    model = AgreementVersion
    fk_name = "agreement"
    fields = readonly_fields = [
        "number", "status", "author_side", "first_year", "last_year", "sent_at", "approved_at",
    ]  # fmt: skip
    show_change_link = True


class VersionSideInline(ReadOnly, admin.StackedInline):
    model = VersionSide


class ConditionInline(ReadOnly, admin.TabularInline):
    model = Condition
    fields = ["kind", "sending", "receiving", "first_year", "last_year", "places", "levels", "months", "days"]
    show_change_link = True


class ApprovalInline(ReadOnly, admin.TabularInline):
    model = Approval
    fields = [
        "side", "by_name", "at", "signatory_name", "signatory_position", "contact_name", "signed_by", "signed_on",
        "digest",
    ]  # fmt: skip


class FieldInline(ReadOnly, admin.TabularInline):
    model = ConditionField


class LanguageInline(ReadOnly, admin.TabularInline):
    model = ConditionLanguage


def _do(request: HttpRequest, rows: QuerySet[Any], verb: Callable[[Any], Any]) -> None:
    """Do `verb` to each row; say how many it was done to and why not to the others."""
    done = 0
    for row in rows:
        try:
            verb(row)
            done += 1
        except NotPossible as refused:
            messages.warning(request, f"{row}: {refused}")
        except verbs.Refused as refused:
            told = " ".join(message for found in refused.places.values() for message in found)
            messages.warning(request, f"{row}: {told}")
    words = ngettext("Done for %(count)d record.", "Done for %(count)d records.", done)
    messages.success(request, words % {"count": done})


@admin.register(Agreement)
class AgreementAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["__str__", "status", "years", "ends_after", "changed_at"]
    list_select_related = ["current"]
    list_filter = ["status"]
    search_fields = ["sides__university__organisation__name", "sides__university__slug", "sides__code"]
    fields = [
        "uuid", "status", "current", "ends_after", "notice_on", "notice_by", "notice_reason", "created_at",
        "changed_at", "is_demo",
    ]  # fmt: skip
    inlines = [SideInline, VersionInline]
    actions = ["abandon"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Agreement]:
        return super().get_queryset(request).prefetch_related("sides__university__organisation")

    @admin.display(description=_("academic years"))
    def years(self, agreement: Agreement) -> str:
        return f"{agreement.current.first_year} – {agreement.current.last_year}" if agreement.current else ""

    @admin.action(description=_("Abandon proposals"))
    def abandon(self, request: HttpRequest, queryset: QuerySet[Agreement]) -> None:
        _do(request, queryset, lambda agreement: verbs.abandon(agreement, by=request.user))


@admin.register(AgreementVersion)
class AgreementVersionAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ["agreement", "number", "status", "author_side", "first_year", "last_year", "sent_at"]
    list_select_related = ["author_side__organisation"]
    list_filter = ["status"]
    search_fields = ["agreement__sides__university__organisation__name", "agreement__sides__university__slug"]
    fields = [
        "uuid", "agreement", "number", "status", "author_side", "first_year", "last_year", "reason", "remarks",
        "created_by", "created_at", "changed_at", "sent_at", "digest", "approved_at", "closing_note",
    ]  # fmt: skip
    inlines = [VersionSideInline, ConditionInline, ApprovalInline]
    actions = ["send", "withdraw"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[AgreementVersion]:
        return super().get_queryset(request).prefetch_related("agreement__sides__university__organisation")

    @admin.action(description=_("Send to the partner"))
    def send(self, request: HttpRequest, queryset: QuerySet[AgreementVersion]) -> None:
        _do(request, queryset, lambda version: verbs.send(version, by=request.user))

    @admin.action(description=_("Withdraw"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[AgreementVersion]) -> None:
        _do(request, queryset, lambda version: verbs.withdraw(version, by=request.user))


@admin.register(Condition)
class ConditionAdmin(ReadOnly, admin.ModelAdmin):
    """Reached from its version: the fields and languages of one flow."""

    fields = [
        "uuid", "version", "kind", "sending", "sending_unit", "receiving", "receiving_unit", "first_year",
        "last_year", "levels", "places", "months", "days", "blended", "remarks",
    ]  # fmt: skip
    inlines = [FieldInline, LanguageInline]
    list_display = ["kind", "sending", "receiving", "first_year", "last_year", "places"]
    list_select_related = ["sending__organisation", "receiving__organisation"]
    list_filter = ["kind"]
    search_fields = ["sending__slug", "receiving__slug"]
