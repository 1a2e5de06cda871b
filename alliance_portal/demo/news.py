"""News and events: two real ones of each, which stay, and the invented ones."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from alliance_portal.demo.events import fill
from alliance_portal.demo.reading import CONTENT, Days, local, pick, read
from alliance_portal.demo.universities import organisation
from documents import actions as documents
from members.models import Centre, University
from mobility.models import Call
from news.models import Attachment, Event, NewsItem, Topic
from projects.models import Project

_ZONE = "Europe/Vilnius"


def load_news(days: Days, *, demo: bool) -> None:
    """Topics, news and events: the invented ones (`demo`) or the real ones, those that are not there yet."""
    content = read("news")
    for row in content["topic"]:
        Topic.objects.get_or_create(slug=row["slug"], defaults=pick(row, "name"))
    news = set(NewsItem.objects.values_list("slug", flat=True))
    events = set(Event.objects.values_list("slug", flat=True))
    for row in content["news"]:
        if row.get("demo", False) == demo and row["slug"] not in news:
            _item(row, days)
    for row in content["event"]:
        if row.get("demo", False) == demo and row["slug"] not in events:
            _event(row, days)


def _shared(row: dict[str, Any]) -> dict[str, Any]:
    """What news and events have in common."""
    values = pick(row, "slug", "title", "summary", "body")
    if "university" in row:
        values["university"] = University.objects.get(slug=row["university"])
    return values | {"publication": "published", "is_demo": row.get("demo", False)}


def _links(record: NewsItem | Event, row: dict[str, Any]) -> None:
    record.topics.set(Topic.objects.filter(slug__in=row["topics"]))
    record.projects.set(Project.objects.filter(code__in=row.get("projects", [])))
    record.centres.set(Centre.objects.filter(slug__in=row.get("centres", [])))


def _item(row: dict[str, Any], days: Days) -> None:
    values = _shared(row)
    nine = dt.time(9)
    day = row["published_on"] if "published_on" in row else days.day(row["days"], _ZONE)
    values["published_at"] = local(day, nine, _ZONE)
    if "pinned_days" in row:
        values["pinned_until"] = days.at(row["pinned_days"], "23:59", _ZONE)
    if "partner" in row:
        values["partner"] = organisation(row["partner"])
    item = NewsItem.objects.create(**values)
    _links(item, row)
    item.calls.set(Call.objects.filter(slug__in=row.get("calls", [])))
    for attachment in row.get("attachment", []):
        stored = documents.store(shipped(attachment["file"]), by=None)
        Attachment.objects.create(item=item, document=stored, **pick(attachment, "title"))


def _event(row: dict[str, Any], days: Days) -> None:
    values = _shared(row) | pick(row, "zone", "place", "city", "country", "link") | _when(row, days)
    if "organiser" in row:
        values["organiser"] = organisation(row["organiser"])
    if "news_item" in row:
        values["news_item"] = NewsItem.objects.get(slug=row["news_item"])
    event = Event.objects.create(**values)
    _links(event, row)
    fill(event, row, days)


def _when(row: dict[str, Any], days: Days) -> dict[str, Any]:
    """The moments or days of an event: fixed ones, or counted from the day of loading."""
    zone = row["zone"]
    if "starts_on" in row:
        return {"starts_on": row["starts_on"]}
    if "starts_at" in row:
        return {"starts_at": local(row["starts_at"].date(), row["starts_at"].time(), zone)}
    if "starts" in row:
        return {name + "_at": days.at(row["days"], row[name], zone) for name in ("starts", "ends")}
    return {"starts_on": days.day(row["days"], zone), "ends_on": days.day(row["last_day"], zone)}


def shipped(name: str) -> SimpleUploadedFile:
    """A file of the content folder as if somebody had uploaded it."""
    return SimpleUploadedFile(name, (CONTENT / name).read_bytes(), content_type="application/pdf")
