"""What programs subscribe to. Outside the languages: an address that stays when its reader's language changes."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from ground import clock
from members.models import University
from news.feeds import NewsFeed
from news.models import Event, Topic
from news.models.event import EventQuerySet
from news.views.events import subscription

KEPT, KEPT_FOR = 200, dt.timedelta(days=366)


@login_not_required
@require_safe
def news_feed(request: HttpRequest, language: str) -> HttpResponse:
    """The newest published news as Atom."""
    with translation.override(_known(language)):
        return NewsFeed()(request)


@login_not_required
@require_safe
def events_calendar(request: HttpRequest, language: str) -> HttpResponse:
    """Coming events, and those of the past year, as a calendar."""
    with translation.override(_known(language)):
        return _subscription(request, _recent())


@login_not_required
@require_safe
def university_calendar(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """The same of one university: its own events, and those in which it takes part."""
    with translation.override(_known(language)):
        found = get_object_or_404(University.objects.for_list(), slug=slug)
        return _subscription(request, _recent().concerning(found), found.organisation.name_shown)


@login_not_required
@require_safe
def topic_calendar(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """The same about one topic."""
    with translation.override(_known(language)):
        found = get_object_or_404(Topic, slug=slug)
        return _subscription(request, _recent().filter(topics=found), found.name)


def _recent() -> EventQuerySet:
    live = Event.objects.visible_to(AnonymousUser()).live()
    return live.filter(ends_by__gt=clock.now() - KEPT_FOR)


def _subscription(request: HttpRequest, events: EventQuerySet, of: str = "") -> HttpResponse:
    """The calendar, with a tag of its content: programs ask every few hours, and mostly nothing has changed."""
    rows = events.select_related("series").defer("body_en", "body_lt", "search")
    response = subscription(rows.order_by("-starts_by", "-pk")[:KEPT], of)
    response["ETag"] = etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response


def _known(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return language
