"""Calls in the back office: looked at. They are written in their own form, which alone knows what may change when."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from reversion.admin import VersionAdmin

from members.admin import UniversityFilter
from mobility.admin.applications import ReadOnly
from mobility.editing.content import FIELDS
from mobility.models import Call, CallLanguage, Criterion, Place, Question, QuestionOption, RequiredDocument
from mobility.workflow import Publication

_NAMED = ["name_en", "name_lt", "hint_en", "hint_lt"]


class PlaceInline(ReadOnly, admin.TabularInline):
    model = Place
    fields = [
        "host",
        "field",
        "level",
        "term_code",
        "language",
        "language_level",
        "is_offered",
        "capacity",
        "taken",
    ]
    readonly_fields = ["taken"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Place]:
        return super().get_queryset(request).select_related("host__organisation", "field")


class RequiredDocumentInline(ReadOnly, admin.TabularInline):
    model = RequiredDocument
    fields = [*_NAMED, "is_required", "position"]


class LanguageOfCallInline(ReadOnly, admin.TabularInline):
    model = CallLanguage


class CriterionInline(ReadOnly, admin.TabularInline):
    model = Criterion
    fields = [*_NAMED, "weight", "most", "position"]


class QuestionInline(ReadOnly, admin.TabularInline):
    model = Question
    fields = ["text_en", "text_lt", "hint_en", "hint_lt", "kind", "is_required", "position"]


@admin.register(Call)
class CallAdmin(VersionAdmin):
    """Calls with their places and papers. The projects to which a call belongs are chosen here; they harm nobody.
    A draft can be deleted. Times are those of the portal's own zone.
    """

    inlines = [PlaceInline, RequiredDocumentInline, QuestionInline, LanguageOfCallInline, CriterionInline]
    list_display = [
        "title", "university", "kind", "academic_year", "opens_at", "closes_at", "publication", "applications_made",
    ]  # fmt: skip
    list_filter = ["publication", "kind", "mode", "academic_year", ("university", UniversityFilter)]
    search_fields = ["title_en", "title_lt", "slug", "university__organisation__name"]
    date_hierarchy = "closes_at"
    autocomplete_fields = ["projects"]
    readonly_fields = [
        "form_of_call", "university", "slug", "publication", *FIELDS, "fields_of_education", "copied_from", "version",
        "is_demo",
    ]  # fmt: skip
    fields = [*readonly_fields, "projects"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        calls = Call.objects.visible_to(request.user).for_list()
        return calls.annotate(applications_made=Count("applications"))

    @admin.display(description=_("applications"), ordering="applications_made")
    def applications_made(self, call: Any) -> int:
        return int(call.applications_made)

    @admin.display(description=_("written in"))
    def form_of_call(self, call: Call) -> str:
        """The way to the form that knows what may change."""
        address = reverse("mobility:call_edit", args=[call.slug])
        return format_html('<a href="{}">{}</a>', address, _("the form of the call"))

    def get_inline_instances(self, request: HttpRequest, obj: Call | None = None) -> list[Any]:
        """The rows are shown; of what is sent, none of them is read."""
        return [] if request.method == "POST" else super().get_inline_instances(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Call | None = None) -> bool:
        """Whether it is a draft: nobody has applied to one."""
        return obj is not None and obj.publication == Publication.DRAFT

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with a draft is its own: places, papers, questions."""
        gone, counts, _lacking, protected = super().get_deleted_objects(objs, request)
        return gone, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Call) -> None:
        """Delete a draft. Raises PermissionDenied when it was published meanwhile."""
        locked = Call.objects.select_for_update().get(pk=obj.pk)
        if not self.has_delete_permission(request, locked):
            raise PermissionDenied
        super().delete_model(request, locked)

    def revision_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """An earlier version is read; going back to it would change what applicants were told."""
        if request.method == "POST":
            raise PermissionDenied
        return super().revision_view(request, *args, **kwargs)

    def recover_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        raise PermissionDenied


class _OfCall(ReadOnly, admin.ModelAdmin):
    """Written in the form of the call."""


@admin.register(Place)
class PlaceAdmin(_OfCall):
    list_display = ["host", "field", "level", "capacity", "taken", "call"]
    list_filter = ["level", "call__academic_year", "call"]
    list_select_related = ["host__organisation", "field", "call"]
    search_fields = ["host__organisation__name", "field__name_en", "field__name_lt", "call__title_en"]
    fields = [
        "call", "host", "field", "level", "term_code", "term_en", "term_lt", "language", "language_level", "is_offered",
        "capacity", "taken",
    ]  # fmt: skip
    readonly_fields = ["taken"]


@admin.register(RequiredDocument)
class RequiredDocumentAdmin(_OfCall):
    list_display = ["name", "call", "is_required", "position"]
    list_filter = ["is_required", "call"]
    list_select_related = ["call"]
    search_fields = ["name_en", "name_lt", "call__title_en"]
    fields = ["call", *_NAMED, "is_required", "position"]


class OptionInline(ReadOnly, admin.TabularInline):
    model = QuestionOption
    fields = ["words_en", "words_lt", "position"]


@admin.register(Question)
class QuestionAdmin(_OfCall):
    list_display = ["text", "call", "kind", "is_required", "position"]
    list_filter = ["kind", "is_required"]
    list_select_related = ["call"]
    search_fields = ["text_en", "text_lt", "call__title_en"]
    fields = ["call", "text_en", "text_lt", "hint_en", "hint_lt", "kind", "is_required", "position"]
    inlines = [OptionInline]
