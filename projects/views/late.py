"""The form of a project that was archived while somebody typed: it can't be saved, and nothing is lost."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from projects import rules
from projects.forms import Conflict, resolved, typed_in
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


def _sent(request: HttpRequest, draft: FormDraft | None) -> QueryDict | None:
    if request.method == "POST":
        return resolved(request.POST)
    return typed_in(draft) if draft and request.GET.get("draft") == "continue" else None
