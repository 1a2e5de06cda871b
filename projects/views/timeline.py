"""The filtered projects in time."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.in_order import InOrder
from projects.timeline import chart, with_milestones

PAGE_SIZE = 50


@login_not_required
@require_safe
def project_timeline(request: HttpRequest) -> HttpResponse:
    """Periods and milestones of the projects of the list under the same query, fifty a page."""
    listed = InOrder.asked_by(request)
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    rows = with_milestones(listed.projects)
    page, bad_cursor = listed.page(rows, size=PAGE_SIZE, after=after, before=before)
    context = {
        "page": page,
        "chart": chart(page.rows, listed.filter.offered.moment),
        "query": listed.filter.query,
        "narrowed": any(listed.filter.chosen.values()),
        "bad_cursor": bad_cursor,
    }
    return render(request, "projects/timeline.html", context)
