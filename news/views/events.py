"""Events as everybody reads them: pages, calendar files, subscriptions."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground import clock, linked_data
from ground.finished import finished
from ground.templatetags.ground_tags import in_language
from news import exports
from news.models import Event, NewsItem
from news.views.articles import one_page
from news.workflow import PUBLICATION, Publication
from projects.models import Project

COMING = 50


@login_not_required
@finished()
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """What comes, the next one first; below it what has been, page by page."""
    live = Event.objects.visible_to(request.user).live().for_list()
    now = clock.now()
    context = {
        "coming": live.coming(now)[:COMING],
        "page": one_page(request, live.past(now), ["-starts_by", "-id"]),
        "calendar": calendar_address(),
    }
    return render(request, "news/events.html", context)


def calendar_address() -> str:
    """Where calendars subscribe to the events in the language of the page."""
    return f"{settings.BASE_URL}/feeds/events/{get_language()}.ics"


@login_not_required
@finished()
@require_safe
def event(request: HttpRequest, slug: str) -> HttpResponse:
    """One event; a draft for those who may write it."""
    rows = Event.objects.visible_to(request.user).select_related("university__organisation", "organiser")
    rows = rows.prefetch_related(
        "topics", "centres", Prefetch("projects", Project.objects.visible_to(request.user).for_list())
    )
    found = get_object_or_404(rows, slug=slug)
    public = found.publication == Publication.PUBLISHED
    context = {
        "event": found,
        "story": NewsItem.objects.visible_to(request.user).filter(pk=found.news_item_id).first(),
        "host": found.university.organisation if found.university else None,
        "over": found.ends_by <= clock.now(),
        "state": "" if public else found.get_publication_display(),
        "ways": PUBLICATION.offered_to(request.user, found),
        "linked_data": _data(found) if public else "",
    }
    return render(request, "news/event.html", context)


def _data(found: Event) -> Any:
    place = in_language(found, "place")[0]
    return linked_data.block(
        "Event",
        name=in_language(found, "title")[0],
        description=in_language(found, "summary")[0],
        startDate=found.starts_at or found.first_day,
        endDate=found.ends_at or found.last_day,
        location={"@type": "Place", "name": place, "address": place} if place else None,
        organizer={"@type": "Organization", "name": found.organiser.name} if found.organiser else None,
        url=f"{settings.BASE_URL}{found.get_absolute_url()}",
    )


@login_not_required
@require_safe
def event_file(request: HttpRequest, slug: str) -> HttpResponse:
    """One event as a calendar file."""
    found = get_object_or_404(Event.objects.visible_to(request.user), slug=slug)
    response = _calendar([found], in_language(found, "title")[0])
    response["Content-Disposition"] = f'attachment; filename="{found.slug}.ics"'
    return response


def subscription(events: Any) -> HttpResponse:
    """Published events as a calendar to subscribe to."""
    return _calendar(events, _("%(portal)s: events") % {"portal": settings.BRAND["name"]})


def _calendar(events: Any, name: str) -> HttpResponse:
    body = exports.calendar(events, name=name, base_url=settings.BASE_URL)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8")
