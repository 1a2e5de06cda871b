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
from projects.forms import Conflict, Editor, Unsettled, marks_of, resolved, typed_in, unanswered
from projects.models import FormDraft, Project
from projects.views import gone, late
from projects.views.drafts import keep_for_later, keep_refused, settle_other
from projects.views.leaving import leave
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
    return _create(request, editor) if editor.is_valid() else _again(request, editor)


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
    if gone.was_deleted(request, key):
        return gone.deleted(request)
    project = _managed(request, key)
    if not request.user.has_perm("projects.edit_project", project):
        return late.archived(request, project)
    leads = rules.leads_for(request.user, project)
    if request.method != "POST" or "step" in request.POST:
        return _shown(request, leads, project)
    sent = resolved(request.POST)
    if sent.get("version") != str(project.version):
        return _conflict(request, project, sent, leads)
    if (unsettled := Unsettled(project, request.POST)).questions:
        keep_refused(request, project)
        return _conflict_page(request, unsettled, status=422)
    editor = Editor(leads=leads, project=project, sent=sent)
    return _save(request, project, editor, sent) if editor.is_valid() else _again(request, editor)


def _shown(request: HttpRequest, leads: Any, project: Project | None = None) -> HttpResponse:
    """The form to be filled in: as stored, as typed, or as the person's draft has it when they ask for that."""
    if request.POST.get("step") == "leave":
        return leave(request, Editor(leads=leads, project=project))
    if request.method == "POST":
        return form_page(request, Editor(leads=leads, project=project, typed=resolved(request.POST)))
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
        return _conflict(request, stale.project, sent, editor.leads)
    except (actions.CodeTaken, actions.Refused) as refusal:
        return _refused(request, editor, refusal)
    except Project.DoesNotExist:
        return gone.deleted(request)
    except NotPossible:
        return late.archived(request, project)
    return _saved(request, project)


def _saved(request: HttpRequest, project: Project) -> HttpResponse:
    actions.discard_draft(project, by=request.user, known=marks_of(request.POST))
    messages.success(request, _("The project was saved."))
    settle_other(request, project)
    return redirect(project)


def _refused(request: HttpRequest, editor: Editor, refusal: Exception) -> HttpResponse:
    if isinstance(refusal, actions.CodeTaken):
        editor.refuse_code()
    else:
        editor.refuse(str(refusal))
    return _again(request, editor)


def _again(request: HttpRequest, editor: Editor) -> HttpResponse:
    """The form with what is wrong. What was sent is a draft from now on: who leaves this page loses nothing."""
    keep_refused(request, editor.project)
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


def _conflict(request: HttpRequest, project: Project, sent: QueryDict, leads: Any) -> HttpResponse:
    """Both versions made one, with what has to be chosen; nothing apart means that the same was sent twice.

    What was typed is a draft before anything is compared: no text, however odd, can cost the person their work.
    """
    keep_refused(request, project)
    conflict = Conflict(project, sent, leads, by=request.user)
    if not conflict.apart:
        return _saved(request, conflict.project)
    return _conflict_page(request, conflict, status=422 if unanswered(request.POST) else 409)


def _conflict_page(request: HttpRequest, conflict: Conflict | Unsettled, status: int) -> HttpResponse:
    missing = unanswered(request.POST)
    context = {"conflict": conflict, "project": conflict.project, "missing": missing}
    return render(request, "projects/conflict.html", context, status=status)


def _created(request: HttpRequest, project: Project) -> HttpResponse:
    actions.discard_draft(None, by=request.user, known=marks_of(request.POST))
    messages.success(request, _("The project was created. It is a draft until you publish it."))
    return redirect(project)
