"""The directory of universities."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ground import clock
from members import directory
from members.models import Centre, Figure, University


@login_not_required
@require_safe
def university_list(request: HttpRequest) -> HttpResponse:
    """Map and list of the universities, by country."""
    today = clock.today(settings.TIME_ZONE)
    rows = list(University.objects.visible_to(request.user).for_list().with_standing(today))
    facet = directory.by_country(rows, request.GET.getlist("country"))
    chosen = facet.chosen
    shown = [row for row in rows if not chosen or row.organisation.country.code in chosen]
    context = {
        "groups": directory.grouped(directory.with_schools(shown)),
        "found": len(shown),
        "facet": facet,
        "narrowed": bool(chosen),
        "left_out": bool(set(request.GET.getlist("country")) - chosen),
        "pins": directory.pins(shown),
        "centres": Centre.objects.visible_to(request.user).for_list(),
        "figures": directory.in_order(Figure.objects.of_the_alliance()),
    }
    return render(request, "members/list.html", context)
