"""The home page: what the alliance is, what comes next, what can be applied for. Eight queries."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import (
    Case,
    Count,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
    Window,
)
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ground import clock
from ground.finished import finished
from members import directory
from members.models import Figure, MembershipKind, University
from mobility.models import Call, Place
from news.models import Event, NewsItem
from projects.models import Project
from projects.workflow import ENDING_WITHIN_DAYS, Publication

CALLS, PROJECTS, NEWS = 4, 4, 3
SOON = 30  # days to a deadline from which on time is said to run out


@login_not_required
@finished()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What a visitor came for, without a click."""
    now, today = clock.now(), clock.today(settings.TIME_ZONE)
    rows = University.objects.visible_to(request.user).for_list()
    universities = list(rows.with_standing(today).with_schools())
    members = [row for row in universities if row.standing == MembershipKind.MEMBER]
    calls = list(open_calls(now)[:CALLS])
    for call in calls:
        call.soon = call.days_left(now) <= SOON
    projects = list(running_projects(today)[:PROJECTS])
    context = {
        "today": today,
        "members": len(members),
        "countries": len({row.organisation.country.code for row in members}),
        "pins": directory.pins(row for row in universities if row.standing),
        "calls": calls,
        "calls_open": calls[0].all_open if calls else 0,
        "places_open": calls[0].all_places if calls else 0,
        "running": projects[0].all_running if projects else 0,
        "ending": [project for project in projects if project.days_left(today) <= ENDING_WITHIN_DAYS],
        "figures": directory.in_order(Figure.objects.of_the_alliance()),
        "event": next_event(request.user, now),
        "news": latest_news(request.user, now)[:NEWS],
    }
    return render(request, "pages/home.html", context)


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


def next_event(user: Any, moment: dt.datetime) -> Event | None:
    """The published event that comes next, or is going on."""
    return Event.objects.visible_to(user).live().coming(moment).for_list().prefetch_related(None).first()


def latest_news(user: Any, moment: dt.datetime) -> QuerySet[NewsItem]:
    """Published news, pinned ones first, then the newest."""
    pinned = Case(When(pinned_until__gt=moment, then=Value(0)), default=Value(1), output_field=IntegerField())
    return NewsItem.objects.visible_to(user).live().for_list().order_by(pinned, "-published_at", "-pk")
