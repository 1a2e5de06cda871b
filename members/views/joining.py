"""The step "Your university": a person says where they belong, and asks for a role there."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import steps
from accounts.addresses import confirmed_address
from ground.workflow import NotPossible
from members.actions import requests as actions
from members.forms.joining import OTHER, JoinForm
from members.joining import domains
from members.joining.step import standing
from members.joining.workflow import REQUEST, RequestStatus
from members.models import AppointmentRequest, JoinChoice, University

TONES = {RequestStatus.GRANTED: "good", RequestStatus.REFUSED: "bad", RequestStatus.WAITING: "signal"}


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Choose the university, suggested by the confirmed address, and the role; one's own requests stand beside."""
    address = confirmed_address(request.user)
    suggested = domains.suggested(address)
    data = request.POST if request.method == "POST" else None
    form = JoinForm(data, suggested=suggested)
    if form.is_bound and form.is_valid():
        return _asked(request, form)
    own = AppointmentRequest.objects.of(request.user).for_list().order_by("-made_at", "-pk")[:20]
    context = {
        "form": form,
        "address": address,
        "suggested": suggested,
        "next": steps.asked_for(request),
        "may_leave": standing(request.user) is not steps.Standing.DONE,
        "requests": [
            (one, TONES.get(RequestStatus(one.status), ""), REQUEST.offered_to(request.user, one))
            for one in own
        ],
    }
    return render(request, "members/join.html", context, status=422 if form.is_bound else 200)


def _asked(request: HttpRequest, form: JoinForm) -> HttpResponse:
    university, asked = form.university_chosen(), form.cleaned_data
    onwards = steps.asked_for(request)
    if asked["role"] == OTHER:
        actions.choose_no_request(JoinChoice.Choice.OTHER, by=request.user)
        return redirect(reverse("members:join_contacts", args=[university.slug]) + steps.kept(onwards))
    try:
        actions.make_request(university=university, role=asked["role"], note=asked["note"], by=request.user)
    except NotPossible as error:
        return _not_possible(request, error, back=reverse("members:join") + steps.kept(onwards))
    messages.success(request, _("Your request was sent. You get a message with the answer."))
    return redirect(steps.onwards(request.user, onwards))


@require_POST
def join_leave(request: HttpRequest) -> HttpResponse:
    """Leave the step: for later, or because no role is needed."""
    try:
        actions.choose_no_request(request.POST.get("choice", ""), by=request.user)
    except ValidationError as error:
        raise BadRequest("choice") from error
    if request.POST["choice"] == JoinChoice.Choice.NONE:
        messages.success(
            request, _("Noted: you need no role. If that changes, ask for one on the page My work.")
        )
    return redirect(steps.onwards(request.user, steps.asked_for(request)))


@require_safe
def join_contacts(request: HttpRequest, slug: str) -> HttpResponse:
    """Whom to ask at a university for a role that is not asked for here."""
    found = get_object_or_404(University.objects.visible_to(request.user).for_list(), slug=slug)
    contacts = found.contacts.filter(is_public=True).select_related("unit").order_by("duty", "name", "pk")
    context = {"university": found, "contacts": contacts, "next": steps.asked_for(request)}
    return render(request, "members/join_contacts.html", context)


@require_POST
def join_withdraw(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Take one's own request back; a second time says the same."""
    found = get_object_or_404(AppointmentRequest.objects.of(request.user), uuid=uuid)
    try:
        actions.withdraw_request(found, by=request.user)
    except actions.Settled as error:
        if error.request.status != RequestStatus.WITHDRAWN:
            return _not_possible(request, error, back=reverse("members:join"))
    messages.success(request, _("Your request was withdrawn."))
    return redirect("members:join")


def _not_possible(request: HttpRequest, error: Exception, *, back: str) -> HttpResponse:
    return render(
        request, "members/request_not_possible.html", {"words": str(error), "back": back}, status=409
    )
