"""What the list of events can be narrowed by: university, topic, on the spot or online, what they are about, and the
year of past ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, F, Func, IntegerField, Q, Value, When
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from django.utils.translation import gettext as _

from ground.gathering import together
from members.models import Centre, University
from mobility.models import Call
from news.counting import by_university, tellings
from news.filters import ABOUT, address_of, words
from news.models import Event, Topic
from projects.models import Project

ONLINE, PLACE = "online", "place"
NAMES = ("university", "topic", "way", "year", *ABOUT)
_LINKED = 200  # universities and topics in a list of choices


@dataclass(frozen=True)
class Choice:
    """A ready-made filter: its words, where it leads, how many it finds ("": not counted), whether it is in force."""

    words: str
    href: str
    count: int | str
    current: bool


@dataclass(frozen=True)
class Narrowed:
    """The filters of an address: those that are known, and whether something else was asked for."""

    university: University | None
    topic: Topic | None
    way: str
    year: int
    about: dict[str, Any]
    left_out: bool

    @property
    def any(self) -> bool:
        return bool(self.university or self.topic or self.way or self.year or self.about)

    @property
    def canonical(self) -> str:
        """The one query that stands for what is filtered by; empty where something was refused."""
        chosen = {
            "university": self.university.slug if self.university else "",
            "topic": self.topic.slug if self.topic else "", "way": self.way, "year": str(self.year or ""),
            **{name: address_of(record) for name, record in self.about.items()},
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
        for name, record in self.about.items():
            rows = rows.filter(**{f"{name}s": record})
        return rows


_WAYS = {ONLINE: Q(is_online=True), PLACE: Q(place_en__gt="") | Q(place_lt__gt="")}


def narrowed(query: QueryDict, user: Any) -> Narrowed:
    """The filters of an address. What is not offered here to `user` is left out, and that is said."""
    university = _record(University.objects.all(), query.get("university", ""))
    topic = _record(Topic.objects.all(), query.get("topic", ""))
    about = {
        name: _record(model.objects.visible_to(user), query.get(name, ""))
        for name, model in (("project", Project), ("centre", Centre), ("call", Call))
    }
    way = query.get("way", "")
    typed = query.get("year", "")
    year = int(typed) if typed.isascii() and typed.isdigit() and 1990 <= int(typed[:5]) <= 2200 else 0
    wrong = [
        bool(query.get("university")) != bool(university), bool(query.get("topic")) != bool(topic),
        way not in ("", *_WAYS), bool(typed) != bool(year),
        *(bool(query.get(name)) != bool(record) for name, record in about.items()),
    ]  # fmt: skip
    there = {name: record for name, record in about.items() if record}
    return Narrowed(university, topic, way if way in _WAYS else "", year, there, any(wrong))


def _record(rows: Any, slug: str) -> Any:
    if not slug or len(slug) > 120 or not slug.isprintable():
        return None
    return rows.filter(**{"key" if rows.model is Project else "slug": slug}).first()


def facets(live: Any, past: Any, found: Narrowed, query: QueryDict) -> dict[str, list[Choice]]:
    """The choices of each filter with the numbers of events that it would find; all in one query."""
    link = _links(query)
    (ways,), topics, universities, years, *told = together(
        _ways(found.rows(live, but="way")), _topics(found.rows(live, but="topic")), University.objects.for_list(),
        _years(found.rows(past, but="year")), *tellings(found.rows(live, but="university"), "organiser"),
    )  # fmt: skip
    said = ((PLACE, _("At a place")), (ONLINE, _("Online")))
    return {
        "about": [Choice(words(one), *_turned(link(name, address_of(one)), "")) for name, one in found.about.items()],
        "ways": [
            Choice(named, *_turned(link("way", way), ways[f"number_{way}"]))
            for way, named in said
            if ways[f"number_{way}"] or found.way == way
        ],
        "topics": [Choice(one.name, *_turned(link("topic", one.slug), one.number)) for one in topics],
        "universities": [
            Choice(one.name_shown, *_turned(link("university", one.slug), number))
            for one, number in by_university(chain(*told), universities)[:_LINKED]
        ],
        "years": [
            Choice(str(row["year"]), *_turned(link("year", str(row["year"])), row["number"])) for row in years
        ],
    }  # fmt: skip


Link = Callable[[str, str], tuple[str, bool]]


def _ways(rows: Any) -> Any:
    """How many are online and how many at a place, as one row."""
    counts = {
        f"number_{way}": Func(
            Case(When(condition, then=F("pk"))), function="count", output_field=IntegerField()
        )
        for way, condition in _WAYS.items()
    }
    return rows.order_by().annotate(**counts).values(*counts)


def _topics(rows: Any) -> Any:
    counted = Topic.objects.filter(events__in=rows.order_by().values("pk")).annotate(number=Count("events"))
    return counted.order_by("-number", "slug")[:_LINKED]


def _years(rows: Any) -> Any:
    """The years of past events, the newest first."""
    by_year = rows.order_by().annotate(year=ExtractYear("starts_by")).values("year")
    return by_year.annotate(number=Count("pk")).order_by("-year")


def _turned(linked: tuple[str, bool], count: int | str) -> tuple[str, int | str, bool]:
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
    """Other events to come: of the same topics, projects or university first, then the next ones."""
    rows = Event.objects.live().exclude(pk=event.pk).filter(cancelled_at__isnull=True)
    if event.series_id:
        rows = rows.exclude(series=event.series_id)
    shares = Q(topics__in=event.topics.all()) | Q(projects__in=event.projects.all())
    if event.university_id:
        shares |= Q(university=event.university_id)
    near = Q(pk__in=Event.objects.filter(shares).values("pk"))
    farther = Case(When(near, then=Value(0)), default=Value(1), output_field=IntegerField())
    return rows.coming(now).order_by(farther, "starts_by", "pk").for_cards()[:3]
