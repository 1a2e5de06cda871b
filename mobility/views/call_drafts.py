"""What is typed into the form of a call: kept while typing and when it can't be saved, shown again, thrown away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ground import kept
from mobility import actions
from mobility.editing import typed
from mobility.models import Call, CallDraft
from mobility.rules import may
from mobility.views.drafts import clock_time
from mobility.workflow import EDIT_CALL
from mobility.writing.typed import number


def found(user: Any, slug: str) -> Call:
    """A call that the person may edit; to others there is no such page."""
    call = get_object_or_404(Call.objects.visible_to(user).for_list(), slug=slug)
    if not may(EDIT_CALL, user, call):
        raise Http404
    return call


@login_not_required
@require_POST
def call_draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep, or throw away, what is typed into the form of a call; scripts get the answer in words."""
    page = reverse("mobility:call_edit", args=[slug])
    person = request.user if request.user.is_authenticated else _shown(request, page)
    if person is None:
        return _sign_in(request, page)
    call = found(person, slug)
    if "discard" in request.POST:
        if request.user.is_authenticated:
            actions.discard_call_typed(call, by=person, version=number(request.POST.get("draft")))
            messages.success(request, _("What was typed and not saved is discarded."))
        return redirect(page)
    try:
        draft = _keep(request, call, person)
    except actions.OtherDraft as other:
        words = _("You wrote in this call elsewhere at %(time)s. Save the call, so that nothing is lost.")
        return JsonResponse({"words": words % {"time": clock_time(other.draft, person)}}, status=409)
    except actions.DraftTooBig:
        return JsonResponse({"words": _("This is too long to be kept. Shorten it.")}, status=413)
    return JsonResponse({"words": _said(request, draft, person), "version": draft.version})


def _said(request: HttpRequest, draft: CallDraft, person: Any) -> str:
    signed_in = request.user.is_authenticated
    words = _("Saved %(time)s") if signed_in else _("Saved %(time)s. You are signed out: sign in to go on.")
    return words % {"time": clock_time(draft, person)}


def keep_quietly(request: HttpRequest, call: Call) -> CallDraft | None:
    """Keep what was sent and is not saved: not over what the person typed elsewhere, nor what is too long.

    Nor what no form of ours sent.
    """
    if kept.shown_in(request.POST, request.path) != request.user.pk:
        return None
    try:
        return _keep(request, call, request.user)
    except actions.OtherDraft as other:
        return other.draft
    except actions.DraftTooBig:
        return None


def _keep(request: HttpRequest, call: Call, person: Any) -> CallDraft:
    content = typed.pairs(request.POST)
    return actions.keep_call_typed(
        call, by=person, content=content, version=number(request.POST.get("draft"))
    )


def _shown(request: HttpRequest, page: str) -> Any:
    """The person to whom the form was shown before their session ended."""
    shown = kept.shown_in(request.POST, page)
    return get_user_model().objects.filter(pk=shown, is_active=True).first() if shown else None


def _sign_in(request: HttpRequest, page: str) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"words": _("You are signed out. Sign in to go on.")}, status=401)
    return redirect_to_login(page)
