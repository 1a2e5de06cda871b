"""One's own applications, after and around the writing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from ground import clock
from ground.workflow import NotPossible
from mobility import actions, answers, completing, eligibility, gathered, papers, parts, progress, story
from mobility.models import Appeal, Application, Reading
from mobility.rules import may
from mobility.views.answering import not_possible
from mobility.workflow import APPLICATION, Status
from mobility.writing import desk

ASKED_FOR = "asked for"
STATES = {
    parts.COMPLETED: (gettext_lazy("Completed"), "good"),
    parts.IN_PROGRESS: (gettext_lazy("In progress"), "accent"),
    parts.NOT_STARTED: (gettext_lazy("Not started"), ""),
    parts.CARRIED: (gettext_lazy("Look through it"), "accent"),
    parts.OPTIONAL: (gettext_lazy("Optional"), ""),
    ASKED_FOR: (gettext_lazy("To be completed"), "signal"),
}

CARRIED_WORDS = gettext_lazy("Filled in from your last application. Look through it and save it.")


@require_safe
def my_applications(request: HttpRequest) -> HttpResponse:
    """Every application of mine with its state and next step."""
    now = clock.now()
    mine = Application.objects.of(request.user).for_own_list().order_by("-saved_at", "-pk")
    rows = [(one, progress.tone(one.status), progress.next_step(one, now)) for one in mine]
    return render(request, "mobility/my_applications.html", {"rows": rows})


@require_safe
def application(request: HttpRequest, uuid: Any) -> HttpResponse:
    """The list of parts of a draft, or the state of what was submitted; others are led to the review."""
    desk.arrive(request.user)
    found = get_object_or_404(Application.objects.visible_to(request.user).for_status(), uuid=uuid)
    if found.applicant_id != request.user.pk:
        return redirect("mobility:application_review", uuid=uuid)
    appeals, readings, *told = gathered.application_with(
        found, found.appeals.all(), found.readings.all(), *story.lookups(found)
    )
    whole = story.of(found, told)
    if found.can_be_sent(clock.now()):
        return _task_list(request, found, whole)
    return _status_page(request, found, whole, appeals[0] if appeals else None, readings)


def _task_list(request: HttpRequest, found: Application, whole: story.Story) -> HttpResponse:
    missing = parts.missing(found)
    given = answers.snapshot(found, clock.now())
    against = {one.part: one.words for one in reversed(eligibility.check(found.call, given))}
    wanted = _wanted(found, whole)
    asked = {one.part for one in wanted}
    waits = {slug for slug in asked if given.get(slug) == (found.snapshot or {}).get(slug)}
    tasks = [(part, _state(found, part, missing, waits)) for part in parts.of(found.call)]
    tasks.sort(key=lambda task: task[0].slug not in asked)
    context = {
        "application": found,
        "tasks": [_task(found, part, state, against.get(part.slug, "")) for part, state in tasks],
        "returned": found.status == Status.RETURNED,
        "wanted": wanted,
        "summary": _summary(tasks),
        "ready": not missing, "stages": progress.stages(found.call, found),
        "timeline": whole.told(to_applicant=True) if found.submitted_at else [],
        "unread": len(whole.new(to_applicant=True)),
    }  # fmt: skip
    return render(request, "mobility/application_tasks.html", context)


def _state(found: Application, part: parts.Part, missing: Any, waits: set[str]) -> str:
    """How far a part is; one that was asked for and still says what was submitted is not complete."""
    state = parts.state(found, part, missing)
    return ASKED_FOR if state == parts.COMPLETED and part.slug in waits else state


def _task(found: Application, part: parts.Part, state: str, against: str) -> tuple[Any, ...]:
    """A line of the list: the part, its address, what is told of it, its state in words and its colour."""
    told = against or (CARRIED_WORDS if state == parts.CARRIED else "")
    return part, progress.address(found, "application_part", part.slug), told, *STATES[state]


def _summary(tasks: list[tuple[parts.Part, str]]) -> str:
    done = sum(state == parts.COMPLETED for _part, state in tasks)
    words = ngettext("%(done)d part of %(all)d is complete.", "%(done)d parts of %(all)d are complete.", done)
    return words % {"done": done, "all": len(tasks)}


def _wanted(found: Application, whole: story.Story) -> list[completing.Asked]:
    """What the coordinator asks to be completed, of an application that was returned."""
    request = whole.open_request() if found.status == Status.RETURNED else None
    return completing.asked(found, request.fields) if request else []


def _status_page(
    request: HttpRequest, found: Application, whole: story.Story, made: Appeal | None, readings: list[Reading]
) -> HttpResponse:
    now = clock.now()
    offered = APPLICATION.offered_to(request.user, found)
    may_appeal = found.can_be_appealed(now) and (made is None or made.against != found.status)
    context = {
        "application": found, "tone": progress.tone(found.status), "step": progress.next_step(found, now),
        "stages": progress.stages(found.call, found), "timeline": whole.told(to_applicant=True),
        "unread": len(whole.new(to_applicant=True)), "who_read": readings,
        "sections": answers.sections(found.snapshot or {}),
        "papers": papers.by_uuid(found),
        "has_place": found.status == Status.ACCEPTED,
        "offer_open": found.can_be_answered(now),
        "may_accept": may("mobility.accept_application", request.user, found),
        "may_take_back": found.can_be_taken_back(now) and any(way.name == "take_back" for way in offered),
        "may_withdraw": any(way.name == "withdraw" for way in offered),
        "appeal": made,
        "appeal_until": found.call.appeal_until(found.decided_at) if may_appeal else None,
    }  # fmt: skip
    return render(request, "mobility/application_status.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def application_take_back(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Make it a draft again. Who comes from signing in is led to the application."""
    found = get_object_or_404(Application.objects.of(request.user).for_owner(), uuid=uuid)
    if request.method != "POST":
        return redirect(found)
    try:
        actions.take_back_application(found, by=request.user)
    except NotPossible as error:
        return _already(request, found, Status.DRAFT, error)
    messages.success(request, _("You can change your application now. Submit it again before the close."))
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def application_withdraw(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Say what withdrawing means, then do it."""
    found = get_object_or_404(Application.objects.of(request.user).for_owner(), uuid=uuid)
    try:
        if request.method != "POST":
            APPLICATION.find("withdraw", source=found.status)
            return render(request, "mobility/application_withdraw.html", {"application": found})
        actions.withdraw_application(found, by=request.user)
    except NotPossible as error:
        return _already(request, found, Status.WITHDRAWN, error)
    messages.success(request, _("Your application was withdrawn."))
    return redirect(found)


@require_http_methods(["GET", "HEAD", "POST"])
def application_answer(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Accept the place, or decline it after a page that says what follows.

    That page is only for who asks for it: whoever accepted without a session is led back to the offer.
    """
    found = get_object_or_404(Application.objects.of(request.user).for_list(), uuid=uuid)
    if request.method != "POST":
        if request.GET.get("answer") != "decline":
            return redirect(found)
        return render(request, "mobility/application_decline.html", {"application": found})
    verbs = {
        "accept": (actions.accept_offer, Status.ACCEPTED),
        "decline": (actions.decline_offer, Status.DECLINED),
    }
    answer = request.POST.get("answer", "")
    if answer not in verbs:
        return not_possible(
            request, NotPossible(_("Choose to accept or to decline.")), back=found.get_absolute_url()
        )
    verb, target = verbs[answer]
    try:
        verb(found, by=request.user)
    except NotPossible as error:
        return _already(request, found, target, error)
    messages.success(
        request, _("The place is yours.") if answer == "accept" else _("You declined the place.")
    )
    return redirect(found)


def _already(request: HttpRequest, found: Application, target: str, error: NotPossible) -> HttpResponse:
    """A second click gets the same answer as the first; anything else is told."""
    if Application.objects.filter(pk=found.pk, status=target).exists():
        return redirect(found)
    return not_possible(request, error, back=found.get_absolute_url())
