"""The list of projects."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects import rules
from projects.filters import listing
from projects.models import Project


@login_not_required
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """Search, filters with counts, 25 projects a page."""
    shown = listing(request.GET, Project.objects.visible_to(request.user))
    context = {"listing": shown, "page": shown.page, "may_create": rules.creates_somewhere(request.user)}
    return render(request, "projects/list.html", context)
