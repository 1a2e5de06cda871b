"""The coordinator's pages of one application: as it was submitted, and the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ground.workflow import NotPossible, Transition
from mobility import actions, answers, eligibility, forms, progress
from mobility.models import Application, Place
from mobility.review import selection
from mobility.review.returning import ReturnForm
from mobility.rules import may
from mobility.views.answering import not_possible
from mobility.workflow import APPLICATION


@require_safe
def application_review(request: HttpRequest, uuid: Any) -> HttpResponse:
    """One application as it was submitted, with what can be decided about it."""
    found = get_object_or_404(_others(request), uuid=uuid)
    return _review(request, found)


def _others(request: HttpRequest) -> Any:
    submitted = Application.objects.visible_to(request.user).filter(submitted_at__isnull=False)
    return submitted.exclude(applicant=request.user).with_parts()


def _review(
    request: HttpRequest, found: Application, sent: Any = None, step: str = "", status: int = 200
) -> HttpResponse:
    events, kept = progress.events_of(found), found.snapshot or {}
    whole = may("mobility.read_personal_parts", request.user, found)
    context = {
        "application": found,
        "tone": progress.tone(found.status),
        "sections": answers.sections(kept if whole else answers.without_personal(kept)),
        "is_whole": whole,
        "wished": _wished(found) if found.status == "not_selected" else [],
        "papers": {str(paper.document.uuid): paper for paper in found.documents.all()},
        "concerns": [one.words for one in eligibility.check(found.call, kept)],
        "selection": selection.of(found, request.user),
        "timeline": progress.timeline(events),
        "readings": progress.readings(events) if whole else [],
        "ways": _ways(request, found, sent, step),
        "form": sent,
    }
    return render(request, "mobility/application_review.html", context, status=status)


def _ways(
    request: HttpRequest, found: Application, sent: Any, step: str
) -> list[tuple[Transition, Any, bool]]:
    """The steps that the person may take now, each with its form; the one that was sent is open."""
    ways = [way for way in APPLICATION.offered_to(request.user, found) if way.name in actions.DECISIONS]
    places = _wished(found) if any(way.name in actions.OFFERS for way in ways) else []
    return [
        (way, sent if way.name == step and sent else _form(way.name, found, places), way.name == step)
        for way in ways
    ]


def _form(step: str, found: Application, places: list[Place], data: Any = None) -> Any:
    if step in actions.OFFERS:
        return forms.OfferForm(
            data, step=step, call=found.call, places=[place for place in places if place.left]
        )
    if step == "return":
        return ReturnForm(data, call=found.call)
    return forms.NoteForm(data, step=step)


def _wished(found: Application) -> list[Place]:
    ranks = {str(wish["place"]): wish["rank"] for wish in (found.snapshot or {}).get("wishes", [])}
    places = Place.objects.for_table().filter(call=found.call_id, uuid__in=list(ranks))
    return sorted(places, key=lambda place: ranks[str(place.uuid)])


@require_POST
def application_decide(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Take one step of the table of states."""
    found = get_object_or_404(_others(request), uuid=uuid)
    step = request.POST.get("step", "")
    form = _form(step, found, _wished(found) if step in actions.OFFERS else [], request.POST)
    if not form.is_valid():
        done = _is_done(request, found, step)
        return _done_already(request, found) if done else _review(request, found, form, step, status=422)
    try:
        _take(found, step, form, request)
    except NotPossible as error:
        return _told(request, found, step, error)
    messages.success(request, APPLICATION.transitions[step].sentence)
    return redirect("mobility:application_review", uuid=uuid)


def _take(found: Application, step: str, form: Any, request: HttpRequest) -> None:
    if step in actions.OFFERS:
        place, days = form.place_chosen(), form.cleaned_data["days"]
        actions.offer_place(found, place=place, by=request.user, days=days, step=step)
    else:
        actions.decide(
            found,
            step,
            by=request.user,
            note=form.cleaned_data["note"],
            fields=form.cleaned_data.get("fields", ()),
        )


def _told(request: HttpRequest, found: Application, step: str, error: NotPossible) -> HttpResponse:
    """A second click on the same step gets the same answer; anything else is told."""
    if _is_done(request, found, step):
        return _done_already(request, found)
    return not_possible(request, error, back=_address(found))


def _done_already(request: HttpRequest, found: Application) -> HttpResponse:
    messages.info(request, _("This was done already."))
    return redirect(_address(found))


def _is_done(request: HttpRequest, found: Application, step: str) -> bool:
    """Whether the application is by now where `step` leads, for an offer with the place that was sent."""
    known = APPLICATION.transitions.get(step)
    if known is None or step not in actions.DECISIONS or not may(known.permission, request.user, found):
        return False
    kept = Application.objects.filter(pk=found.pk).values_list("status", "offered_place__uuid")
    status, place = kept.get()
    same = step not in actions.OFFERS or str(place) == request.POST.get("place", "")
    return bool(status == known.target and same)


def _address(found: Application) -> str:
    return progress.address(found, "application_review")
