"""The back office of projects and of the guide to funding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationAdmin
from reversion.admin import VersionAdmin

from audit import trail
from ground.workflow import NotPossible, Transition
from members.models import University
from projects import actions, history
from projects.admin.inlines import (
    AmendmentInline,
    DepartmentInline,
    DocumentInline,
    FundingInline,
    MilestoneInline,
    PartnershipInline,
    ResultInline,
    SharingInline,
    TeamInline,
    WebsiteInline,
)
from projects.facets import Offered
from projects.models import (
    Programme,
    Project,
    phase_condition_by_lead,
)
from projects.workflow import PUBLICATION, Phase

history.register()  # before the admin registers them in its own way


class LeadFilter(admin.SimpleListFilter):
    """Lead universities by name, read in one query."""

    title = _("lead university")
    parameter_name = "lead"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = University.objects.order_by("organisation__sort_key").values_list("slug", "organisation__name")
        return [(slug, name) for slug, name in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Project]) -> QuerySet[Project]:
        return queryset.filter(lead__slug=self.value()) if self.value() else queryset


class PhaseFilter(admin.SimpleListFilter):
    title = _("phase")
    parameter_name = "phase"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Phase.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Project]) -> QuerySet[Project]:
        if self.value() not in Phase.values:
            return queryset
        return queryset.filter(phase_condition_by_lead(str(self.value()), Offered.now().leads_by_day))


class ProgrammeFilter(admin.SimpleListFilter):
    """Programmes with everything that is part of them."""

    title = _("programme")
    parameter_name = "programme"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(p.path, f"{'– ' * p.depth}{p}") for p in Programme.objects.in_guide_order()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Project]) -> QuerySet[Project]:
        return queryset.under(self.value()) if self.value() else queryset  # type: ignore[attr-defined]


def _step(transition: Transition) -> Callable[[Any, HttpRequest, QuerySet[Project]], None]:
    """An admin action that takes one step of the table with the same verb as everywhere."""

    def take(model_admin: Any, request: HttpRequest, queryset: QuerySet[Project]) -> None:
        done = 0
        for project in queryset:
            try:
                actions.change_publication(project, step=transition.name, by=request.user)
            except (NotPossible, PermissionDenied) as refusal:
                model_admin.message_user(request, f"{project}: {refusal}", messages.WARNING)
            else:
                done += 1
        if done:
            words = ngettext("%(count)d project was changed.", "%(count)d projects were changed.", done)
            model_admin.message_user(request, words % {"count": done}, messages.SUCCESS)

    return take


def _refusal(error: IntegrityError) -> str:
    """The words of the constraint that refused, or that nothing was saved."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", "") or ""
    if name == "projects_funding_shares_add_up":
        return str(_("The shares of the funding add up to more than 100 percent."))
    models: list[type[Model]] = [Project, *(inline.model for inline in ProjectAdmin.inlines)]
    for constraint in (one for model in models for one in model._meta.constraints):
        if constraint.name == name:
            return str(constraint.get_violation_error_message())
    return str(_("This contradicts what somebody saved meanwhile. Nothing was saved; look and try again."))


@admin.register(Project)
class ProjectAdmin(VersionAdmin, TranslationAdmin):
    list_display = [
        "code",
        "title",
        "lead_name",
        "starts_on",
        "ends_on",
        "phase_words",
        "publication",
        "is_demo",
    ]
    list_filter = ["publication", PhaseFilter, LeadFilter, ProgrammeFilter, "is_demo"]
    search_fields = ["code", "title_en", "title_lt", "acronym", "team__name"]
    autocomplete_fields = ["lead"]
    date_hierarchy = "starts_on"
    list_per_page = 50
    readonly_fields = ["uuid", "key", "publication", "version", "is_demo", "created_at", "updated_at"]
    inlines = [
        FundingInline, TeamInline, WebsiteInline, DepartmentInline, PartnershipInline, MilestoneInline, ResultInline,
        AmendmentInline, SharingInline, DocumentInline,
    ]  # fmt: skip
    history_latest_first = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return super().get_queryset(request).select_related("lead__organisation").defer("search")

    @admin.display(description=_("lead university"), ordering="lead__organisation__sort_key")
    def lead_name(self, project: Project) -> str:
        return project.lead.name

    @admin.display(description=_("phase"))
    def phase_words(self, project: Project) -> str:
        return str(project.phase.label)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        steps = {t.name: (_step(t), t.name, t.label) for t in PUBLICATION.transitions.values()}
        return {**super().get_actions(request), **steps}

    def get_readonly_fields(self, request: HttpRequest, obj: Project | None = None) -> list[str]:
        """The period of an amended project is that of its last amendment."""
        amended = obj is not None and obj.amendments.exists()
        return [*self.readonly_fields, *(["starts_on", "ends_on"] if amended else [])]

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """What only the database could see (somebody else saved at the same moment) is said in words."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError as error:
            self.message_user(request, _refusal(error), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        if change:
            obj.version += 1
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        project = form.instance
        with connection.cursor() as cursor:  # now, and not at the end of the transaction
            cursor.execute("SET CONSTRAINTS projects_funding_shares_add_up IMMEDIATE")
            cursor.execute("SET CONSTRAINTS projects_funding_shares_add_up DEFERRED")
        project.refresh_search()
        verb = "projects.edit" if change else "projects.create"
        details = {"publication": project.publication, "version": project.version, "admin": True}
        trail.record(
            verb,
            by=request.user,
            kind="projects.project",
            subject=project.uuid,
            name=str(project),
            details=details,
        )


@admin.register(Programme)
class ProgrammeAdmin(VersionAdmin, TranslationAdmin):
    list_display = ["indented", "slug", "year_from", "year_until", "successor"]
    list_filter = [("parent", admin.EmptyFieldListFilter), "year_from"]
    list_select_related = ["successor"]
    search_fields = ["name_en", "name_lt", "slug"]
    autocomplete_fields = ["parent", "successor"]
    prepopulated_fields = {"slug": ["name"]}
    readonly_fields = ["uuid", "path"]
    ordering = ["path"]

    @admin.display(description=_("name"), ordering="path")
    def indented(self, programme: Programme) -> str:
        return f"{'– ' * programme.depth}{programme}"
