"""The numbers of a call, and those of all calls that a person leads or follows."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ground import clock
from members.appointments import held_by
from members.models import Role
from mobility.models import Application, Call
from mobility.review import numbers
from mobility.views.table import call_of
from mobility.workflow import Status

_MOST = 100


@require_safe
def call_numbers(request: HttpRequest, slug: str) -> HttpResponse:
    """From started to accepted, by field, and the shares that tell of nobody."""
    call = call_of(request, slug)
    submitted = Application.objects.filter(call=call, submitted_at__isnull=False).exclude(status=Status.DRAFT)
    context = {
        "call": call, "funnel": numbers.funnel(call), "fields": numbers.by_field(submitted),
        "genders": numbers.genders(submitted), "fewer": numbers.fewer_opportunities(submitted),
        "fewest": numbers.FEWEST, "days": call.days_left(clock.now()),
    }  # fmt: skip
    return render(request, "mobility/review/numbers.html", context)


@require_safe
def office_numbers(request: HttpRequest) -> HttpResponse:
    """Every call of the last years with its funnel: the office's all, a coordinator's own."""
    held = held_by(request.user)
    own = held.universities(Role.MOBILITY_COORDINATOR)
    calls = Call.objects.visible_to(request.user).for_list().order_by("-closes_at", "-pk")
    if not (held.office or held.administrator):
        if not own:
            raise Http404
        calls = calls.filter(university__in=own)
    rows = numbers.of_calls(calls[:_MOST])
    return render(request, "mobility/review/office.html", {"rows": rows, "most": _MOST})
