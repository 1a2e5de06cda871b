"""The form of a project that was deleted while somebody typed: it can't be saved, and nothing is lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from projects import actions, rules
from projects.forms import keeper_in, marks_of, resolved, typed_into
from projects.models import Project
from projects.views import pages


def was_deleted(request: HttpRequest, key: str, person: Any = None) -> bool:
    """Whether the form of a project arrives that is gone, from the person to whom that form was shown."""
    gone = request.method == "POST" and not Project.objects.filter(key=key).exists()
    return gone and keeper_in(request.POST, key) == (person or request.user)


def deleted(request: HttpRequest) -> HttpResponse:
    """What was typed, for copying, and as the beginning of a new project for who may create one."""
    typed, carried = typed_into(resolved(request.POST), rules.leads_for(request.user))
    context = {"typed": typed, "carried": carried if rules.creates_somewhere(request.user) else []}
    return render(request, "projects/typed.html", context, status=410)


def draft_of_deleted(request: HttpRequest, person: Any) -> HttpResponse:
    """The answer to a draft of such a project: words for the script, the page with what was typed for the button."""
    if pages.wants_json(request):
        words = _("Somebody deleted this project. Press “Save draft” to see and keep what you typed.")
        return JsonResponse({"words": words}, status=410)
    if not request.user.is_authenticated:
        return kept_as_new(request, person)
    if "discard" in request.POST:
        messages.success(request, _("The draft was discarded."))
        return redirect("projects:list")
    return deleted(request)


def kept_as_new(request: HttpRequest, person: Any) -> HttpResponse:
    """What `person`, who is signed out, typed into it: kept as the draft of a new project, then the way to sign in.

    Where that can't be (they have such a draft, or create no projects), it is shown for copying.
    """
    typed, carried = typed_into(resolved(request.POST), rules.leads_for(person))
    mark = marks_of(request.POST)[0]
    content = [*carried, ("form_id", mark)]  # sent twice, it is the same draft
    try:
        actions.keep_draft(None, by=person, content=content, version=0, known=[mark])
    except (PermissionDenied, actions.DraftTooBig, actions.OtherDraft):
        return render(request, "projects/typed.html", {"typed": typed, "carried": []}, status=410)
    words = _("This project was deleted. What you typed is kept as the draft of a new one: sign in to go on.")
    messages.info(request, words)
    return redirect_to_login(f"{reverse('projects:create')}?draft=continue")
