"""Every feed and calendar that programs can subscribe to, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground.finished import finished
from members.models import University
from news.models import Topic


@dataclass(frozen=True)
class Line:
    """What can be followed, with the addresses of its feeds; "" where there is none."""

    words: str
    news: str
    events: str
    factsheets: str = ""


@login_not_required
@finished()
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Feeds of news and calendars of events: of all, of each university, on each topic. In the language of the page."""
    code = get_language()
    everything = Line(
        _("All universities"), reverse("news_feed", args=[code]), reverse("events_calendar", args=[code])
    )
    context = {
        "everything": [everything],
        "universities": [
            _university(one, code) for one in University.objects.visible_to(request.user).for_list()
        ],
        "topics": [_topic(one, code) for one in Topic.objects.order_by("slug")],
    }
    return render(request, "pages/feeds.html", context)


def _university(one: University, code: str) -> Line:
    names = ("news_feed_university", "university_events", "factsheets_calendar")
    return Line(one.name_shown, *(reverse(name, args=[code, one.slug]) for name in names))


def _topic(one: Topic, code: str) -> Line:
    return Line(
        str(one), *(reverse(name, args=[code, one.slug]) for name in ("news_feed_topic", "topic_events"))
    )
