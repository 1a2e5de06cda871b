"""What stands at the top of the home page: what editors chose, else what is pinned, else the newest."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Value, When

from news.models import Event, Lead, NewsItem
from news.models.event import EventQuerySet
from news.models.item import NewsItemQuerySet
from news.models.lead import leads_at


@dataclass(frozen=True)
class Front:
    """What the home page tells, each text once: an article or an event that leads, the events to come, the news."""

    item: NewsItem | None
    event: Event | None
    events: list[Event]
    news: list[NewsItem]


def front(user: Any, moment: dt.datetime, *, news: int, events: int) -> Front:
    """What the home page tells at `moment`, with so many of each beside what leads. Three queries."""
    shown = Event.objects.visible_to(user).for_cards()
    coming = list(foremost_events(shown, moment)[: events + 1])
    rows = NewsItem.objects.visible_to(user).for_cards()
    told = list(foremost_news(rows, moment, news + 1).with_leads()[: news + 1])
    event = next((one for one in coming if one.leads_home), None)
    item = told.pop(0) if told and not event else None
    return Front(item, event, [one for one in coming if one != event][:events], told[:news])


def foremost_news(rows: NewsItemQuerySet, moment: dt.datetime, count: int) -> NewsItemQuerySet:
    """What of `rows` stands first at `moment`: the chosen lead (`leads_home`), pinned news, the newest.

    At most `count` of each, which is read from an index of its own: what is old costs nothing.
    """
    live, newest = NewsItem.objects.live(), ["-published_at", "-pk"]
    chosen = live.filter(pk__in=Lead.objects.in_force(moment).filter(item__isnull=False).values("item"))
    pinned = live.pinned(moment).order_by(*newest)[:count]
    keys = chosen.order_by().values("pk").union(
        pinned.values("pk"), live.order_by(*newest)[:count].values("pk"), all=True
    )  # fmt: skip
    is_pinned = When(pinned_until__gt=moment, then=Value(1))
    place = Case(
        When(leads_home=True, then=Value(0)), is_pinned, default=Value(2), output_field=IntegerField()
    )
    return rows.filter(pk__in=keys).annotate(leads_home=leads_at(moment, "item")).order_by(place, *newest)


def foremost_events(rows: EventQuerySet, moment: dt.datetime) -> EventQuerySet:
    """Of `rows` the chosen lead (`leads_home`), where it is an event, and then those that come next."""
    rows = rows.leading(moment).annotate(leads_home=leads_at(moment, "event"))
    return rows.order_by("-leads_home", "starts_by", "pk")
