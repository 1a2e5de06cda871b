"""Checking the answers, submitting them, and the receipt."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from ground import clock
from ground.papers import typeset
from ground.workflow import NotPossible
from mobility import actions, answers, eligibility, gathered, parts, progress, receipts
from mobility.models import Application
from mobility.views.answering import not_possible
from mobility.writing import desk
from mobility.writing.typed import number


@require_safe
def application_check(request: HttpRequest, uuid: Any) -> HttpResponse:
    """All answers, each with a way to change it, before they are submitted."""
    desk.arrive(request.user)
    found = get_object_or_404(Application.objects.of(request.user).for_owner(), uuid=uuid)
    if not found.can_be_sent(clock.now()):
        return redirect(found)
    gathered.application_with(found)
    return _check_page(request, found)


def _check_again(request: HttpRequest, found: Application, *, status: int, **more: Any) -> HttpResponse:
    now = Application.objects.for_owner().get(pk=found.pk)
    gathered.application_with(now)
    return _check_page(request, now, status=status, **more)


def _check_page(request: HttpRequest, found: Application, *, status: int = 200, **more: Any) -> HttpResponse:
    missing, given = parts.missing(found), answers.snapshot(found, clock.now())
    context = {
        "application": found,
        "sections": answers.sections(given),
        "missing": [(_part_address(found, one), one.words) for one in missing],
        "concerns": [one.words for one in eligibility.check(found.call, given)],
        **more,
    }
    return render(request, "mobility/application_check.html", context, status=status)


def _part_address(found: Application, one: parts.Missing) -> str:
    return f"{progress.address(found, 'application_part', one.part)}?from=check#id_{one.field}"


@require_http_methods(["GET", "HEAD", "POST"])
def application_submit(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Submit what was checked; again and again it gives the same receipt.

    Nothing is submitted by itself: who comes from signing in is led to the answers, to submit them.
    """
    found = get_object_or_404(Application.objects.of(request.user).for_owner(), uuid=uuid)
    if request.method != "POST":
        return redirect("mobility:application_check", uuid=uuid)
    version = request.POST.get("version", "")
    try:
        seen = number(version) or -1
        actions.submit_application(found, by=request.user, version=seen)
    except actions.Incomplete:
        return _check_again(request, found, status=422, tried=True)
    except actions.Stale:
        return _check_again(request, found, status=409, changed=True)
    except NotPossible as error:
        return not_possible(request, error, back=found.get_absolute_url())
    return redirect("mobility:application_receipt", uuid=uuid)


@require_safe
def application_receipt(request: HttpRequest, uuid: Any) -> HttpResponse:
    """Reference, moment and fingerprint of what was submitted, and what happens next."""
    found = _submitted(request, uuid)
    context = {
        "application": found,
        "stages": progress.stages(found.call, found),
        "submissions": found.submissions.defer("content"),
    }
    return render(request, "mobility/application_receipt.html", context)


@require_safe
def application_receipt_pdf(request: HttpRequest, uuid: Any) -> HttpResponse:
    """The receipt as a paper, with everything that was submitted."""
    found = _submitted(request, uuid)
    made_on = clock.today(found.call.university.zone)
    response = HttpResponse(
        typeset(receipts.paper(found, made_on), made_on=made_on), content_type="application/pdf"
    )
    name = _("receipt-%(reference)s") % {"reference": found.reference} + ".pdf"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _submitted(request: HttpRequest, uuid: Any) -> Application:
    rows = Application.objects.of(request.user).filter(submitted_at__isnull=False)
    return get_object_or_404(rows.for_owner(), uuid=uuid)
