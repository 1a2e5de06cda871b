"""Creating, editing and publishing a project."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ground.workflow import NotPossible
from projects import actions, rules
from projects.forms import Conflict, Editor, marks_of, resolved, typed_in
from projects.models import FormDraft, Project
from projects.views.drafts import keep_for_later
from projects.views.pages import form_page
from projects.workflow import PUBLICATION


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def project_create(request: HttpRequest) -> HttpResponse:
    """The form of a new project; what it makes is a draft."""
    if not request.user.is_authenticated:
        return _signed_out(request)
    if not rules.creates_somewhere(request.user):
        raise PermissionDenied
    leads = rules.leads_for(request.user)
    if request.method != "POST" or "step" in request.POST:
        return _shown(request, leads)
    editor = Editor(leads=leads, sent=request.POST)
    if before := editor.made_before():
        return _created(request, before)
    return _create(request, editor) if editor.is_valid() else form_page(request, editor, status=422)


def _create(request: HttpRequest, editor: Editor) -> HttpResponse:
    try:
        project = actions.create_project(by=request.user, token=editor.token, **editor.cleaned)
    except actions.AlreadyCreated as already:
        project = already.project
        if not Project.objects.managed_by(request.user).filter(pk=project.pk).exists():
            return form_page(request, editor, status=422)  # a made-up token tells nothing of what it names
    except (actions.CodeTaken, actions.Refused) as refusal:
        return _refused(request, editor, refusal)
    return _created(request, project)


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def project_edit(request: HttpRequest, key: str) -> HttpResponse:
    """The form of a project; a version that somebody saved over is shown beside the one that was sent."""
    if not request.user.is_authenticated:
        return _signed_out(request, key)
    project = _managed(request, key)
    if not request.user.has_perm("projects.edit_project", project):
        return _read_only(request, project)
    leads = rules.leads_for(request.user, project)
    if request.method != "POST" or "step" in request.POST:
        return _shown(request, leads, project)
    sent = resolved(request.POST, project)
    if sent.get("version") != str(project.version):
        return _conflict(request, Conflict(project, sent, leads))
    editor = Editor(leads=leads, project=project, sent=sent)
    return (
        _save(request, project, editor, sent) if editor.is_valid() else form_page(request, editor, status=422)
    )


def _shown(request: HttpRequest, leads: Any, project: Project | None = None) -> HttpResponse:
    """The form to be filled in: as stored, as typed, or as the person's draft has it when they ask for that."""
    if request.method == "POST":
        typed = resolved(request.POST, project) if project else request.POST
        return form_page(request, Editor(leads=leads, project=project, typed=typed))
    if request.GET.get("draft") == "continue":
        draft = FormDraft.objects.visible_to(request.user).filter(project=project).first()
        if draft is not None:
            editor = Editor(leads=leads, project=project, typed=typed_in(draft))
            return form_page(request, editor, continued=draft)
    return form_page(request, Editor(leads=leads, project=project))


def _signed_out(request: HttpRequest, key: str = "") -> HttpResponse:
    """The way to sign in; what was sent is kept on the way."""
    if request.method == "POST":
        return keep_for_later(request, key)
    return redirect_to_login(request.get_full_path())


def _save(request: HttpRequest, project: Project, editor: Editor, sent: QueryDict) -> HttpResponse:
    version = project.version
    try:
        project = actions.edit_project(project, by=request.user, version=version, **editor.cleaned)
    except actions.Stale as stale:
        return _conflict(request, Conflict(stale.project, sent, editor.leads))
    except (actions.CodeTaken, actions.Refused) as refusal:
        return _refused(request, editor, refusal)
    except NotPossible:
        return _read_only(request, project)
    return _saved(request, project)


def _saved(request: HttpRequest, project: Project) -> HttpResponse:
    actions.discard_draft(project, by=request.user, known=marks_of(request.POST))
    messages.success(request, _("The project was saved."))
    return redirect(project)


def _refused(request: HttpRequest, editor: Editor, refusal: Exception) -> HttpResponse:
    if isinstance(refusal, actions.CodeTaken):
        editor.refuse_code()
    else:
        editor.refuse(str(refusal))
    return form_page(request, editor, status=422)


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


def _conflict(request: HttpRequest, conflict: Conflict) -> HttpResponse:
    """Both versions field by field; nothing to choose means that the same was sent twice."""
    if not conflict.clashes:
        return _saved(request, conflict.project)
    context = {"conflict": conflict, "project": conflict.project}
    return render(request, "projects/conflict.html", context, status=409)


def _created(request: HttpRequest, project: Project) -> HttpResponse:
    actions.discard_draft(None, by=request.user, known=marks_of(request.POST))
    messages.success(request, _("The project was created. It is a draft until you publish it."))
    return redirect(project)


def _read_only(request: HttpRequest, project: Project) -> HttpResponse:
    reason = _("An archived project is read-only. Open it again to change it.")
    return render(request, "projects/not_possible.html", {"project": project, "reason": reason}, status=409)
