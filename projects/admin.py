"""The back office of projects and of the guide to funding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from modeltranslation.admin import TranslationAdmin, TranslationTabularInline
from reversion.admin import VersionAdmin

from audit import trail
from ground.workflow import NotPossible, Transition
from members.models import University
from projects import actions, history
from projects.facets import Offered
from projects.models import (
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Programme,
    Project,
    ProjectDocument,
    TeamMember,
    Website,
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


class FundingInline(admin.TabularInline[FundingLine, Project]):
    model = FundingLine
    extra = 0
    autocomplete_fields = ["programme"]


class TeamInline(admin.TabularInline[TeamMember, Project]):
    model = TeamMember
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


class MilestoneInline(TranslationTabularInline):
    model = Milestone
    extra = 0


class DocumentInline(TranslationTabularInline):
    """Files are added and removed on the project's page, where they are checked."""

    model = ProjectDocument
    extra = 0
    fields = ["title", "document", "is_public"]
    readonly_fields = ["document"]
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
        FundingInline, TeamInline, WebsiteInline, DepartmentInline, PartnershipInline, MilestoneInline, DocumentInline,
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

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        if change:
            obj.version += 1
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        project = form.instance
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


__all__ = ["ProgrammeAdmin", "ProjectAdmin"]
