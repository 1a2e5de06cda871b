"""The list of projects."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from ground.finished import finished, stands_for
from projects import rules
from projects.listing import listing
from projects.models import Project, SavedFilter


@login_not_required
@finished("phase", "programme", "university", "department", "year", "country", "sort")
@require_safe
def project_list(request: HttpRequest) -> HttpResponse:
    """Search, filters with counts, 25 projects a page; a script that filters as one types gets the changing part."""
    projects = Project.objects.visible_to(request.user)
    shown = listing(request.GET, projects, staff=rules.follows_dates(request.user))
    stands_for(shown.query)
    address = reverse("projects:list")
    saved = _chips(request, address, shown.query)
    context = {
        "listing": shown, "page": shown.page, "may_create": rules.creates_somewhere(request.user),
        "saved": saved,
        "may_save": request.user.is_authenticated and not any(one["current"] for one in saved),
    }  # fmt: skip
    part = "HX-Request" in request.headers
    response = render(request, f"projects/{'list_part' if part else 'list'}.html", context)
    patch_vary_headers(response, ["HX-Request"])
    if part:  # each letter typed replaces the address, each choice is a step to go back to
        follow = "HX-Replace-Url" if request.headers.get("HX-Trigger-Name") == "q" else "HX-Push-Url"
        response[follow] = f"{address}?{shown.query}" if shown.query else address
    return response


def _chips(request: HttpRequest, address: str, query: str) -> list[dict[str, object]]:
    """The person's own filters, each with its address and whether it is the one in force."""
    return [
        {"name": one.name, "href": f"{address}?{one.query}", "current": one.query == query}
        for one in SavedFilter.objects.visible_to(request.user).order_by("name", "pk")
    ]
