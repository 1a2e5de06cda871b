"""Following projects."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects import actions
from projects.followed import followed_by
from projects.models import Project


@require_POST
def project_follow(request: HttpRequest, key: str) -> HttpResponse:
    """Follow the project or stop following it, as the button said: pressed twice it is the same."""
    project = get_object_or_404(Project.objects.visible_to(request.user), key=key)
    step = request.POST.get("step", "")
    if step == "follow":
        actions.follow(project, by=request.user)
        words = _(
            "You follow this project: you get messages on its changes and dates. "
            "Changes are collected for an hour and told together."
        )
        messages.success(request, words)
    elif step == "unfollow":
        actions.unfollow(project, by=request.user)
        messages.success(request, _("You no longer follow this project."))
    else:
        raise BadRequest("step")
    return redirect("projects:followed" if request.POST.get("back") == "list" else project)


@require_safe
def followed(request: HttpRequest) -> HttpResponse:
    """The projects that the person follows, with the next date of each."""
    rows, more = followed_by(request.user)
    return render(request, "projects/followed.html", {"rows": rows, "more": more})
