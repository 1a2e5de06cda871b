"""Events as calendar files (RFC 5545)."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from icalendar import Calendar
from icalendar import Event as Entry

from ground.templatetags.ground_tags import in_language
from news.happening.times import moment, when_of
from news.happening.zones import zone_for
from news.models import Event, Registration, Repeats, Series
from news.models.series import position
from news.workflow import Publication

REFRESH = dt.timedelta(hours=6)
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def calendar(events: Iterable[Event], *, name: str, base_url: str) -> bytes:
    """The events as one calendar, in the language in use; `base_url` is the portal's own address.

    The same content gives the same bytes. Moments are given in UTC, which every calendar shows in its reader's zone; a
    day whose hour isn't known is a day. Events of a series come as one entry with its rule, in the zone of the event,
    so that the hour stays when clocks change (one query for each series; see `_series`).
    """
    book = Calendar()
    book.add("prodid", "-//Alliance Portal//Events//EN")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    book.add("x-wr-calname", name)
    book.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    single, series = [], {}
    for event in events:
        if event.series is None:
            single.append(event)
        else:
            series[event.series.pk] = event.series
    repeated = list(_with_rows(series))
    for zone in _zones(repeated):
        book.add_component(zone)
    for event in single:
        book.add_component(entry_of(event, base_url))
    for one, rows in repeated:
        for entry in _series(one, rows, base_url):
            book.add_component(entry)
    return bytes(book.to_ical())


def _zones(repeated: list[tuple[Series, list[Event]]]) -> Iterator[Any]:
    """The zones in which the series give their hours, for the years in which they come."""
    years: dict[str, list[int]] = defaultdict(list)
    for series, rows in repeated:
        for row in rows:
            years[row.zone] += [series.first_on.year, series.until.year, row.ends_by.year]
    for zone, found in sorted(years.items()):
        yield zone_for(zone, min(found), max(found))


def one_date(event: Event, *, name: str, base_url: str) -> bytes:
    """One event alone, also where it belongs to a series."""
    alone = Event(
        **{f.attname: getattr(event, f.attname) for f in Event._meta.concrete_fields if f.name != "series"}
    )
    return calendar([alone], name=name, base_url=base_url)


def entry_of(event: Event, base_url: str) -> Entry:
    """One event as an entry of a calendar. Its number rises with each change, so that calendars take the newer one."""
    entry = _described(event, base_url, uid=event.uuid, sequence=event.version)
    if event.hour_known:
        entry.add("dtstart", event.starts_by.astimezone(dt.UTC))
        entry.add("dtend", event.ends_by.astimezone(dt.UTC))
    else:
        entry.add("dtstart", event.first_day)
        entry.add("dtend", event.last_day + dt.timedelta(days=1))
    return entry


def of_person(user: Any, since: dt.date, base_url: str) -> Iterator[tuple[Entry, dt.datetime]]:
    """The events for which a person is registered, and when each was changed: for their personal calendar."""
    rows = Registration.objects.visible_to(user).active().select_related("event")
    rows = rows.filter(event__ends_by__gte=dt.datetime.combine(since, dt.time.min, tzinfo=dt.UTC))
    for row in rows.filter(event__publication=Publication.PUBLISHED).order_by("event__starts_by", "pk"):
        entry = entry_of(row.event, base_url)
        if row.state == Registration.State.WAITING:
            entry["summary"] = _("On the waiting list: %(title)s") % {"title": str(entry["summary"])}
            entry["status"] = "CANCELLED" if row.event.is_cancelled else "TENTATIVE"
        yield entry, row.event.changed_at


def _with_rows(series: dict[int, Series]) -> Iterator[tuple[Series, list[Event]]]:
    """Each series with all of its published events, whichever of them were asked for."""
    found: dict[Any, list[Event]] = defaultdict(list)
    live = Event.objects.filter(series__in=series, publication=Publication.PUBLISHED)
    for event in live.defer("body_en", "body_lt", "search").order_by("occurrence_on") if series else ():
        found[event.series_id].append(event)
    for pk, rows in found.items():
        yield series[pk], rows


def _series(series: Series, rows: list[Event], base_url: str) -> Iterator[Entry]:
    """The entries of a series: one with the rule, and one for each event that differs from it.

    Dates of the rule without a published event are left out (EXDATE); a cancelled one says so.
    """
    base = next((row for row in rows if when_of(row).first_on == row.occurrence_on), rows[0])
    dates, sequence = series.dates(), sum(row.version for row in rows)
    there = {row.occurrence_on: row for row in rows}
    master = _described(base, base_url, uid=series.uuid, sequence=sequence, cancelled=False)
    master["last-modified"] = master["dtstamp"] = _stamp(max(row.changed_at for row in rows))
    _put_times(master, base, dates[0])
    master.add("rrule", _rule(series, base, dates))
    if missing := [_begins(base, day) for day in dates if day not in there]:
        master.add("exdate", missing)
    yield master
    for day in dates:
        row = there.get(day)
        if row is not None and _shape(row) != _shape(base):
            changed = _described(row, base_url, uid=series.uuid, sequence=sequence)
            changed.add("recurrence-id", _begins(base, day))
            _put_times(changed, row, when_of(row).first_on)
            yield changed


def _shape(event: Event) -> tuple[Any, ...]:
    """What makes two events of a series the same but for their date."""
    when = when_of(event)
    moved = (when.first_on - event.occurrence_on).days if event.occurrence_on else 0
    lasts = (when.last_on - when.first_on).days if when.last_on else 0
    words = (in_language(event, name)[0] for name in ("title", "summary", "place"))
    return moved, lasts, when.from_time, when.to_time, when.zone, event.link, event.is_cancelled, *words


def _begins(event: Event, day: dt.date) -> dt.date | dt.datetime:
    """When the event would begin on `day`: in its own zone, or the day itself where the hour isn't known."""
    when = when_of(event)
    return moment(day, when.from_time, when.zone).astimezone(ZoneInfo(when.zone)) if when.from_time else day


def _put_times(entry: Entry, event: Event, day: dt.date) -> None:
    begins = _begins(event, day)
    entry.add("dtstart", begins)
    lasts = event.ends_by - event.starts_by
    if isinstance(begins, dt.datetime):
        entry.add("dtend", (begins.astimezone(dt.UTC) + lasts).astimezone(ZoneInfo(event.zone)))
    else:
        entry.add("dtend", begins + (event.last_day - event.first_day) + dt.timedelta(days=1))


def _rule(series: Series, base: Event, dates: list[dt.date]) -> dict[str, Any]:
    first, last = dates[0], _begins(base, dates[-1])
    until = last.astimezone(dt.UTC) if isinstance(last, dt.datetime) else last
    if series.repeats in (Repeats.WEEKLY, Repeats.FORTNIGHTLY):
        every = 2 if series.repeats == Repeats.FORTNIGHTLY else 1
        return {"freq": "WEEKLY", "interval": every, "until": until}
    if series.repeats == Repeats.MONTHLY_DATE:
        return {"freq": "MONTHLY", "bymonthday": first.day, "until": until}
    return {"freq": "MONTHLY", "byday": f"{position(first)}{WEEKDAYS[first.weekday()]}", "until": until}


def _described(
    event: Event, base_url: str, *, uid: Any, sequence: int, cancelled: bool | None = None
) -> Entry:
    """What an entry says beside its times."""
    cancelled = event.is_cancelled if cancelled is None else cancelled
    url = f"{base_url}{event.get_absolute_url()}"
    title = in_language(event, "title")[0]
    entry = Entry()
    entry.add("uid", f"{uid}@{base_url.rpartition('/')[2].partition(':')[0]}")
    entry.add("dtstamp", event.changed_at)
    entry.add("last-modified", event.changed_at)
    entry.add("sequence", sequence)
    entry.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    entry.add("summary", _("Cancelled: %(title)s") % {"title": title} if cancelled else title)
    if place := in_language(event, "place")[0]:
        entry.add("location", place)
    if event.spot is not None:
        entry.add("geo", event.spot)
    lines = [in_language(event, "summary")[0]]
    if event.link and not cancelled:
        lines.append(_("Join online: %(link)s") % {"link": event.link})
    entry.add("description", "\n\n".join([*filter(None, lines), url]))
    entry.add("url", url)
    return entry


def _stamp(value: dt.datetime) -> Any:
    made = Entry()
    made.add("dtstamp", value)
    return made["dtstamp"]
