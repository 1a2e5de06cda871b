"""Creating, editing and publishing a project."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ground.workflow import NotPossible
from projects import actions, rules
from projects.forms import Conflict, Editor, resolved
from projects.models import Project
from projects.workflow import PUBLICATION


@require_http_methods(["GET", "HEAD", "POST"])
def project_create(request: HttpRequest) -> HttpResponse:
    """The form of a new project; what it makes is a draft."""
    if not rules.creates_somewhere(request.user):
        raise PermissionDenied
    leads = rules.leads_for(request.user)
    if request.method != "POST":
        return _form(request, Editor(leads=leads))
    if "step" in request.POST:
        return _form(request, Editor(leads=leads, typed=request.POST))
    editor = Editor(leads=leads, sent=request.POST)
    if before := editor.made_before():
        return _created(request, before)
    if not editor.is_valid():
        return _form(request, editor, status=422)
    try:
        project = actions.create_project(by=request.user, token=editor.token, **editor.cleaned)
    except actions.AlreadyCreated as already:
        project = already.project
    except actions.CodeTaken:
        editor.refuse_code()
        return _form(request, editor, status=422)
    return _created(request, project)


@require_http_methods(["GET", "HEAD", "POST"])
def project_edit(request: HttpRequest, key: str) -> HttpResponse:
    """The form of a project; a version that somebody saved over is shown beside the one that was sent."""
    project = _managed(request, key)
    if not request.user.has_perm("projects.edit_project", project):
        return _read_only(request, project)
    leads = rules.leads_for(request.user)
    if request.method != "POST":
        return _form(request, Editor(leads=leads, project=project))
    sent = resolved(request.POST, project)
    if "step" in sent:
        return _form(request, Editor(leads=leads, project=project, typed=sent))
    if sent.get("version") != str(project.version):
        return _conflict(request, Conflict(project, sent, leads))
    editor = Editor(leads=leads, project=project, sent=sent)
    if not editor.is_valid():
        return _form(request, editor, status=422)
    return _save(request, project, editor, sent)


def _save(request: HttpRequest, project: Project, editor: Editor, sent: QueryDict) -> HttpResponse:
    version = project.version
    try:
        project = actions.edit_project(project, by=request.user, version=version, **editor.cleaned)
    except actions.Stale as stale:
        return _conflict(request, Conflict(stale.project, sent, editor.leads))
    except actions.CodeTaken:
        editor.refuse_code()
        return _form(request, editor, status=422)
    except NotPossible:
        return _read_only(request, project)
    messages.success(request, _("The project was saved."))
    return redirect(project)


@require_POST
def project_publication(request: HttpRequest, key: str) -> HttpResponse:
    """One step of the table of publication."""
    project = _managed(request, key)
    step = request.POST.get("step", "")
    try:
        actions.change_publication(project, step=step, by=request.user)
    except NotPossible as refusal:
        return render(
            request, "projects/not_possible.html", {"project": project, "reason": refusal}, status=409
        )
    messages.success(request, str(PUBLICATION.transitions[step].sentence))
    return redirect(project)


def _managed(request: HttpRequest, key: str) -> Project:
    projects = Project.objects.managed_by(request.user).select_related("lead__organisation")
    return get_object_or_404(projects, key=key)


def _form(request: HttpRequest, editor: Editor, status: int = 200) -> HttpResponse:
    context: dict[str, Any] = {
        "editor": editor,
        "form": editor.form,
        **editor.sets,
        "project": editor.project,
    }
    return render(request, "projects/edit.html", context, status=status)


def _conflict(request: HttpRequest, conflict: Conflict) -> HttpResponse:
    """Both versions field by field; nothing to choose means that the same was sent twice."""
    if not conflict.clashes:
        messages.success(request, _("The project was saved."))
        return redirect(conflict.project)
    context = {"conflict": conflict, "project": conflict.project}
    return render(request, "projects/conflict.html", context, status=409)


def _created(request: HttpRequest, project: Project) -> HttpResponse:
    messages.success(request, _("The project was created. It is a draft until you publish it."))
    return redirect(project)


def _read_only(request: HttpRequest, project: Project) -> HttpResponse:
    reason = _("An archived project is read-only. Open it again to change it.")
    return render(request, "projects/not_possible.html", {"project": project, "reason": reason}, status=409)
