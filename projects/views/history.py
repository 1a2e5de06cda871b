"""The history of a project."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ground.paging import BadCursor
from projects.history import changes
from projects.models import Project


@require_safe
def project_history(request: HttpRequest, key: str) -> HttpResponse:
    """Every save with its author, its comment and what it changed."""
    project = get_object_or_404(Project.objects.kept_by_staff(request.user).select_related("lead"), key=key)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        found, page = changes(project, after=after, before=before)
    except BadCursor as error:
        raise Http404 from error
    return render(request, "projects/history.html", {"project": project, "changes": found, "page": page})
