"""What programs subscribe to. Outside the languages: an address that stays when its reader's language changes."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe

from ground import clock
from news.feeds import NewsFeed
from news.models import Event
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
        live = Event.objects.visible_to(AnonymousUser()).live()
        recent = live.filter(ends_by__gt=clock.now() - KEPT_FOR)
        return subscription(recent.order_by("-starts_by", "-pk")[:KEPT])


def _known(language: str) -> str:
    if language not in dict(settings.LANGUAGES):
        raise Http404
    return language
