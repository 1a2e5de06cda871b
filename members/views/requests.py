"""Requests to join: for coordinators of the university, the office and administrators."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ground import paging
from ground.workflow import NotPossible
from members.actions import requests as actions
from members.forms.joining import ANSWERS
from members.joining.belonging import with_belonging
from members.joining.workflow import REQUEST, RequestStatus
from members.models import AppointmentRequest, University
from members.views.joining import TONES

ORDER = ("made_at", "id")
SHOWN = 50
STATES = {"grant": RequestStatus.GRANTED, "refuse": RequestStatus.REFUSED}


@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """The requests that wait for this person's answer, the oldest first."""
    if not request.user.has_perm("members.see_requests"):
        raise Http404
    waiting = AppointmentRequest.objects.answered_by(request.user).waiting().for_list()
    university = _narrowed_to(request.GET.get("university", ""))
    if university is not None:
        waiting = waiting.filter(university=university)
    cursors = {name: request.GET.get(name, "") for name in ("after", "before")}
    try:
        page = paging.page(waiting, ORDER, size=SHOWN, **cursors)
    except paging.BadCursor as error:
        raise BadRequest(str(error)) from error
    context = {"page": page, "rows": with_belonging(page.rows), "university": university}
    return render(request, "members/requests.html", context)


def _narrowed_to(slug: str) -> University | None:
    """The university that is named; what no database can look for names none."""
    if not slug or not slug.isprintable():
        return None
    return University.objects.for_list().filter(slug=slug).first()


@require_http_methods(["GET", "HEAD", "POST"])
def request_page(request: HttpRequest, uuid: Any) -> HttpResponse:
    """One request with what is known of the person, and the two answers."""
    found = get_object_or_404(AppointmentRequest.objects.answered_by(request.user).for_list(), uuid=uuid)
    if request.method != "POST":
        return _page(request, found)
    answer = request.POST.get("answer", "")
    if answer not in ANSWERS:
        raise BadRequest("answer")
    form = ANSWERS[answer](request.POST, zone=found.university.zone)
    if not form.is_valid() and found.status == RequestStatus.WAITING:
        return _page(request, found, form, answer, status=422)
    try:
        _take(found, answer, form, by=request.user)
    except NotPossible as error:
        return _told(request, found, answer, error)
    messages.success(request, REQUEST.transitions[answer].sentence)
    return redirect("members:requests")


def _page(
    request: HttpRequest, found: AppointmentRequest, sent: Any = None, answer: str = "", status: int = 200
) -> HttpResponse:
    [(_row, belonging)] = with_belonging([found])
    ways = [
        (
            way,
            sent if way.name == answer else ANSWERS[way.name](zone=found.university.zone),
            way.name == answer,
        )
        for way in REQUEST.offered_to(request.user, found)
    ]
    tone = TONES.get(RequestStatus(found.status), "")
    context = {"found": found, "belonging": belonging, "ways": ways, "tone": tone, "form": sent}
    return render(request, "members/request.html", context, status=status)


def _take(found: AppointmentRequest, answer: str, form: Any, *, by: Any) -> None:
    if answer == "grant":
        actions.grant_request(found, by=by, until=form.cleaned_data.get("until"))
    else:
        actions.refuse_request(found, by=by, reason=form.cleaned_data.get("reason", ""))


def _told(request: HttpRequest, found: AppointmentRequest, answer: str, error: NotPossible) -> HttpResponse:
    """A second click of one person gets the same answer; whoever comes second is told what the first one said."""
    settled = getattr(error, "request", None)
    if settled is not None and settled.settled_by_id == request.user.pk and settled.status == STATES[answer]:
        messages.info(request, _("This was done already."))
        return redirect("members:requests")
    context = {"words": str(error), "back": request.path}
    return render(request, "members/request_not_possible.html", context, status=409)
