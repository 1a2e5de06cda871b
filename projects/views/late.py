"""The form of a project that was archived or deleted while somebody typed: it can't be saved, and nothing is lost."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from projects import rules
from projects.forms import Conflict, keeper_in, resolved, typed_in, typed_into
from projects.models import FormDraft, Project
from projects.views.drafts import keep_refused


def archived(request: HttpRequest, project: Project) -> HttpResponse:
    """Why it can't be edited; what was typed is kept as a draft and shown."""
    reason = _("An archived project is read-only. Open it again to change it.")
    context = {"project": project, "reason": reason}
    kept = request.method == "POST" and keep_refused(request, project)
    draft = FormDraft.objects.visible_to(request.user).filter(project=project).first()
    sent = _sent(request, draft)
    if sent is None:
        return render(request, "projects/not_possible.html", context, status=409)
    typed = Conflict(project, sent, rules.leads_for(request.user, project)).typed
    kept = kept or request.method != "POST"
    return render(request, "projects/typed.html", {**context, "typed": typed, "kept": kept}, status=409)


def was_deleted(request: HttpRequest, key: str) -> bool:
    """Whether the form of a project arrives that is gone, from the person to whom that form was shown."""
    gone = request.method == "POST" and not Project.objects.filter(key=key).exists()
    return gone and keeper_in(request.POST, key) == request.user


def deleted(request: HttpRequest) -> HttpResponse:
    """What was typed, for copying, and as the beginning of a new project for who may create one."""
    typed, carried = typed_into(resolved(request.POST), rules.leads_for(request.user))
    context = {"typed": typed, "carried": carried if rules.creates_somewhere(request.user) else []}
    return render(request, "projects/typed.html", context, status=410)


def _sent(request: HttpRequest, draft: FormDraft | None) -> QueryDict | None:
    if request.method == "POST":
        return resolved(request.POST)
    return typed_in(draft) if draft and request.GET.get("draft") == "continue" else None
