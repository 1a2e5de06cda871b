"""What the list of events can be narrowed by: university, topic, on the spot or online, and the year of past ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from django.utils.translation import gettext as _

from members.models import University
from news.models import Event, Topic

ONLINE, PLACE = "online", "place"
NAMES = ("university", "topic", "way", "year")
_LINKED = 200  # universities and topics in a list of choices


@dataclass(frozen=True)
class Choice:
    """A ready-made filter: its words, where it leads, how many it finds and whether it is in force."""

    words: str
    href: str
    count: int
    current: bool


@dataclass(frozen=True)
class Narrowed:
    """The filters of an address: those that are known, and whether something else was asked for."""

    university: University | None
    topic: Topic | None
    way: str
    year: int
    left_out: bool

    @property
    def any(self) -> bool:
        return bool(self.university or self.topic or self.way or self.year)

    @property
    def canonical(self) -> str:
        """The one query that stands for what is filtered by; empty where something was refused."""
        chosen = {
            "university": self.university.slug if self.university else "",
            "topic": self.topic.slug if self.topic else "", "way": self.way, "year": str(self.year or ""),
        }  # fmt: skip
        return "" if self.left_out else urlencode({name: value for name, value in chosen.items() if value})

    def rows(self, rows: Any, *, but: str = "") -> Any:
        """Those of `rows` that match, but for the filter `but` (for counting its choices)."""
        if self.university and but != "university":
            rows = rows.concerning(self.university)
        if self.topic and but != "topic":
            rows = rows.filter(topics=self.topic)
        if self.way and but != "way":
            rows = rows.filter(_WAYS[self.way])
        if self.year and but != "year":
            rows = rows.filter(starts_by__year=self.year)
        return rows


_WAYS = {ONLINE: Q(is_online=True), PLACE: Q(place_en__gt="") | Q(place_lt__gt="")}


def narrowed(query: QueryDict) -> Narrowed:
    """The filters of an address. What is not offered here is left out, and that is said."""
    university = _record(University, query.get("university", ""))
    topic = _record(Topic, query.get("topic", ""))
    way = query.get("way", "")
    typed = query.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and 1990 <= int(typed[:5]) <= 2200 else 0
    wrong = [
        bool(query.get("university")) != bool(university), bool(query.get("topic")) != bool(topic),
        way not in ("", *_WAYS), bool(typed) != bool(year),
    ]  # fmt: skip
    return Narrowed(university, topic, way if way in _WAYS else "", year, any(wrong))


def _record(model: Any, slug: str) -> Any:
    if not slug or len(slug) > 120 or "\x00" in slug:
        return None
    return model.objects.filter(slug=slug).first()


def facets(live: Any, found: Narrowed, query: QueryDict) -> dict[str, list[Choice]]:
    """The choices of each filter with the numbers of events that it would find (a query each)."""
    link = _links(query)
    return {
        "ways": list(_ways(live, found, link)),
        "topics": list(_topics(live, found, link)),
        "universities": list(_universities(live, found, link)),
    }


Link = Callable[[str, str], tuple[str, bool]]


def _ways(live: Any, found: Narrowed, link: Link) -> Iterable[Choice]:
    rows = found.rows(live, but="way")
    counts = rows.order_by().aggregate(
        online=Count("pk", filter=_WAYS[ONLINE], distinct=True), place=Count("pk", filter=_WAYS[PLACE], distinct=True)
    )  # fmt: skip
    for way, words in ((PLACE, _("At a place")), (ONLINE, _("Online"))):
        if counts[way] or found.way == way:
            yield Choice(words, *_turned(link("way", way), counts[way]))


def _topics(live: Any, found: Narrowed, link: Link) -> Iterable[Choice]:
    rows = found.rows(live, but="topic").values("pk")
    topics = (
        Topic.objects.filter(events__in=rows).annotate(number=Count("events")).order_by("-number", "slug")
    )
    for topic in topics[:_LINKED]:
        yield Choice(topic.name, *_turned(link("topic", topic.slug), topic.number))


def _universities(live: Any, found: Narrowed, link: Link) -> Iterable[Choice]:
    rows = found.rows(live, but="university").values("pk")
    counted = Count("events", filter=Q(events__in=rows), distinct=True)
    here = University.objects.filter(events__in=rows).annotate(number=counted)
    for one in here.select_related("organisation").order_by("-number", "slug")[:_LINKED]:
        yield Choice(one.organisation.name_shown, *_turned(link("university", one.slug), one.number))


def years(past: Any, found: Narrowed, query: QueryDict) -> list[Choice]:
    """The years of past events, the newest first (one query)."""
    link = _links(query)
    by_year = found.rows(past, but="year").order_by().annotate(year=ExtractYear("starts_by")).values("year")
    return [
        Choice(str(row["year"]), *_turned(link("year", str(row["year"])), row["number"]))
        for row in by_year.annotate(number=Count("pk", distinct=True)).order_by("-year")
    ]


def _turned(linked: tuple[str, bool], count: int) -> tuple[str, int, bool]:
    return linked[0], count, linked[1]


def _links(query: QueryDict) -> Link:
    """For a filter and a value: the address in which it is turned over, in one order, and whether it is in force."""

    def link(name: str, value: str) -> tuple[str, bool]:
        current = query.get(name) == value
        kept = {one: query.get(one, "") for one in NAMES} | {name: "" if current else value}
        return "?" + urlencode({one: given for one, given in kept.items() if given}), current

    return link


def others(event: Event, now: Any) -> Any:
    """The other dates of a series that are to come."""
    if event.series_id is None:
        return Event.objects.none()
    rows = Event.objects.live().filter(series=event.series_id).exclude(pk=event.pk)
    return rows.coming(now)[:12]


def more(event: Event, now: Any) -> Any:
    """Other events to come: of the same topics or the same university first, then the next ones."""
    rows = Event.objects.live().exclude(pk=event.pk).filter(cancelled_at__isnull=True)
    if event.series_id:
        rows = rows.exclude(series=event.series_id)
    return rows.coming(now).for_list()[:3]
