from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline, TranslationTabularInline
from reversion.admin import VersionAdmin

from ground.workflow import NotPossible
from members.admin import UniversityFilter
from mobility import actions, answers
from mobility.models import (
    Application,
    ApplicationDocument,
    Call,
    CallLanguage,
    Criterion,
    Eqf,
    LanguageSkill,
    Place,
    RequiredDocument,
    Wish,
)
from mobility.workflow import APPLICATION

# Steps that need neither a place nor a reason; the others are taken on the pages of the portal.
BULK_STEPS = (
    "find_eligible", "waitlist", "not_select", "uphold_eligibility_appeal", "uphold_appeal_waitlist", "expire",
)  # fmt: skip


class CallForm(forms.ModelForm):
    levels = forms.TypedMultipleChoiceField(
        label=_("EQF levels"),
        choices=Eqf.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Call
        fields = "__all__"  # noqa: DJ007 - the back office edits every field that can be edited


class PlaceInline(TranslationTabularInline):
    model = Place
    extra = 0
    autocomplete_fields = ["host", "field"]
    exclude = ["condition"]
    readonly_fields = ["taken"]


class RequiredDocumentInline(TranslationStackedInline):
    model = RequiredDocument
    extra = 0


class LanguageOfCallInline(admin.TabularInline):
    model = CallLanguage
    extra = 0


class CriterionInline(TranslationStackedInline):
    model = Criterion
    extra = 0


@admin.register(Call)
class CallAdmin(VersionAdmin, TranslationAdmin):
    """Calls with their places and papers. Times are those of the portal's own zone."""

    form = CallForm
    inlines = [PlaceInline, RequiredDocumentInline, LanguageOfCallInline, CriterionInline]
    list_display = [
        "title", "university", "kind", "academic_year", "opens_at", "closes_at", "publication", "applications_made",
    ]  # fmt: skip
    list_filter = ["publication", "kind", "mode", "academic_year", ("university", UniversityFilter)]
    search_fields = ["title_en", "title_lt", "slug", "university__organisation__name"]
    date_hierarchy = "closes_at"
    autocomplete_fields = ["university", "projects", "fields_of_education"]
    prepopulated_fields = {"slug": ["title_en"]}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Call]:
        calls = Call.objects.visible_to(request.user).for_list()
        return calls.annotate(applications_made=Count("applications"))

    def get_readonly_fields(self, request: HttpRequest, obj: Call | None = None) -> list[str]:
        """University and year are in the references of applications, so they stay once there is one."""
        return ["university", "academic_year"] if obj and obj.last_number else []

    @admin.display(description=_("applications"), ordering="applications_made")
    def applications_made(self, call: Any) -> int:
        return int(call.applications_made)


@admin.register(Place)
class PlaceAdmin(TranslationAdmin):
    list_display = ["host", "field", "level", "capacity", "taken", "call"]
    list_filter = ["level", "call__academic_year", "call"]
    list_select_related = ["host__organisation", "field", "call"]
    search_fields = ["host__organisation__name", "field__name_en", "field__name_lt", "call__title_en"]
    autocomplete_fields = ["call", "host", "field"]
    exclude = ["condition"]
    readonly_fields = ["taken"]


@admin.register(RequiredDocument)
class RequiredDocumentAdmin(TranslationAdmin):
    list_display = ["name", "call", "is_required", "position"]
    list_filter = ["is_required", "call"]
    list_select_related = ["call"]
    search_fields = ["name_en", "name_lt", "call__title_en"]
    autocomplete_fields = ["call"]


class _ReadOnly:
    """Rows that are looked at here and written by the applicant."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class LanguageInline(_ReadOnly, admin.TabularInline):
    model = LanguageSkill


class WishInline(_ReadOnly, admin.TabularInline):
    model = Wish

    def get_queryset(self, request: HttpRequest) -> QuerySet[Wish]:
        return super().get_queryset(request).select_related("place__host__organisation", "place__field")


class DocumentInline(_ReadOnly, admin.TabularInline):
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
