"""What the page of a record shows of news and events: the newest, and those that come next, each as a card."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.urls import reverse

from ground import clock
from ground.gathering import together
from members.models import University
from members.sheet import rows_of
from news.models import Event, NewsItem

SHOWN = 3
_CARD = ("slug", "title_en", "title_lt", "summary_en", "summary_lt", "is_demo")
_NEWS = (*_CARD, "published_at", "university__zone")
_EVENT = (
    *_CARD, "zone", "starts_at", "starts_on", "ends_on", "starts_by", "ends_by", "place_en", "place_lt", "is_online",
    "cancelled_at",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """Cards, and where all that is told of the record can be seen."""

    news: list[Any]
    events: list[Any]
    all_news: str
    all_events: str


def about(news: Any, events: Any, **record: str) -> Told:
    """What `news` and `events` have of a record, in one query; `record` is the filter of the lists that means it."""
    items, cards = together(_newest(news.live().for_list()), _next(events.live().for_list()))
    return _told(items, cards, record)


def columns(news: Any, events: Any) -> dict[str, ArraySubquery]:
    """The same as columns of the record's own query, for `of_columns` to read."""
    return {
        "news_told": rows_of(_newest(news.live().rewrite(False)), *_NEWS),
        "events_told": rows_of(_next(events.live().rewrite(False)), *_EVENT),
    }


def of_columns(found: Any, **record: str) -> Told:
    """What the columns of `found` say."""
    news = [_item(dict(row)) for row in found.news_told]
    events = [Event(**_values(Event, row)) for row in found.events_told]
    return _told(news, events, record)


def _newest(rows: Any) -> Any:
    return rows.prefetch_related(None).order_by("-published_at", "-pk")[:SHOWN]


def _next(rows: Any) -> Any:
    return rows.prefetch_related(None).next_first(clock.now())[:SHOWN]


def _told(news: list[Any], events: Iterable[Any], record: dict[str, str]) -> Told:
    cards = list(events)
    for event in cards:
        event.over = event.ends_by <= clock.now()
    query = urlencode(record)
    return Told(news, cards, f"{reverse('news:list')}?{query}", f"{reverse('news:events')}?{query}")


def _item(row: dict[str, Any]) -> NewsItem:
    """The item, unsaved, with the zone of who tells it: its date is the date there."""
    zone = row.pop("university_zone")
    return NewsItem(**_values(NewsItem, row), university=University(zone=zone) if zone else None)


def _values(model: Any, row: dict[str, Any]) -> dict[str, Any]:
    """The values of a row in their own types."""
    return {name: model._meta.get_field(name).to_python(value) for name, value in row.items()}
