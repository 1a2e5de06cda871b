"""Events as their organisers write them: begin, change, plan the programme, publish, cancel, look back."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ground import clock, pasted, richtext
from ground.forms import MAX_TEXT
from ground.workflow import NotPossible
from members import past
from members.models import Centre, University
from mobility.models import Call
from news.actions import Stale
from news.happening import saving, writing
from news.happening.forms import (
    CancelForm,
    ChangedEventForm,
    NewEventForm,
    ProgrammeRows,
    SpeakerRows,
    VersionForm,
    as_it_is,
    rows_in,
)
from news.models import Event, Topic
from news.rules import desks
from news.saving import Unsaved
from news.views.writing import keep_draft, resumed, script_words, written
from news.workflow import PUBLICATION, Publication
from projects.models import Project

SHOWN = 100


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """The events that a person keeps: what waits for approval, drafts, and what is to come."""
    if not request.user.has_perm("news.create_item"):
        raise Http404
    universities, alliance = desks(request.user)
    own = Q(university__in=universities) | (Q(university__isnull=True) if alliance else Q(pk__in=[]))
    mine = Event.objects.filter(own).for_list().prefetch_related(None).select_related("admission")
    live = mine.filter(publication=Publication.PUBLISHED)
    context = {
        "waiting": mine.filter(publication=Publication.IN_REVIEW).order_by("starts_by", "pk")[:SHOWN],
        "drafts": mine.filter(publication=Publication.DRAFT).order_by("starts_by", "pk")[:SHOWN],
        "coming": live.coming(clock.now())[:SHOWN],
        "past": live.past(clock.now())[:20],
    }
    return render(request, "news/event_desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Begin an event, or a series of them."""
    if not request.user.has_perm("news.create_item"):
        raise PermissionDenied
    choices, alliance = _choices(request.user, None)
    zone = settings.TIME_ZONE
    form = NewEventForm(request.POST or None, initial={"zone": zone}, choices=choices, alliance=alliance)
    if not form.is_bound or not form.is_valid():
        return _form(request, form, None)
    try:
        event = writing.create(by=request.user, **form.values)
    except NotPossible as refused:
        form.add_error(None, str(refused))
        return _form(request, form, None)
    messages.success(request, _("The draft was saved."))
    return redirect(event)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Change an event; what somebody else saved meanwhile is never overwritten."""
    event = own_event(request, slug)
    form = _changed(request, event)
    if not form.is_bound or not form.is_valid():
        return _form(request, form, event)
    try:
        event = saving.save(form, event, by=request.user)
    except Unsaved as unsaved:
        form.add_error(unsaved.field, unsaved.words)
        return _form(request, form, event)
    except NotPossible as refused:
        form.add_error(None, str(refused))
        stale = isinstance(refused, Stale)
        return _form(request, form, own_event(request, slug), status=409 if stale else 422, stale=stale)
    messages.success(request, _("The event was saved."))
    if event.city and event.spot is None:
        messages.warning(request, _("The map doesn't know this city. Give the coordinates to show it there."))
    return redirect("news:event_edit", event.slug) if request.POST.get("then") == "stay" else redirect(event)


def _changed(request: HttpRequest, event: Event) -> ChangedEventForm:
    """The form of an event as it was sent, as it is stored, or as it was typed and not saved."""
    choices, _alliance = _choices(request.user, event)
    papers = list(event.attachments.select_related("document"))
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ChangedEventForm(*sent, initial=as_it_is(event), choices=choices, papers=papers)
    if event.series_id is None:
        del form.fields["reach"]
    return form if form.is_bound else resumed(request, form, event)


def _form(
    request: HttpRequest, form: Any, event: Event | None, status: int = 422, stale: bool = False
) -> HttpResponse:
    context = {"form": form, "event": event, "saved": None, "words": script_words()}
    if event is not None:
        context |= written(request, form, event)
    if stale and event is not None:
        # Both versions are shown; what is sent next counts as written in the knowledge of the other one.
        form.data = form.data.copy()
        form.data["version"] = event.version
        context["saved"] = event
    return render(request, "news/event_form.html", context, status=status if form.is_bound else 200)


@require_POST
def draft(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep or throw away what is typed into the form and not saved."""
    return keep_draft(request, own_event(request, slug))


@require_POST
def text(request: HttpRequest, slug: str) -> JsonResponse:
    """The Markdown that was sent as it will look. Nothing is stored."""
    own_event(request, slug)
    return JsonResponse(
        {"html": richtext.render(pasted.as_markdown(request.POST.get("text", "")[:MAX_TEXT]))}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def programme(request: HttpRequest, slug: str) -> HttpResponse:
    """The programme and the speakers."""
    event = own_event(request, slug)
    version = VersionForm(request.POST or None, initial={"version": event.version})
    lines = ProgrammeRows(request.POST or None, initial=_rows(event.programme), prefix="programme")
    people = SpeakerRows(request.POST or None, initial=_rows(event.speakers), prefix="speakers")
    context = {"event": event, "form": version, "lines": lines, "people": people}
    if not version.is_bound:
        return render(request, "news/event_programme.html", context)
    # Every form is read, so that all that is wrong is said at once.
    if not all([version.is_valid(), lines.is_valid(), people.is_valid()]):
        return render(request, "news/event_programme.html", context, status=422)
    told = {"programme": rows_in(lines), "speakers": rows_in(people)}
    try:
        writing.plan(event, by=request.user, version=version.cleaned_data["version"], **told)
    except Stale as stale:
        version.add_error(None, str(stale))
        version.data = version.data | {"version": own_event(request, slug).version}
        return render(request, "news/event_programme.html", context | {"stale": True}, status=409)
    messages.success(request, _("The programme was saved."))
    return redirect(event)


def _rows(records: Any) -> list[dict[str, Any]]:
    """The rows of an event as their forms show them."""
    unsaid = {"id", "uuid", "event", "title", "room", "role", "about"}
    names = [field.name for field in records.model._meta.local_fields if field.name not in unsaid]
    return [{name: getattr(row, name) for name in names} for row in records.all()]


@require_POST
def step(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the event one step: hand in, send back, publish, archive, open again."""
    event = found_event(request.user, slug)
    name = request.POST.get("step", "")
    try:
        writing.advance(event, name, by=request.user, reason=request.POST.get("reason", ""))
    except NotPossible as refused:
        messages.error(request, str(refused))
        return redirect(event)
    messages.success(request, PUBLICATION.transitions[name].sentence)
    return redirect(event)


@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, slug: str) -> HttpResponse:
    """Say that an event doesn't take place: asks once, and says who will be told."""
    event = own_event(request, slug)
    form = CancelForm(request.POST if request.method == "POST" else None)
    people = event.registrations.active().count()
    context = {"event": event, "form": form, "people": people}
    if not form.is_bound or not form.is_valid():
        return render(request, "news/event_cancel.html", context, status=422 if form.is_bound else 200)
    try:
        told = writing.cancel(event, by=request.user, **form.cleaned_data)
    except NotPossible as refused:
        form.add_error(None, str(refused))
        return render(request, "news/event_cancel.html", context, status=409)
    words = ngettext(
        "The event is cancelled. %(count)d person is told.", "The event is cancelled. %(count)d people are told.", told
    )  # fmt: skip
    messages.success(request, words % {"count": told})
    return redirect(event)


@require_safe
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Who changed what, and when."""
    event = own_event(request, slug)
    context = {"event": event, "changes": past.changes(event), "most": past.MOST, "zone": event.zone}
    return render(request, "news/event_history.html", context)


def found_event(user: Any, slug: str) -> Event:
    """The event at this address, for who may see it."""
    rows = Event.objects.visible_to(user).select_related("university__organisation", "organiser", "series")
    return get_object_or_404(rows, slug=slug)


def own_event(request: HttpRequest, slug: str) -> Event:
    """The event, for who may change it. Raises PermissionDenied."""
    event = found_event(request.user, slug)
    if not request.user.has_perm("news.change_event", event):
        raise PermissionDenied
    return event


def _choices(user: Any, event: Event | None) -> tuple[dict[str, Any], bool]:
    """What the form of an event offers to this person, and whether they write for the alliance."""
    own, alliance = desks(user)
    zones = set(University.objects.values_list("zone", flat=True)) | {settings.TIME_ZONE, "UTC"}
    calls = Q(closes_at__gt=clock.now())
    if event is not None:
        zones.add(event.zone)
        calls |= Q(events=event)
    choices = {
        "zones": sorted(zones), "own": own, "topics": Topic.objects.all(),
        "universities": University.objects.for_list(),
        "centres": Centre.objects.for_list(), "projects": Project.objects.visible_to(user),
        "calls": Call.objects.visible_to(user).filter(calls).for_list().order_by("closes_at", "pk").distinct(),
    }  # fmt: skip
    return choices, alliance
