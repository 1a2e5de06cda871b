"""What programs subscribe to. Outside the languages: an address that stays when its reader's language changes."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from documents.serving import LASTING
from ground import clock
from members.models import University
from news import social
from news.feeds import NewsFeed
from news.models import Event, NewsItem, Topic
from news.models.event import EventQuerySet
from news.views.events import subscription

KEPT, KEPT_FOR = 200, dt.timedelta(days=366)


@login_not_required
@require_safe
def news_feed(request: HttpRequest, language: str) -> HttpResponse:
    """The newest published news as Atom."""
    return _feed(request, language, None)


@login_not_required
@require_safe
def university_feed(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """The newest news of one university: told by it, or about it."""
    return _feed(request, language, University.objects.visible_to(AnonymousUser()).for_list(), slug)


@login_not_required
@require_safe
def topic_feed(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """The newest news on one topic."""
    return _feed(request, language, Topic.objects.all(), slug)


def _feed(request: HttpRequest, language: str, rows: Any, slug: str = "") -> HttpResponse:
    if language not in dict(settings.LANGUAGES):
        return _no_feed()
    with translation.override(language):
        of = rows.filter(slug=slug).first() if rows is not None else None
        if rows is not None and of is None:
            return _no_feed()
        response = NewsFeed(of=of)(request)
    response["Cache-Control"] = "public, max-age=300"
    return _tagged(request, response)


def _no_feed() -> HttpResponse:
    """For programs: a line of plain text."""
    return HttpResponse("There is no such feed.\n", status=404, content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def card(request: HttpRequest, language: str, slug: str, name: str) -> HttpResponse:
    """The picture that a shared address brings along; an old one leads to the present one."""
    rows = NewsItem.objects.visible_to(AnonymousUser()).select_related("university__organisation", "partner")
    return _card(get_object_or_404(rows, slug=slug), language, name)


@login_not_required
@require_safe
def event_card(request: HttpRequest, language: str, slug: str, name: str) -> HttpResponse:
    """The same of an event."""
    rows = Event.objects.visible_to(AnonymousUser()).select_related("university__organisation", "organiser")
    return _card(get_object_or_404(rows, slug=slug), language, name)


def _card(text: NewsItem | Event, language: str, name: str) -> HttpResponse:
    with translation.override(_known(language)):
        if name != social.digest(text):
            return redirect(social.address(text))
        response = HttpResponse(social.png(text), content_type="image/png")
    response["Cache-Control"] = LASTING
    return response


@login_not_required
@require_safe
def events_calendar(request: HttpRequest, language: str) -> HttpResponse:
    """Coming events, and those of the past year, as a calendar."""
    return _calendar(request, language, None)


@login_not_required
@require_safe
def university_calendar(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """The same of one university: its own events, and those in which it takes part."""
    return _calendar(request, language, University.objects.visible_to(AnonymousUser()).for_list(), slug)


@login_not_required
@require_safe
def topic_calendar(request: HttpRequest, language: str, slug: str) -> HttpResponse:
    """The same about one topic."""
    return _calendar(request, language, Topic.objects.all(), slug)


def _calendar(request: HttpRequest, language: str, rows: Any, slug: str = "") -> HttpResponse:
    if language not in dict(settings.LANGUAGES):
        return _no_feed()
    with translation.override(language):
        of = rows.filter(slug=slug).first() if rows is not None else None
        if rows is not None and of is None:
            return _no_feed()
        if isinstance(of, University):
            return _subscription(request, _recent().concerning(of), of.organisation.name_shown)
        if of is not None:
            return _subscription(request, _recent().filter(topics=of), of.name)
        return _subscription(request, _recent())


def _recent() -> EventQuerySet:
    live = Event.objects.visible_to(AnonymousUser()).live()
    return live.filter(ends_by__gt=clock.now() - KEPT_FOR)


def _subscription(request: HttpRequest, events: EventQuerySet, of: str = "") -> HttpResponse:
    """The calendar, with a tag of its content: programs ask every few hours, and mostly nothing has changed."""
    rows = events.select_related("series").defer("body_en", "body_lt", "search")
    return _tagged(request, subscription(rows.order_by("-starts_by", "-pk")[:KEPT], of))


def _tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    response["ETag"] = etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer if isinstance(answer, HttpResponse) else response


def _known(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return language
