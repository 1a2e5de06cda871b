"""What waits for a person, from every room, in one list."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import steps
from ground.work import most_urgent_first
from members import work as members
from members.appointments import held_by
from members.factsheets import work as factsheets
from members.joining import work as joining
from members.models import AppointmentRequest
from mobility import ways
from mobility import work as mobility
from news import work as news
from projects import work as projects
from projects.rules import creates_somewhere


@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """Most urgent first, each with its reason and the button that settles it."""
    rooms = (projects, mobility, news, members, factsheets, joining, steps)
    items = [item for room in rooms for item in room.waiting_for(request.user)]
    newcomer = not held_by(request.user).by_role
    context = {
        "items": most_urgent_first(items),
        "newcomer": newcomer,
        "asked": newcomer and AppointmentRequest.objects.of(request.user).waiting().exists(),
        "answers_requests": request.user.has_perm("members.see_requests"),
        "keeps_projects": creates_somewhere(request.user),
        "mobility_ways": ways.of_person(request.user),
        "keeps_agreements": request.user.has_perm("members.keep_agreements"),
    }
    return render(request, "pages/my_work.html", context)
