"""Events as calendar files (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from icalendar import Calendar
from icalendar import Event as Entry

from ground import clock
from ground.templatetags.ground_tags import in_language
from news.models import Event


def calendar(events: Iterable[Event], *, name: str, base_url: str) -> bytes:
    """The events as one calendar, in the language in use; `base_url` is the portal's own address.

    Moments are given in UTC, which every calendar shows in its reader's zone; a day whose hour isn't known is a day.
    """
    book = Calendar()
    book.add("prodid", "-//Alliance Portal//Events//EN")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", name)
    for event in events:
        book.add_component(_entry(event, base_url))
    return bytes(book.to_ical())


def _entry(event: Event, base_url: str) -> Entry:
    url = f"{base_url}{event.get_absolute_url()}"
    entry = Entry()
    entry.add("uid", f"{event.uuid}@{base_url.rpartition('/')[2].partition(':')[0]}")
    entry.add("dtstamp", clock.now())
    entry.add("summary", in_language(event, "title")[0])
    if event.hour_known:
        entry.add("dtstart", event.starts_by.astimezone(dt.UTC))
        entry.add("dtend", event.ends_by.astimezone(dt.UTC))
    else:
        entry.add("dtstart", event.first_day)
        entry.add("dtend", event.last_day + dt.timedelta(days=1))
    if place := in_language(event, "place")[0]:
        entry.add("location", place)
    summary = in_language(event, "summary")[0]
    entry.add("description", f"{summary}\n\n{url}".strip())
    entry.add("url", url)
    return entry
