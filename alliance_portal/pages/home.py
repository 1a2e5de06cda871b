"""The home page: what the alliance is, what comes next, what can be applied for. Eight queries."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery, Sum, Window
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ground import clock
from ground.finished import finished
from members import directory
from members.models import Figure, MembershipKind, University
from mobility.models import Call, Place
from news.front import front
from news.rules import CHOOSE_LEAD
from projects.models import Project
from projects.workflow import Publication

CALLS, PROJECTS, NEWS = 4, 4, 3
SOON = 30  # days to a deadline from which on time is said to run out


@login_not_required
@finished()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What a visitor came for, without a click."""
    now, today = clock.now(), clock.today(settings.TIME_ZONE)
    calls = list(open_calls(now)[:CALLS])
    for call in calls:
        call.soon = call.days_left(now) <= SOON
    projects = list(running_projects(today)[:PROJECTS])
    context = {
        "today": today,
        **_alliance(request.user, today),
        "front": front(request.user, now, news=NEWS, events=1),
        "calls": calls,
        "calls_open": calls[0].all_open if calls else 0,
        "places_open": calls[0].all_places if calls else 0,
        "projects": projects,
        "running": projects[0].all_running if projects else 0,
        "may_lead": request.user.is_authenticated and request.user.has_perm(CHOOSE_LEAD),
    }
    return render(request, "pages/home.html", context)


def _alliance(user: Any, today: dt.date) -> dict[str, Any]:
    """Who the alliance is: its members, where they are, and its figures."""
    rows = University.objects.visible_to(user).for_list()
    universities = list(rows.with_standing(today).with_schools())
    members = [row for row in universities if row.standing == MembershipKind.MEMBER]
    return {
        "members": len(members),
        "countries": len({row.organisation.country.code for row in members}),
        "pins": directory.pins(row for row in universities if row.standing),
        "figures": directory.in_order(Figure.objects.of_the_alliance()),
    }


def open_calls(moment: dt.datetime) -> QuerySet[Call]:
    """Calls that are open, the next deadline first; each with its free places and hosts, and the totals of all."""
    places = (
        Place.objects.filter(call=OuterRef("pk"), taken__lt=F("capacity") + F("waiting"))
        .order_by()
        .values("call")
    )
    free = Subquery(
        places.annotate(n=Sum(F("capacity") - F("taken") + F("waiting"))).values("n"),
        output_field=IntegerField(),
    )
    hosts = Subquery(places.annotate(n=Count("host", distinct=True)).values("n"), output_field=IntegerField())
    rows = Call.objects.open_at(moment).for_list().annotate(free=Coalesce(free, 0), hosts=Coalesce(hosts, 0))
    totals: dict[str, Any] = {"all_open": Window(Count("pk")), "all_places": Window(Sum("free"))}
    return rows.annotate(**totals).order_by("closes_at", "pk")


def running_projects(day: dt.date) -> QuerySet[Project]:
    """Published projects whose period includes `day`, the first to end first; each with the number of all."""
    rows = Project.objects.filter(
        publication=Publication.PUBLISHED, starts_on__lte=day, ends_on__gte=day
    ).for_list()
    return rows.annotate(all_running=Window(Count("pk"))).order_by("ends_on", "pk")
