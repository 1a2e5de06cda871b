"""Registration as the organiser sees it: what is asked, who comes, who was there, and a word afterwards."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from ground import clock, spreadsheets
from ground.workflow import NotPossible
from news.happening.forms import rows_in
from news.models import Admission, Event, FollowUp, Registration
from news.registering import attendance, certificate, keeping
from news.registering.forms import AdmissionForm, FollowUpForm, QuestionRows
from news.views.event_desk import found_event, own_event

_SETTINGS = ("capacity", "opens_at", "closes_at", "waiting_list", "keep_days")
ASKED = ("uuid", "kind", "words_en", "words_lt", "choices_en", "choices_lt", "required")


@require_http_methods(["GET", "HEAD", "POST"])
def admission(request: HttpRequest, slug: str) -> HttpResponse:
    """Open registration, or change it."""
    event = own_event(request, slug)
    kept = Admission.objects.filter(event=event).first()
    if request.POST.get("step") == "close":
        return _close(request, event)
    shown = kept or Admission(event=event)
    initial = {name: getattr(shown, name) for name in _SETTINGS}
    form = AdmissionForm(request.POST or None, initial=initial, zone=event.zone)
    rows = [{name: getattr(one, name) for name in ASKED} for one in event.questions.all()]
    asked = QuestionRows(request.POST or None, initial=rows, prefix="questions")
    context = {"event": event, "form": form, "asked": asked, "admission": kept}
    if not form.is_bound:
        return render(request, "news/event_admission.html", context)
    if not all([form.is_valid(), asked.is_valid()]):
        return render(request, "news/event_admission.html", context, status=422)
    try:
        keeping.arrange(event, by=request.user, questions=rows_in(asked), **form.cleaned_data)
    except NotPossible as refused:
        form.add_error("capacity", str(refused))
        return render(request, "news/event_admission.html", context, status=422)
    messages.success(request, _("The registration was saved."))
    return redirect(event)


def _close(request: HttpRequest, event: Event) -> HttpResponse:
    try:
        keeping.close(event, by=request.user)
    except NotPossible as refused:
        messages.error(request, str(refused))
        return redirect("news:event_admission", slug=event.slug)
    messages.success(request, _("There is no registration any more."))
    return redirect(event)


@require_http_methods(["GET", "HEAD", "POST"])
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is registered, who waits; and marking who was there."""
    event = organised(request, slug)
    if request.method == "POST":
        listed, present = (_uuids(request.POST.getlist(name)) for name in ("listed", "present"))
        try:
            number = attendance.mark(event, by=request.user, listed=listed, present=present)
        except NotPossible as refused:
            messages.error(request, str(refused))
        else:
            words = ngettext("%(count)d person was there.", "%(count)d people were there.", number)
            messages.success(request, words % {"count": number})
        return redirect("news:event_people", slug=event.slug)
    return render(request, "news/event_people.html", _listed(event))


def _listed(event: Event) -> dict[str, Any]:
    questions = list(event.questions.all())
    rows = list(attendance.people_of(event))
    for row in rows:
        row.told = list(zip(questions, attendance.answers_of(row, questions), strict=True))
    state = Registration.State
    present = sum(row.attended and row.state == state.IN for row in rows)
    return {
        "parts": certificate.parts(present), "present": present,
        "event": event, "questions": questions, "admission": Admission.objects.filter(event=event).first(),
        "coming": [row for row in rows if row.state == state.IN],
        "waiting": [row for row in rows if row.state == state.WAITING],
        "cancelled": [row for row in rows if row.state == state.CANCELLED],
        "begun": event.first_day <= clock.today(event.zone), "over": event.ends_by <= clock.now(),
        "follow_ups": event.follow_ups.select_related("sent_by"),
    }  # fmt: skip


@require_safe
def people_file(request: HttpRequest, slug: str) -> HttpResponse:
    """The same list for a spreadsheet; who took it away is written down."""
    event = organised(request, slug)
    attendance.seen(event, by=request.user)
    questions = list(event.questions.all())
    rows = [attendance.line(row, questions, event.zone) for row in attendance.people_of(event)]
    header = [str(spreadsheets.harmless(one)) for one in attendance.header(questions, event.zone)]
    body = spreadsheets.as_csv(header, rows)
    response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{event.slug}.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest, slug: str) -> HttpResponse:
    """A word after the event: written, looked at as it will read, then sent."""
    event = organised(request, slug)
    form = FollowUpForm(request.POST or None)
    context: dict[str, Any] = {"event": event, "form": form}
    if not form.is_bound:
        return render(request, "news/event_follow_up.html", context)
    if not form.is_valid():
        return render(request, "news/event_follow_up.html", context, status=422)
    data = form.cleaned_data
    if request.POST.get("step") != "send":
        context |= {
            "preview": FollowUp(**_texts(data)),
            "people": attendance.audience_of(event, data["audience"]).count(),
        }
        return render(request, "news/event_follow_up.html", context)
    try:
        sent = attendance.follow_up(event, by=request.user, **data)
    except NotPossible as refused:
        form.add_error(None, str(refused))
        return render(request, "news/event_follow_up.html", context, status=409)
    words = ngettext(
        "Your message goes to %(count)d person.", "Your message goes to %(count)d people.", sent.people
    )
    messages.success(request, words % {"count": sent.people})
    return redirect("news:event_people", slug=event.slug)


def _texts(data: dict[str, Any]) -> dict[str, str]:
    return {name: value for name, value in data.items() if name.startswith(("subject_", "text_"))}


def organised(request: HttpRequest, slug: str) -> Event:
    """The event, for who may know the people. Raises PermissionDenied."""
    event = found_event(request.user, slug)
    if not request.user.has_perm("news.see_registrations", event):
        raise PermissionDenied
    return event


def _uuids(values: list[str]) -> list[uuid.UUID]:
    found = []
    for value in values[:100_000]:
        try:
            found.append(uuid.UUID(value))
        except ValueError:
            continue
    return found
