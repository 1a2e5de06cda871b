from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ground.workflow import NotPossible
from members.admin import UniversityFilter
from mobility import actions, answers
from mobility.models import Application, ApplicationDocument, LanguageSkill, Wish
from mobility.workflow import APPLICATION

# Steps that need neither a place nor a reason; the others are taken on the pages of the portal.
BULK_STEPS = (
    "find_eligible", "waitlist", "not_select", "uphold_eligibility_appeal", "uphold_appeal_waitlist", "expire",
)  # fmt: skip


class ReadOnly:
    """Rows that are looked at here and written on the portal's own pages."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LanguageInline(ReadOnly, admin.TabularInline):
    model = LanguageSkill


class WishInline(ReadOnly, admin.TabularInline):
    model = Wish

    def get_queryset(self, request: HttpRequest) -> QuerySet[Wish]:
        return super().get_queryset(request).select_related("place__host__organisation", "place__field")


class DocumentInline(ReadOnly, admin.TabularInline):
    model = ApplicationDocument
    fields = ["asked", "document"]


def _step(name: str) -> Any:
    """An admin action that takes one step of the table of states for each application chosen."""
    transition = APPLICATION.transitions[name]

    def take(modeladmin: Any, request: HttpRequest, chosen: QuerySet[Application]) -> None:
        done, refused = 0, []
        for application in chosen:
            try:
                if name == "expire":
                    actions.expire_offer(application, by=request.user)
                else:
                    actions.decide(application, name, by=request.user)
                done += 1
            except (NotPossible, PermissionDenied) as error:
                said = str(error) or _("You may not do this.")
                refused.append(f"{application.reference}: {said}")
        if done:
            words = ngettext("%(count)d application: done.", "%(count)d applications: done.", done) % {
                "count": done
            }
            modeladmin.message_user(request, words, messages.SUCCESS)
        for words in refused:
            modeladmin.message_user(request, words, messages.WARNING)

    take.__name__ = name
    return admin.action(description=transition.label, permissions=["view"])(take)


@admin.register(Application)
class ApplicationAdmin(admin.ModelAdmin):
    """Submitted applications. They are read here; their state changes only by the steps of the table."""

    list_display = ["reference", "applicant", "call", "status", "submitted_at", "offered_place"]
    list_filter = ["status", "call__kind", "call__academic_year", ("call__university", UniversityFilter)]
    search_fields = ["reference", "folded", "applicant__name", "applicant__email"]
    date_hierarchy = "submitted_at"
    fields = (
        "reference", "call", "applicant", "status", "created_at", "submitted_at", "answers_given", "fingerprint",
        "decision_note", "offered_place", "offer_expires_at",
    )  # fmt: skip
    inlines = [LanguageInline, WishInline, DocumentInline]
    actions = [_step(name) for name in BULK_STEPS]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Application]:
        rows = Application.objects.visible_to(request.user)
        return rows.select_related(
            "applicant", "call__university__organisation", "offered_place__host__organisation", "offered_place__field",
            "field",
        )  # fmt: skip

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return list(self.fields)

    @admin.display(description=_("answers as submitted"))
    def answers_given(self, application: Application) -> str:
        lines = [
            (section.title, line.name, line.value)
            for section in answers.sections(application.snapshot or {})
            for line in section.lines
        ]
        return format_html_join("", "<p>{} · {}: {}</p>", lines) if lines else "-"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("fingerprint of the answers (SHA-256)"))
    def fingerprint(self, application: Application) -> str:
        return application.snapshot_sha256

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
