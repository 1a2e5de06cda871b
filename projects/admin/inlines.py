"""The rows of a project in the back office, and what they must hold together."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import ForeignKey
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from modeltranslation.admin import TranslationTabularInline

from ground import clock
from projects.models import (
    Amendment,
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Project,
    ProjectDocument,
    Result,
    Sharing,
    TeamMember,
    Website,
)


def _kept(formset: Any) -> list[dict[str, Any]]:
    """The rows that stay, of a formset whose rows are right by themselves."""
    return [
        form.cleaned_data for form in formset.forms if form.cleaned_data and not form.cleaned_data["DELETE"]
    ]


class FundingSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        if not any(self.errors) and sum(row["share"] or 0 for row in _kept(self)) > 100:
            raise ValidationError(_("The shares of the funding add up to more than 100 percent."))


class TeamSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        if not any(self.errors) and sum(row["part"] == TeamMember.Part.HEAD for row in _kept(self)) > 1:
            raise ValidationError(_("A project has one head. Give the other one another role."))


class SharingSet(BaseInlineFormSet):
    def clean(self) -> None:
        super().clean()
        if not any(self.errors) and any(row["university"].pk == self.instance.lead_id for row in _kept(self)):
            raise ValidationError(_("The lead university keeps the project anyway."))

    def save_new(self, form: Any, commit: bool = True) -> Sharing:
        form.instance.shared_at = clock.now()
        return super().save_new(form, commit)


class OwnPapersOnly:
    """Rows that name a document of the project at hand are offered its own documents and no others."""

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> Any:
        if db_field.related_model is ProjectDocument:
            number = request.resolver_match.kwargs.get("object_id", "") if request.resolver_match else ""
            shown = number if number.isascii() and number.isdigit() and len(number) < 19 else 0
            kwargs["queryset"] = ProjectDocument.objects.filter(project=shown)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class FundingInline(admin.TabularInline[FundingLine, Project]):
    model = FundingLine
    formset = FundingSet
    extra = 0
    autocomplete_fields = ["programme"]


class TeamInline(admin.TabularInline[TeamMember, Project]):
    model = TeamMember
    formset = TeamSet
    extra = 0
    autocomplete_fields = ["user"]


class WebsiteInline(admin.TabularInline[Website, Project]):
    model = Website
    extra = 0


class DepartmentInline(admin.TabularInline[Department, Project]):
    model = Department
    extra = 0
    autocomplete_fields = ["unit"]


class PartnershipInline(admin.TabularInline[Partnership, Project]):
    model = Partnership
    extra = 0
    autocomplete_fields = ["organisation"]


class MilestoneInline(OwnPapersOnly, TranslationTabularInline):
    model = Milestone
    extra = 0


class ResultInline(TranslationTabularInline):
    model = Result
    extra = 0


class SharingInline(admin.TabularInline[Sharing, Project]):
    model = Sharing
    formset = SharingSet
    extra = 0
    autocomplete_fields = ["university"]
    readonly_fields = ["shared_at"]


class AmendmentInline(OwnPapersOnly, TranslationTabularInline):
    """Amendments are made and withdrawn on the project's page, with the period that goes with them."""

    model = Amendment
    extra = 0
    fields = ["agreed_on", "starts_before", "ends_before", "starts_on", "ends_on", "reason", "document"]
    readonly_fields = ["starts_before", "ends_before", "starts_on", "ends_on"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class DocumentInline(TranslationTabularInline):
    """Files are added and removed on the project's page, where they are checked."""

    model = ProjectDocument
    extra = 0
    fields = ["title", "document", "is_public"]
    readonly_fields = ["document"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
