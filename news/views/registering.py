"""Registering for an event, with an account and without one; and the page of one's own registration."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ground import clock
from ground.workflow import NotPossible
from news.models import Admission, Event, Registration
from news.registering import calm, coming, links
from news.registering.forms import AnswersForm, GuestForm
from news.views.event_desk import found_event
from news.workflow import Publication

State = Registration.State


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, slug: str) -> HttpResponse:
    """Register: at once with an account, by a letter without one."""
    event = found_event(request.user, slug)
    admission = Admission.objects.select_related("event").filter(event=event).first()
    if admission is None or event.publication != Publication.PUBLISHED:
        raise Http404
    if found := _own(request.user, event):
        return redirect(links.path_of(found.uuid))
    questions = list(event.questions.all())
    kind = AnswersForm if request.user.is_authenticated else GuestForm
    form = kind(request.POST if request.method == "POST" else None, questions=questions)
    refused = coming.closed_because(admission, event, clock.now())
    context = {"event": event, "admission": admission, "form": form, "refused": refused}
    if not form.is_bound or refused or not form.is_valid():
        status = 200 if not form.is_bound else 409 if refused else 422
        return private(render(request, "news/register.html", context, status=status))
    try:
        return private(_take(request, event, form))
    except coming.AlreadyIn as known:
        return redirect(links.path_of(known.registration.uuid))
    except calm.TooMany as wait:
        form.add_error(None, str(wait))
        return private(render(request, "news/register.html", context, status=429))
    except NotPossible as late:
        return private(render(request, "news/register.html", context | {"refused": str(late)}, status=409))


def _take(request: HttpRequest, event: Event, form: Any) -> HttpResponse:
    language = (get_language() or "en")[:2]
    if request.user.is_authenticated:
        made = coming.register(event, by=request.user, answers=form.answers, language=language)
        words = _("You are registered.") if made.state == State.IN else _("You are on the waiting list.")
        messages.success(request, words)
        return redirect(links.path_of(made.uuid))
    data = form.cleaned_data
    calm.demand_calm_of(get_adapter().get_client_ip(request))
    coming.ask(event, email=data["email"], name=data["name"], answers=form.answers, language=language)
    return render(request, "news/register_letter.html", {"event": event})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """One's own registration. Looking changes nothing; confirming and cancelling are steps of their own."""
    found = opened(token)
    step = request.POST.get("step", "")
    status = 200
    try:
        if step == "confirm":
            found = coming.confirm(found)
            waits = found.state == State.WAITING
            words = _("You are on the waiting list.") if waits else _("Your registration counts now.")
            messages.success(request, words)
        elif step == "cancel":
            found = coming.cancel(found)
            messages.success(request, _("Your registration is cancelled."))
        elif request.method == "POST":
            status = 422
    except NotPossible as refused:
        messages.error(request, str(refused))
        status = 409
    if request.method == "POST" and status == 200:
        return private(redirect(links.path_of(found.uuid)))
    return private(render(request, "news/registration.html", _shown(found), status=status))


def _shown(found: Registration) -> dict[str, Any]:
    now = clock.now()
    return {
        "registration": found, "event": found.event, "over": found.event.ends_by <= now,
        "counts": found.state in (State.IN, State.WAITING),
        "is_in": found.state == State.IN, "waits": found.state == State.WAITING,
        "asked": found.state == State.UNCONFIRMED,
        "ahead": coming.ahead_of(found) if found.state == State.WAITING else 0,
        "token": links.token_of(found.uuid),
        "admission": Admission.objects.select_related("event").filter(event=found.event).first(),
    }  # fmt: skip


def opened(token: str) -> Registration:
    """The registration that a signed address opens, of an event that is public. Any other address is not there."""
    opened = links.opened_by(token)
    rows = Registration.objects.kept().filter(
        event__publication__in=[Publication.PUBLISHED, Publication.ARCHIVED]
    )
    rows = rows.select_related("user", "event__university__organisation", "event__organiser")
    return get_object_or_404(rows, uuid=opened) if opened else _absent()


def _absent() -> Registration:
    raise Http404


def _own(user: Any, event: Event) -> Registration | None:
    """What a signed-in person has here already."""
    return Registration.objects.visible_to(user).active().filter(event=event).first()


def private(response: HttpResponse) -> HttpResponse:
    """Neither kept by anybody on the way nor found by searching."""
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex"
    return response
