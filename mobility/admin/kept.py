"""What is looked at here and written on the portal's own pages: submissions, reviews, messages, appeals, decisions."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from mobility.models import (
    Answer,
    Appeal,
    Application,
    ApplicationMessage,
    BulkDecision,
    CallChange,
    CallDraft,
    CompletionRequest,
    ConflictOfInterest,
    ImpartialityStatement,
    InternalNote,
    PartDraft,
    PendingDecision,
    Reading,
    Review,
    ReviewerUnit,
    SavedTable,
    Score,
    Submission,
)


class Looked(admin.ModelAdmin):
    """Records that nobody adds, changes or deletes here. Drafts of applications are their owners' alone."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if "application" not in {field.name for field in self.model._meta.fields}:
            return rows
        return rows.filter(application__in=Application.objects.visible_to(request.user))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _Rows(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ScoreInline(_Rows):
    model = Score


class PendingInline(_Rows):
    model = PendingDecision
    fields = ["application", "place", "is_open", "refusal"]


@admin.register(Submission)
class SubmissionAdmin(Looked):
    list_display = ["application", "number", "submitted_at", "sha256"]
    list_select_related = ["application"]
    search_fields = ["application__reference", "sha256"]
    date_hierarchy = "submitted_at"
    fields = ["application", "number", "submitted_at", "sha256"]


@admin.register(Review)
class ReviewAdmin(Looked):
    list_display = ["application", "reviewer", "assigned_at", "total", "done_at"]
    list_select_related = ["application", "reviewer"]
    search_fields = ["application__reference", "reviewer__name"]
    inlines = [ScoreInline]


def _plain(
    model: Any, *shown: str, related: tuple[str, ...] = ("application",), hidden: tuple[str, ...] = ()
) -> None:
    """Register a record that is only looked at, with `shown` as its columns."""
    options = {
        "list_display": list(shown), "list_select_related": list(related), "search_fields": ["application__reference"],
        "exclude": list(hidden), "__doc__": Looked.__doc__,
    }  # fmt: skip
    if "application" not in {field.name for field in model._meta.fields}:
        options["search_fields"] = []
    admin.site.register(model, type(f"{model.__name__}Admin", (Looked,), options))


@admin.register(BulkDecision)
class BulkDecisionAdmin(Looked):
    list_display = ["call", "step", "by", "status", "made_at", "takes_effect_at"]
    list_filter = ["status", "step"]
    list_select_related = ["call", "by"]
    inlines = [PendingInline]


_plain(Reading, "application", "reader_name", "what", "name", "read_at")
_plain(Answer, "application", "question", related=("application", "question"))
_plain(PartDraft, "application", "part", "saved_at", hidden=("content",))
_plain(ConflictOfInterest, "application", "reviewer", "declared_at", related=("application", "reviewer"))
_plain(ImpartialityStatement, "call", "reviewer", "made_at", related=("call", "reviewer"))
_plain(InternalNote, "application", "author_name", "written_at")
_plain(ApplicationMessage, "application", "author_name", "from_applicant", "sent_at")
_plain(
    CompletionRequest,
    "application",
    "asked_by",
    "asked_at",
    "answered_at",
    related=("application", "asked_by"),
)
_plain(Appeal, "application", "against", "status", "made_at")
_plain(CallChange, "call", "changed_by", "changed_at", related=("call", "changed_by"))
_plain(CallDraft, "user", "call", "saved_at", related=("user", "call"), hidden=("content",))
_plain(SavedTable, "user", "name", "saved_at", related=("user",))
_plain(ReviewerUnit, "reviewer", "unit", related=("reviewer", "unit"))
