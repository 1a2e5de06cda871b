"""The coordinator's pages of one application: as it was submitted, and the decision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ground.workflow import NotPossible, Transition
from mobility import actions, eligibility, forms, papers, progress
from mobility.models import Application, Place
from mobility.review import page
from mobility.review.returning import ReturnForm
from mobility.rules import may
from mobility.views.answering import not_possible
from mobility.workflow import APPLICATION
from mobility.writing import desk


@require_safe
def application_review(request: HttpRequest, uuid: Any) -> HttpResponse:
    """One application as it was submitted, with what can be decided about it."""
    return review_page(request, get_object_or_404(others(request), uuid=uuid))


def others(request: HttpRequest) -> Any:
    """The applications of others that came in, as far as the person sees them."""
    desk.arrive(request.user)
    submitted = Application.objects.visible_to(request.user).filter(submitted_at__isnull=False)
    return submitted.exclude(applicant=request.user).for_status()


def to_review(request: HttpRequest, uuid: Any) -> HttpResponse:
    """What an address that takes a form answers when it is opened by itself, as after signing in: the application."""
    get_object_or_404(others(request), uuid=uuid)
    return redirect("mobility:application_review", uuid=uuid)


def review_page(
    request: HttpRequest, found: Application, sent: Any = None, step: str = "", *, message: Any = None,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    """The page of one application; `sent` is the form of a step, `message` that of a message, not accepted."""
    sheet = page.of(found, request.user, message)
    return render(
        request,
        "mobility/application_review.html",
        {
            "application": found,
            "tone": progress.tone(found.status),
            "sheet": sheet,
            "sections": sheet.sections(),
            "selection": sheet.selection,
            "wished": sheet.wished if found.status == "not_selected" else [],
            "papers": papers.by_uuid(found),
            "concerns": [one.words for one in eligibility.check(found.call, found.snapshot or {})],
            "readings": sheet.story.readings() if sheet.is_whole else [],
            "ways": _ways(request, found, sheet.wished, sent, step),
            "form": sent or message,
        },
        status=status,
    )


def _ways(
    request: HttpRequest, found: Application, wished: list[Place], sent: Any, step: str
) -> list[tuple[Transition, Any, bool]]:
    """The steps that the person may take now, each with its form; the one that was sent is open."""
    ways = [way for way in APPLICATION.offered_to(request.user, found) if way.name in actions.DECISIONS]
    return [
        (way, sent if way.name == step and sent else _form(way.name, found, wished), way.name == step)
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


@require_http_methods(["GET", "HEAD", "POST"])
def application_decide(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Take one step of the table of states; opened by itself it leads to the application."""
    if request.method != "POST":
        return to_review(request, uuid)
    found = get_object_or_404(others(request), uuid=uuid)
    step = request.POST.get("step", "")
    form = _form(step, found, page.wished(found) if step in actions.OFFERS else [], request.POST)
    if not form.is_valid():
        done = _is_done(request, found, step)
        return _done_already(request, found) if done else review_page(request, found, form, step, status=422)
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
