"""Deleting a draft."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ground.workflow import NotPossible
from projects import actions
from projects.models import Project


@require_http_methods(["GET", "HEAD", "POST"])
def project_delete(request: HttpRequest, key: str) -> HttpResponse:
    """Ask once and say what goes, then delete the draft."""
    projects = Project.objects.managed_by(request.user).select_related("lead__organisation")
    project = projects.defer("search").filter(key=key).first()
    if project is None:
        return _gone(request, actions.deleted_before(key, by=request.user))
    if not request.user.has_perm("projects.publish_project", project):
        raise PermissionDenied
    if reason := actions.why_kept(project):
        return _kept(request, project, reason)
    if request.method != "POST":
        return render(request, "projects/delete.html", {"project": project})
    try:
        actions.delete_draft(project, by=request.user)
    except NotPossible as refusal:
        return _kept(request, project, refusal)
    except Project.DoesNotExist:
        return _gone(request, project.code)
    messages.success(request, _("The draft %(code)s was deleted.") % {"code": project.code})
    return redirect("projects:list")


def _gone(request: HttpRequest, code: str) -> HttpResponse:
    """The answer to a second click, or to a page that was kept open: for who deleted the draft. Raises Http404."""
    if not code:
        raise Http404
    messages.info(request, _("The draft %(code)s is deleted already.") % {"code": code})
    return redirect("projects:list")


def _kept(request: HttpRequest, project: Project, reason: object) -> HttpResponse:
    return render(request, "projects/not_possible.html", {"project": project, "reason": reason}, status=409)
