"""The directory of universities: the list with its map."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ground import clock
from ground.finished import finished, stands_for
from members import directory
from members.models import Centre, Figure, University


@login_not_required
@finished("country", "field", "language")
@require_safe
def university_list(request: HttpRequest) -> HttpResponse:
    """Map and list of the universities, narrowed by facets; what is ticked here is compared."""
    rows = University.objects.visible_to(request.user).for_list()
    rows = rows.with_standing(clock.today(settings.TIME_ZONE)).with_schools()
    everyone = list(directory.with_told(rows))
    listing = directory.listing(everyone, request.GET)
    ticked = [row.slug for row in everyone if row.slug in request.GET.getlist("u")]
    stands_for(listing.query)
    pins = directory.pins(listing.rows)
    context = {
        "listing": listing,
        "ticked": ticked,
        "ticked_elsewhere": [slug for slug in ticked if slug not in {row.slug for row in listing.rows}],
        "pins": pins,
        "has_groups": any(len(pin["spots"]) > 1 for pin in pins),
        "centres": Centre.objects.visible_to(request.user).for_list(),
        "figures": directory.in_order(Figure.objects.of_the_alliance()),
        "edits_alliance": request.user.has_perm("members.edit_alliance"),
        "keeps_agreements": request.user.has_perm("members.keep_agreements"),
    }
    return render(request, "members/list.html", context)
