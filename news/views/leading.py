"""The top of the home page: who writes for the alliance chooses here what leads it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ground import clock
from ground.workflow import NotPossible
from news import leading
from news.forms import LeadForm
from news.front import front
from news.models import Event, Lead, NewsItem
from news.rules import CHOOSE_LEAD

OFFERED, OFFERED_EVENTS = 12, 6


@require_http_methods(["GET", "HEAD", "POST"])
def lead(request: HttpRequest) -> HttpResponse:
    """What leads now and who chose it; what could, as it would look. To others there is no such page."""
    _demand(request)
    asked = request.POST if request.method == "POST" else request.GET
    form = LeadForm(asked or None, user=request.user)
    text = form.text if form.is_bound else None
    if request.method == "POST" and text and form.is_valid():
        try:
            leading.choose_lead(text, by=request.user, until=form.cleaned_data["until"])
        except NotPossible as refused:
            form.add_error("until", str(refused))
        else:
            messages.success(request, _("It leads the home page now."))
            return redirect("news:lead")
    status = 422 if request.method == "POST" else 200
    return render(request, "news/lead_page.html", _shown(form, text), status=status)


def _demand(request: HttpRequest) -> None:
    if not request.user.has_perm(CHOOSE_LEAD):
        raise Http404


def _shown(form: LeadForm, text: Any) -> dict[str, Any]:
    """The page: visitors' view of the top, the last step, what is looked at, and what is offered."""
    now, nobody = clock.now(), AnonymousUser()
    last = Lead.objects.for_showing().order_by("-pk").first()
    return {
        "front": front(nobody, now, news=OFFERED, events=OFFERED_EVENTS),
        "last": last,
        "standing": last if last and last.ended_at is None else None,
        "is_over": bool(last and last.until and last.until <= now),
        "form": form if text else LeadForm(None, user=form.user),
        "looked_at": text,
        "item": text if isinstance(text, NewsItem) else None,
        "event": text if isinstance(text, Event) else None,
        "missing": form.is_bound and text is None,
    }


@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """Leave the top to what is pinned or newest."""
    _demand(request)
    if leading.end_lead(by=request.user):
        messages.success(request, _("The choice was ended. What is pinned or newest leads now."))
    return redirect("news:lead")


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the last step, which `last` names."""
    _demand(request)
    try:
        leading.undo_lead(_identifier(request.POST.get("last", "")), by=request.user)
    except NotPossible as refused:
        messages.warning(request, str(refused))
    else:
        messages.success(request, _("The last change was taken back."))
    return redirect("news:lead")


def _identifier(typed: str) -> uuid.UUID:
    try:
        return uuid.UUID(typed)
    except ValueError:
        raise Http404 from None
