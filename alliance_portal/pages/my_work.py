"""What waits for a person, from every room, in one list."""

from __future__ import annotations

import rules
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import steps
from alliance_portal.reminding.rules import KEEP
from ground.work import most_urgent_first, read
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
from texts.rules import EDIT


@require_safe
def my_work(request: HttpRequest) -> HttpResponse:
    """Most urgent first, each with its reason and the button that settles it."""
    rooms = (projects, mobility, news, members, factsheets, joining)
    items = read(*(room.asked(request.user) for room in rooms))
    items += steps.waiting_for(request.user)
    newcomer = not held_by(request.user).by_role
    context = {
        "items": most_urgent_first(items),
        "newcomer": newcomer,
        "asked": newcomer and AppointmentRequest.objects.of(request.user).waiting().exists(),
        "answers_requests": rules.has_perm("members.see_requests", request.user),
        "keeps_projects": creates_somewhere(request.user),
        "mobility_ways": ways.of_person(request.user),
        "keeps_texts": rules.has_perm(EDIT, request.user),
        "keeps_agreements": rules.has_perm("members.keep_agreements", request.user),
        "keeps_reminders": rules.has_perm(KEEP, request.user),
        "keeps_messages": rules.has_perm("alliance_portal.keep_messages", request.user),
    }
    return render(request, "pages/my_work.html", context)
