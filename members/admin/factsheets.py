"""Back office of factsheets. The pages of the portal are where coordinators write them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from modeltranslation.admin import TranslationAdmin
from reversion.admin import VersionAdmin

from members import history
from members.admin.organisations import OF_UNIVERSITY
from members.models import Contact, Factsheet, FactsheetLanguage, FactsheetTerm

history.keep()


class TermRows(BaseInlineFormSet):
    """What is published has its dates checked."""

    def clean(self) -> None:
        super().clean()
        kept = [
            form.cleaned_data
            for form in self.forms
            if form.cleaned_data and not form.cleaned_data.get("DELETE")
        ]
        if self.instance.is_published and any(row.get("to_check") for row in kept):
            raise ValidationError(
                _("What is published has its dates checked. Look at them, then take the mark away.")
            )


class TermInline(admin.TabularInline):
    model = FactsheetTerm
    formset = TermRows
    extra = 0
    fields = ["term", "nomination_until", "application_until", "starts_on", "ends_on", "to_check"]


class LanguageInline(admin.TabularInline):
    model = FactsheetLanguage
    extra = 0
    fields = ["whom", "language", "level", "note_en", "note_lt"]


@admin.register(Factsheet)
class FactsheetAdmin(VersionAdmin, TranslationAdmin):
    list_display = ["university", "year", "is_published", "changed_at"]
    list_select_related = ["university__organisation"]
    list_filter = ["is_published", "year", OF_UNIVERSITY]
    search_fields = ["year", "university__slug", "university__organisation__name"]
    autocomplete_fields = ["university"]
    readonly_fields = ["uuid", "version", "changed_at"]
    filter_horizontal = ["contacts"]
    inlines = [TermInline, LanguageInline]

    def save_model(self, request: HttpRequest, obj: Factsheet, form: Any, change: bool) -> None:
        """Each saving counts, so that a form filled before it on a page of the portal is not saved over it."""
        if change:
            obj.version += 1
        super().save_model(request, obj, form, change)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Contacts of the same university alone, once there is one."""
        if db_field.name == "contacts":
            found = (request.resolver_match.kwargs if request.resolver_match else {}).get("object_id")
            of = Factsheet.objects.filter(pk=found).values("university") if str(found).isdigit() else []
            kwargs["queryset"] = Contact.objects.filter(university__in=of)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
