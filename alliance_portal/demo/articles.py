"""The editors' desk of the demo: articles in every state, and pictures drawn by the portal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from alliance_portal.demo.drawings import drawn
from alliance_portal.demo.reading import Days, local, pick, read
from documents import actions as documents
from documents import renditions
from members.models import University
from news.models import NewsItem, Picture, Topic

_ZONE = "Europe/Vilnius"


def load_articles(days: Days) -> None:
    """The articles that are not there yet, and pictures for those that have none."""
    content = read("articles")
    there = set(NewsItem.objects.values_list("slug", flat=True))
    for row in content["news"]:
        if row["slug"] not in there:
            _article(row, days)
    for row in content["picture"]:
        item = NewsItem.objects.filter(slug=row["of"], is_demo=True, pictures__isnull=True).first()
        if item is not None:
            _picture(item, row | {"lead": True}, 1)


def _article(row: dict[str, Any], days: Days) -> None:
    values = pick(row, "slug", "title", "summary", "body", "returned_because")
    values["university"] = University.objects.get(slug=row["university"])
    values["author"] = User.objects.filter(email=row.get("author", "")).first()
    if "days" in row:
        values["published_at"] = local(days.day(row["days"], _ZONE), dt.time(9), _ZONE)
    item = NewsItem.objects.create(publication=row["state"], is_demo=True, **values)
    item.topics.set(Topic.objects.filter(slug__in=row["topics"]))
    for number, picture in enumerate(row.get("picture", []), 1):
        _picture(item, picture, number)


def _picture(item: NewsItem, row: dict[str, Any], number: int) -> None:
    """A picture of the item; its widths are made by the job."""
    upload = SimpleUploadedFile(f"drawing-{row['drawing']}.png", drawn(row["drawing"]))
    document = documents.store(upload, by=None, image_only=True)
    Picture.objects.create(
        item=item, document=document, number=number, is_lead=row.get("lead", False), **pick(row, "alt")
    )
    renditions.plan(document)
