"""Back office of organisations, universities and appointments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationAdmin, TranslationStackedInline, TranslationTabularInline
from reversion.admin import VersionAdmin

from accounts.admin import PersonAdmin
from ground import clock
from ground.workflow import NotPossible
from members import actions, history
from members.admin.refusals import IdentifierRows, MembershipRows, ToldRefusals
from members.forms import coordinates
from members.models import (
    Appointment,
    Centre,
    CentreNetwork,
    Contact,
    EmailDomain,
    FieldOfEducation,
    Figure,
    Identifier,
    Membership,
    Organisation,
    OrganisationalUnit,
    OwnProfile,
    TeachingLanguage,
    University,
)

history.keep()


class UniversityFilter(admin.RelatedFieldListFilter):
    """Universities to filter by, with their names in one query."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        rows = University.objects.for_list()
        return [(row.pk, str(row)) for row in rows]


OF_UNIVERSITY = ("university", UniversityFilter)


class IdentifierInline(admin.TabularInline):
    model = Identifier
    formset = IdentifierRows
    extra = 0


@admin.register(Organisation)
class OrganisationAdmin(ToldRefusals, VersionAdmin):
    list_display = ["name", "short_name", "kind", "country", "city", "charter_until"]
    list_filter = ["kind", "country"]
    search_fields = ["name", "local_name", "lithuanian_name", "short_name", "city", "identifiers__value"]
    autocomplete_fields = ["parent"]
    readonly_fields = ["uuid", "charter_gone_on"]
    inlines = [IdentifierInline]


class MembershipInline(admin.TabularInline):
    model = Membership
    formset = MembershipRows
    extra = 0


class FigureInline(admin.TabularInline):
    model = Figure
    extra = 0


class EmailDomainInline(admin.TabularInline):
    model = EmailDomain
    extra = 0


class OwnProfileInline(admin.StackedInline):
    model = OwnProfile


class TeachingLanguageInline(admin.TabularInline):
    model = TeachingLanguage
    extra = 0


class ContactInline(TranslationTabularInline):
    model = Contact
    extra = 0
    autocomplete_fields = ["unit"]
    fields = ["name", "lithuanian_name", "duty", "subject", "email", "phone", "unit", "is_public"]


class UnitInline(TranslationStackedInline):
    model = OrganisationalUnit
    extra = 0
    autocomplete_fields = ["parent"]
    show_change_link = True


class UniversityForm(forms.ModelForm):
    """A university with its place as people copy it from maps; both coordinates, or none."""

    latitude = coordinates.latitude()
    longitude = coordinates.longitude()

    def clean(self) -> Any:
        coordinates.both_or_none(self)
        return super().clean()


@admin.register(University)
class UniversityAdmin(ToldRefusals, VersionAdmin, TranslationAdmin):
    form = UniversityForm
    list_display = ["organisation", "slug", "zone", "country", "city"]
    list_select_related = ["organisation"]
    list_filter = ["memberships__kind", "organisation__country"]
    search_fields = [
        "slug", "organisation__name", "organisation__local_name", "organisation__short_name",
        "organisation__identifiers__value",
    ]  # fmt: skip
    autocomplete_fields = ["organisation"]
    readonly_fields = ["uuid"]
    inlines = [
        MembershipInline, EmailDomainInline, FigureInline, OwnProfileInline, TeachingLanguageInline, UnitInline,
        ContactInline,
    ]  # fmt: skip
    filter_horizontal = ["fields"]

    @admin.display(description=_("country"), ordering="organisation__country")
    def country(self, university: University) -> str:
        return str(university.organisation.country.name)

    @admin.display(description=_("city"), ordering="organisation__city")
    def city(self, university: University) -> str:
        return university.organisation.city


class InForceFilter(admin.SimpleListFilter):
    """Appointments that hold now, or no more."""

    title = _("in force")
    parameter_name = "in_force"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        now = clock.now()
        if self.value() == "yes":
            return queryset.in_force(now)
        return (
            queryset.exclude(pk__in=Appointment.objects.in_force(now)) if self.value() == "no" else queryset
        )


@admin.register(Appointment)
class AppointmentAdmin(admin.ModelAdmin):
    """Who holds which role where; granted, changed and ended through the same verbs as everywhere."""

    list_display = ["user", "role", "university", "valid_from", "valid_until", "granted_by"]
    list_select_related = ["user", "university__organisation", "granted_by"]
    list_filter = [InForceFilter, "role", OF_UNIVERSITY]
    search_fields = ["user__email", "user__name", "university__organisation__name", "university__slug"]
    autocomplete_fields = ["user", "university"]
    readonly_fields = ["uuid", "granted_by"]
    date_hierarchy = "valid_from"
    actions = ["end_now"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"valid_from": clock.now(), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Appointment, form: Any, change: bool) -> None:
        save_appointment(obj, by=request.user, change=change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Appointments end; the record of who held what stays."""
        return False

    @admin.action(description=_("End now"))
    def end_now(self, request: HttpRequest, queryset: Any) -> None:
        ended = 0
        for appointment in queryset:
            try:
                actions.end_appointment(appointment, by=request.user)
                ended += 1
            except NotPossible as refused:
                messages.warning(request, f"{appointment}: {refused}")
        words = ngettext("%(count)d appointment was ended.", "%(count)d appointments were ended.", ended)
        messages.success(request, words % {"count": ended})


def save_appointment(appointment: Appointment, *, by: Any, change: bool) -> None:
    """Grant or change what an administrator's form holds, through the verbs."""
    if change:
        actions.change_appointment(appointment, by=by)
        return
    made = actions.appoint(
        appointment.user, role=appointment.role, university=appointment.university, by=by,
        valid_from=appointment.valid_from, valid_until=appointment.valid_until,
    )  # fmt: skip
    appointment.pk, appointment.uuid, appointment.granted_by = made.pk, made.uuid, made.granted_by
    appointment._state.adding = False


class AppointmentRows(forms.BaseInlineFormSet):
    """The appointments of a person, on the person's own page; `by` is set by the inline."""

    by: Any = None

    def save_new(self, form: Any, commit: bool = True) -> Any:
        appointment = super().save_new(form, commit=False)
        save_appointment(appointment, by=self.by, change=False)
        return appointment

    def save_existing(self, form: Any, obj: Any, commit: bool = True) -> Any:
        appointment = super().save_existing(form, obj, commit=False)
        save_appointment(appointment, by=self.by, change=True)
        return appointment


class AppointmentInline(admin.TabularInline):
    model = Appointment
    fk_name = "user"
    formset = AppointmentRows
    extra = 0
    can_delete = False
    autocomplete_fields = ["university"]
    fields = ["role", "university", "valid_from", "valid_until"]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        rows = super().get_formset(request, obj, **kwargs)
        return type("AppointmentRowsByAdministrator", (rows,), {"by": request.user})


# The room of accounts doesn't know of appointments: this room adds them to the person's page.
PersonAdmin.inlines = [*PersonAdmin.inlines, AppointmentInline]


@admin.register(OrganisationalUnit)
class UnitAdmin(ToldRefusals, VersionAdmin, TranslationAdmin):
    list_display = ["name", "university", "parent", "code"]
    list_select_related = ["university__organisation", "parent"]
    list_filter = [OF_UNIVERSITY]
    search_fields = ["name_en", "name_lt", "code", "university__organisation__name"]
    autocomplete_fields = ["university", "parent"]
    readonly_fields = ["uuid"]


@admin.register(Contact)
class ContactAdmin(TranslationAdmin):
    list_display = ["name", "subject", "university", "unit", "is_public"]
    list_select_related = ["university__organisation", "unit"]
    list_filter = ["is_public", OF_UNIVERSITY]
    search_fields = ["name", "email", "subject_en", "subject_lt"]
    autocomplete_fields = ["university", "unit"]
    readonly_fields = ["uuid"]


@admin.register(Centre)
class CentreAdmin(VersionAdmin, TranslationAdmin):
    list_display = ["name", "host", "network", "founded_on"]
    list_select_related = ["host", "network"]
    list_filter = ["network"]
    search_fields = ["name_en", "name_lt", "host__name"]
    autocomplete_fields = ["host", "network"]
    readonly_fields = ["uuid"]


@admin.register(CentreNetwork)
class CentreNetworkAdmin(TranslationAdmin):
    list_display = ["name"]
    search_fields = ["name_en", "name_lt"]


@admin.register(Figure)
class FigureAdmin(admin.ModelAdmin):
    list_display = ["kind", "university", "qualifier", "value", "year"]
    list_select_related = ["university__organisation"]
    list_filter = ["kind", "year", OF_UNIVERSITY]
    search_fields = ["university__organisation__name"]
    autocomplete_fields = ["university"]


@admin.register(Membership)
class MembershipAdmin(admin.ModelAdmin):
    list_display = ["university", "kind", "valid_from", "valid_until"]
    list_select_related = ["university__organisation"]
    list_filter = ["kind"]
    search_fields = ["university__organisation__name"]
    autocomplete_fields = ["university"]


@admin.register(Identifier)
class IdentifierAdmin(admin.ModelAdmin):
    list_display = ["value", "scheme", "organisation"]
    list_select_related = ["organisation"]
    list_filter = ["scheme"]
    search_fields = ["value", "organisation__name"]
    autocomplete_fields = ["organisation"]


@admin.register(FieldOfEducation)
class FieldOfEducationAdmin(TranslationAdmin):
    list_display = ["code", "name", "parent"]
    list_select_related = ["parent"]
    search_fields = ["code", "name_en", "name_lt"]
    autocomplete_fields = ["parent"]
