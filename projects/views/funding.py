"""The guide to funding programmes."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from ground.finished import finished
from projects.guide import chapter, contents
from projects.models import Programme


@login_not_required
@finished()
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The tree of programmes and actions."""
    return render(request, "funding/index.html", {"tree": contents(request.user)})


@login_not_required
@finished()
@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme or action, with the alliance's projects under it."""
    programme = get_object_or_404(Programme.objects.visible_to(request.user), slug=slug)
    return render(request, "funding/detail.html", {"chapter": chapter(programme, request.user)})
