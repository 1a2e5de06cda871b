"""What is typed into a page, kept while typing, on refusal, and when the session had ended."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mobility import actions, parts, progress
from mobility.models import Application, PartDraft
from mobility.views.answering import kept_way
from mobility.writing import concerns, typed
from mobility.writing.desk import sit_down
from mobility.writing.pages import OF_PART


@login_not_required
@require_POST
def application_draft(request: HttpRequest, uuid: Any, part: str) -> HttpResponse:
    """Keep, or throw away, what is typed into a page; scripts get the answer in words."""
    signed_in = request.user.is_authenticated
    person = request.user if signed_in else typed.keeper_in(request.POST, uuid, part)
    if person is None:
        return _sign_in(request, uuid, part)
    found, one = _find(person, uuid, part)
    if "discard" in request.POST:
        if signed_in:
            version = typed.number(request.POST.get("draft"))
            actions.discard_typed(found, one, by=person, version=version)
            messages.success(request, _("What was typed and not saved is discarded."))
        return redirect(progress.address(found, "application_part", part) + kept_way(request))
    try:
        kept = keep(request, found, one, request.POST, by=person)
    except actions.OtherDraft as other:
        words = _(
            "Another device wrote on this page at %(time)s. Nothing is lost: choose “Save and continue” to see both."
        )
        return JsonResponse({"words": words % {"time": clock_time(other.draft, person)}}, status=409)
    except actions.DraftTooBig:
        return JsonResponse({"words": _("This is too long to be kept. Shorten it.")}, status=413)
    words = _("Saved %(time)s") if signed_in else _("Saved %(time)s. You are signed out: sign in to go on.")
    warned = concerns.in_typed(found, one, request.POST)
    told = {"words": words % {"time": clock_time(kept, person)}, "version": kept.version, "concerns": warned}
    return JsonResponse(told | {"signed_in": signed_in})


def keep(
    request: HttpRequest, found: Application, part: parts.Part, sent: QueryDict, by: Any = None
) -> PartDraft:
    """Keep what `sent` holds of `part`. Raises as `actions.keep_typed` does."""
    return actions.keep_typed(
        found, part, by=by or request.user, content=typed.pairs(part, sent), seen=request.POST.get("seen", ""),
        version=typed.number(request.POST.get("draft")),
    )  # fmt: skip


def keep_quietly(request: HttpRequest, found: Application, part: parts.Part) -> PartDraft | None:
    """Keep what was sent and could not be saved: not over another device's words, nor what is too long."""
    try:
        return keep(request, found, part, request.POST)
    except actions.OtherDraft as other:
        return other.draft
    except actions.DraftTooBig:
        return None


def signed_out(request: HttpRequest, uuid: Any, part: str) -> HttpResponse:
    """The session ended while somebody wrote: their words are kept, then they sign in and go on."""
    page = request.get_full_path()
    person = typed.keeper_in(request.POST, uuid, part) if request.method == "POST" else None
    if person is None:
        return redirect_to_login(page)
    found, one = _find(person, uuid, part)
    try:
        keep(request, found, one, request.POST, by=person)
    except (actions.OtherDraft, actions.DraftTooBig):
        form = OF_PART[one.slug](request.POST, application=found)
        context = {"part": one, "lines": form.told(), "page": page}
        return render(request, "mobility/kept_words.html", context, status=409)
    messages.info(request, _("You were signed out. What you typed is kept: sign in to go on."))
    return redirect_to_login(page)


def clock_time(kept: PartDraft, person: Any) -> str:
    """The time of day at which the words were kept, where the person is."""
    zone = ZoneInfo(getattr(person, "zone", "") or settings.TIME_ZONE)
    return f"{kept.saved_at.astimezone(zone):%H:%M}"


def _find(person: Any, uuid: Any, part: str) -> tuple[Application, parts.Part]:
    found = sit_down(person, uuid, part)
    one = parts.find(found.call, part) if found else None
    if found is None or one is None or one.slug not in OF_PART:
        raise Http404
    return found, one


def _sign_in(request: HttpRequest, uuid: Any, part: str) -> HttpResponse:
    if request.headers.get("Accept", "").startswith("application/json"):
        return JsonResponse({"words": _("You are signed out. Sign in to go on.")}, status=401)
    return redirect_to_login(reverse("mobility:application_part", args=[uuid, part]))
