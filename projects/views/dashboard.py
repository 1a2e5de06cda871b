"""The dashboard of the office and of project managers."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects import rules
from projects.dashboard import overview
from projects.models import Project


@require_safe
def project_dashboard(request: HttpRequest) -> HttpResponse:
    """What ends soon, by programme and by member; what is overdue and what is missing."""
    if not rules.creates_somewhere(request.user):
        raise PermissionDenied
    shown = overview(Project.objects.managed_by(request.user), request.GET)
    return render(request, "projects/dashboard.html", {"overview": shown})
