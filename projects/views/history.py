"""The history of a project: what changed, what is different between two versions, and back to one of them."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from reversion.models import Revision

from ground.paging import BadCursor
from ground.workflow import NotPossible
from projects import actions, history
from projects.models import Project


@require_safe
def project_history(request: HttpRequest, key: str) -> HttpResponse:
    """Every save with its author, its comment and what it changed."""
    project = _of_staff(request, key)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        found, page = history.changes(project, after=after, before=before)
    except BadCursor as error:
        raise Http404 from error
    may_restore = request.user.has_perm("projects.edit_project", project)
    latest = found[0].number if found and not page.before else None
    context = {
        "project": project,
        "changes": found,
        "page": page,
        "may_restore": may_restore,
        "latest": latest,
    }
    return render(request, "projects/history.html", context)


@require_safe
def history_compare(request: HttpRequest, key: str) -> HttpResponse:
    """Any two versions of the project side by side, in words."""
    project = _of_staff(request, key)
    versions = history.listed(project)
    chosen = [_revision(project, request.GET.get(name, "")) for name in ("old", "new")]
    older, newer = sorted((one for one in chosen if one), key=lambda r: r.pk) if all(chosen) else (None, None)
    context = {
        "project": project, "versions": versions, "older": older, "newer": newer,
        "differences": history.between(project, older, newer) if older and newer and older != newer else None,
    }  # fmt: skip
    return render(request, "projects/history_compare.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def project_restore(request: HttpRequest, key: str, revision: int) -> HttpResponse:
    """Show what would change, then make the project what it was."""
    projects = Project.objects.managed_by(request.user).select_related("lead__organisation")
    project = get_object_or_404(projects.defer("search"), key=key)
    wanted = get_object_or_404(history.revisions_of(project), pk=revision)
    if not request.user.has_perm("projects.edit_project", project):
        return _refused(request, project, _("An archived project is read-only. Open it again to change it."))
    try:
        if request.method == "POST" and request.POST.get("version") == str(project.version):
            return _restore(request, project, wanted)
        plan = actions.plan_restoring(project, wanted, by=request.user)
    except actions.Stale as stale:
        project = stale.project
        plan = actions.plan_restoring(project, wanted, by=request.user)
    except NotPossible as refusal:
        return _refused(request, project, refusal)
    return _preview(request, project, wanted, plan)


def _preview(request: HttpRequest, project: Project, wanted: Revision, plan: actions.Plan) -> HttpResponse:
    """What would change, in words; a form that comes after another save is asked again."""
    stale = request.method == "POST"
    found = history.difference_of(history.present(project), plan.then)
    if stale and not found:
        return redirect("projects:history", project.key)  # sent twice: it is done
    context = {
        "project": project, "revision": wanted, "left_out": plan.left_out, "stale": stale, "differences": found,
        "comment": history.in_language(wanted.comment, project),
    }  # fmt: skip
    return render(request, "projects/restore.html", context, status=409 if stale else 200)


def _restore(request: HttpRequest, project: Project, wanted: Revision) -> HttpResponse:
    project, left_out = actions.restore_revision(
        project, by=request.user, revision=wanted, version=project.version
    )
    messages.success(request, _("The version was restored. What it replaced is in the history."))
    for words in left_out:
        messages.warning(request, words)
    return redirect("projects:history", project.key)


def _of_staff(request: HttpRequest, key: str) -> Project:
    projects = Project.objects.kept_by_staff(request.user).select_related("lead")
    return get_object_or_404(projects.defer("search"), key=key)


def _revision(project: Project, typed: str) -> Revision | None:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 19):
        return None
    return history.revisions_of(project).filter(pk=int(typed)).first()


def _refused(request: HttpRequest, project: Project, reason: object) -> HttpResponse:
    return render(request, "projects/not_possible.html", {"project": project, "reason": reason}, status=409)
