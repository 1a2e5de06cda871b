"""A person's own dates as one calendar (RFC 5545): rooms register what they offer of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry

from ground import clock

# What a secret address of this calendar opens (notifications.tokens).
PURPOSE = "portal.calendar"
KEPT_FOR, REFRESH = dt.timedelta(days=366), dt.timedelta(hours=6)

# An entry, and the moment of its last change.
Dated = tuple[Entry, dt.datetime]
# (person, first day, the portal's own address) → what the person may see of it now, in the language in use.
Source = Callable[[Any, dt.date, str], Iterable[Dated]]
_sources: list[Source] = []


def register(source: Source) -> None:
    """Let a room give its dates to everybody's own calendar. Said at the start; twice is once."""
    if source not in _sources:
        _sources.append(source)


def calendar_of(user: Any) -> tuple[bytes, dt.datetime | None]:
    """The calendar of `user` from a year ago on, in the language in use, and when the youngest entry was changed.

    The same content gives the same bytes. As many queries as the rooms need, and one for the moment.
    """
    since = clock.today(settings.TIME_ZONE) - KEPT_FOR
    found = [dated for source in _sources for dated in source(user, since, settings.BASE_URL)]
    book = Calendar()
    book.add("prodid", "-//Alliance Portal//My dates//EN")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", _("My dates in the portal"))
    book.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for entry, _changed in found:
        book.add_component(entry)
    return bytes(book.to_ical()), max((changed for _entry, changed in found), default=None)


def entry_of(
    name: str, words: str, when: dt.date | dt.datetime, *, changed: dt.datetime, version: int, path: str,
    lines: Sequence[str] = (), base_url: str,
) -> Dated:  # fmt: skip
    """A date as an entry that leaves its reader free: a day, or a moment (in UTC, shown in the reader's zone).

    `name` never changes and no other entry has it; `version` rises with each change.
    """
    entry = Entry()
    entry.add("uid", f"{name}@{base_url.rpartition('/')[2].partition(':')[0]}")
    entry.add("dtstamp", changed)
    entry.add("last-modified", changed)
    entry.add("sequence", version)
    entry.add("summary", words)
    if isinstance(when, dt.datetime):
        entry.add("dtstart", when.astimezone(dt.UTC))
        entry.add("dtend", when.astimezone(dt.UTC))
    else:
        entry.add("dtstart", when)
        entry.add("dtend", when + dt.timedelta(days=1))
    entry.add("transp", "TRANSPARENT")
    said = [line for line in lines if line]
    entry.add("description", "\n".join([*said, *([""] if said else []), f"{base_url}{path}"]))
    entry.add("url", f"{base_url}{path}")
    return entry, changed
