"""Django's own list of the same projects, with the same columns, filters and counts, for comparison.

Without sign-in, session and log, which makes it faster than it would be in use.
"""
# ruff: noqa: E402 - settings come before what reads them

import os
from types import SimpleNamespace
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")

import django
from django.conf import settings

django.setup()
settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = []

from django.contrib import admin
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

from projects.models import Project

SOMEBODY = SimpleNamespace(
    is_active=True, is_staff=True, is_authenticated=True, pk=0, has_perm=lambda *_: True, get_username=lambda: "",
    get_short_name=lambda: "", has_usable_password=lambda: False, has_module_perms=lambda *_: True,
)  # fmt: skip


class Projects(admin.ModelAdmin[Project]):
    """Title, number, lead, period and programmes; programme, lead and publication as filters with numbers."""

    list_display = ("title", "code", "lead_name", "starts_on", "ends_on", "publication", "programmes")
    list_filter = ("publication", "lead", "funding_lines__programme")
    list_select_related = ("lead__organisation",)
    list_per_page = 25
    search_fields = ("code", "title_en", "title_lt")
    show_facets = admin.ShowFacets.ALWAYS
    ordering = ("-ends_on", "-pk")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("funding_lines__programme")

    @admin.display(description="lead")
    def lead_name(self, project: Project) -> str:
        return project.lead.organisation.name

    @admin.display(description="programmes")
    def programmes(self, project: Project) -> str:
        return ", ".join(str(line.programme) for line in project.funding_lines.all())  # type: ignore[attr-defined]


site = admin.AdminSite("bench")
site.register(Project, Projects)


def projects(request: Any) -> HttpResponse:
    """The list as its one page."""
    request.user = SOMEBODY
    response = site.get_model_admin(Project).changelist_view(request)
    return response.render() if hasattr(response, "render") else response


urlpatterns = [path("projects/", projects), path("", site.urls)]
application = WSGIHandler()
