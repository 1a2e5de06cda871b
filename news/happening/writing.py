"""What organisers do with events: write, change, repeat, publish and cancel them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import reversion
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audit import trail
from ground import clock, content, pasted, richtext, text
from ground.workflow import NotPossible
from members.models import University
from news import editors
from news.actions import MAX_REASON, Stale, note_step
from news.happening.times import When, when_of
from news.models import Event, ProgrammeItem, Series, Speaker
from news.models.event import RESERVED_EVENT_SLUGS
from news.models.series import rule_dates
from news.newsletter import announcing
from news.registering import telling
from news.rules import require
from news.workflow import PUBLICATION, Publication

TEXTS = ("title", "summary", "body", "place")
# What else is written of an event, and the records with which it is linked.
FACTS = ("is_online", "link", "organiser", "country", "city", "latitude", "longitude")
LINKS = ("topics", "projects", "centres", "calls", "universities")
ONE, FOLLOWING = "one", "following"
_TRIES = 3
Rows = Sequence[dict[str, Any]]


def create(
    *, by: Any, token: uuid.UUID, university: University | None, when: When, repeats: str = "",
    until: dt.date | None = None, skipped: Sequence[dt.date] = (), **fields: Any,
) -> Event:  # fmt: skip
    """Begin an event as a draft, or one for each date of a series; the first of them. The same `token` again (a double
    click) gives the event it made.

    Raises PermissionDenied, or NotPossible when the rule has no date.
    """
    for _attempt in range(_TRIES):
        if made := Event.objects.filter(uuid=token).first():
            if made.author_id != by.pk:
                raise PermissionDenied
            return made
        try:
            with transaction.atomic():
                dates = _dates(when, repeats, until, skipped)
                series = _series(when, repeats, until, skipped)
                event = Event(uuid=token, university=university, series=series)
                return _create(event, by=by, when=when, dates=dates, fields=fields)
        except IntegrityError:  # the same form sent at once, or the same title written by two people
            continue
    raise NotPossible(_("The event could not be saved just now. Try again."))


def _dates(when: When, repeats: str, until: dt.date | None, skipped: Sequence[dt.date]) -> list[dt.date]:
    if not repeats:
        return [when.first_on]
    dates = [day for day in rule_dates(repeats, when.first_on, until or when.first_on) if day not in skipped]
    if not dates:
        raise NotPossible(_("The rule has no date. Choose a later end, or fewer exceptions."))
    return dates


def _series(when: When, repeats: str, until: dt.date | None, skipped: Sequence[dt.date]) -> Series | None:
    if not repeats:
        return None
    return Series.objects.create(
        repeats=repeats, first_on=when.first_on, until=until or when.first_on, skipped=sorted(set(skipped))
    )


def _create(event: Event, *, by: Any, when: When, dates: list[dt.date], fields: dict[str, Any]) -> Event:
    links = _put(event, fields)
    require(by, "news.create_item", None)
    require(by, "news.write_item", event)
    first: Event | None = None
    for day in dates:
        one = event if first is None else copy_of(event)
        first = first or one
        one.occurrence_on = day if one.series else None
        one.slug = free_slug(one, f"-{day.isoformat()}" if one.series else "")
        _save(one, by=by, links=links, values=when.on(day).values(), comment=_("Begun"))
    assert first is not None  # noqa: S101 - there is at least one date
    record("news.create", first, by)
    return first


def copy_of(event: Event) -> Event:
    """An event with the same words and facts, not stored yet."""
    names = [f"{name}_{code}" for name in TEXTS for code in ("en", "lt")]
    same = {name: getattr(event, name) for name in [*names, *FACTS, "university", "series"]}
    return Event(**same)


@transaction.atomic
def change(event: Event, *, by: Any, version: int, when: When, reach: str = ONE, **fields: Any) -> Event:
    """Keep what was changed; with `reach` FOLLOWING in all later events of the series too (words, place and hours, not
    the day). Whoever is registered hears once when and where a published event takes place now.

    Raises PermissionDenied, Stale when the event is no longer at `version`, NotPossible (the day of a whole series).
    """
    event = locked(event)
    require(by, "news.change_event", event)
    if event.version != version:
        raise Stale(_("Somebody else saved this event meanwhile. Compare both, then save again."))
    if reach == FOLLOWING and when.first_on != when_of(event).first_on:
        raise NotPossible(_("The days of a series are moved one by one. Change the day of this event alone."))
    for one in [event, *(_later(event) if reach == FOLLOWING else [])]:
        before = _told(one)
        links = _put(one, fields)
        day = when.first_on if one is event else when_of(one).first_on
        _save(one, by=by, links=links, values=when.on(day).values(), comment="")
        if before != _told(one):
            _tell_moved(one)
        if one is not event:
            record("news.change", one, by)
    record("news.change", event, by)
    return event


@transaction.atomic
def plan(event: Event, *, by: Any, version: int, programme: Rows, speakers: Rows) -> Event:
    """Keep the programme and the speakers: rows with the fields of their records, in place of those that were there.

    Raises PermissionDenied, Stale.
    """
    event = locked(event)
    require(by, "news.change_event", event)
    if event.version != version:
        raise Stale(_("Somebody else saved this event meanwhile. Compare both, then save again."))
    with reversion.create_revision():
        reversion.set_user(by)
        reversion.set_comment(_("Programme"))
        event.programme.all().delete()
        event.speakers.all().delete()
        for row in programme:
            ProgrammeItem.objects.create(event=event, **row)
        for row in speakers:
            Speaker.objects.create(event=event, **row)
        _touch(event, by)
        event.save()
    record("news.plan", event, by)
    return event


@transaction.atomic
def advance(event: Event, step: str, *, by: Any, reason: str = "") -> Event:
    """Take an event one step through the table of `news.workflow`; of a series, every event that stands where this
    one stands. `reason` says why it goes back to its author.

    Raises PermissionDenied, or NotPossible from the wrong state and without a reason where one is asked for.
    """
    event = locked(event)
    way, reason = PUBLICATION.find(step, source=event.status), richtext.clean(reason)[:MAX_REASON]
    rows = [event]
    if event.series_id:
        others = Event.objects.filter(series=event.series_id, publication=event.publication).exclude(
            pk=event.pk
        )
        rows += list(others.select_for_update(of=("self",)).order_by("pk"))
    for one in rows:
        require(by, way.permission, one)
        note_step(one, way, by, reason)
        one.publication = way.target
        one.version += 1
        one.changed_at = clock.now()
        with reversion.create_revision():
            reversion.set_user(by)
            reversion.set_comment(str(way.sentence))
            one.save()
        if way.target == Publication.PUBLISHED:
            announcing.note(one)
        record(f"news.{step}", one, by)
        editors.settled(one, step)
    editors.told(event, step, by=by, reason=reason)
    return event


@transaction.atomic
def cancel(event: Event, *, by: Any, because_en: str = "", because_lt: str = "") -> int:
    """Say that a published event doesn't take place; how many people were told. It can't be taken back, since they
    were told. Raises PermissionDenied, NotPossible (not published, over, cancelled already)."""
    event = locked(event)
    require(by, "news.change_event", event)
    now = clock.now()
    if event.publication != Publication.PUBLISHED or event.ends_by <= now:
        raise NotPossible(_("Only an event that is published and to come can be cancelled."))
    if event.is_cancelled:
        raise NotPossible(_("The event is cancelled already."))
    event.cancelled_at = now
    for code, words in (("en", because_en), ("lt", because_lt)):
        setattr(event, f"cancelled_because_{code}", words)
    with reversion.create_revision():
        reversion.set_user(by)
        reversion.set_comment(_("Cancelled"))
        event.version += 1
        event.changed_at = now
        event.save()
    record("news.cancel_event", event, by)
    return telling.tell_cancelled(event)


def bring_back(event: Event, *, by: Any) -> None:
    """Let an event that was cancelled, and of which nobody was told, take place after all. Raises PermissionDenied."""
    require(by, "news.change_event", event)
    event.cancelled_at, event.cancelled_because_en, event.cancelled_because_lt = None, "", ""
    with reversion.create_revision():
        reversion.set_user(by)
        reversion.set_comment(_("Takes place after all"))
        _touch(event, by)
        event.save()
    record("news.bring_back", event, by)


def locked(event: Event) -> Event:
    """The event as it is now, locked until the end of the transaction."""
    rows = Event.objects.select_for_update(of=("self",)).select_related("university", "organiser", "series")
    return rows.get(pk=event.pk)


def _later(event: Event) -> list[Event]:
    """The events of the series after this one that are still to come."""
    if event.series_id is None:
        return []
    rows = Event.objects.filter(series=event.series_id, occurrence_on__gt=event.occurrence_on)
    rows = rows.filter(starts_by__gt=clock.now(), cancelled_at__isnull=True)
    rows = rows.select_related("university", "organiser", "series")
    return list(rows.select_for_update(of=("self",)).order_by("pk"))


def _put(event: Event, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Put the texts and facts into the event, cleaned; the links, to be set once it is stored."""
    texts = {f"{name}_{code}" for name in TEXTS for code in ("en", "lt")}
    if unknown := fields.keys() - texts - {*FACTS, *LINKS}:
        raise TypeError(f"Not of an event: {sorted(unknown)}")
    for name, value in fields.items():
        if name in texts:
            words = richtext.clean(value or "")
            setattr(
                event, name, richtext.clean(pasted.as_markdown(words)) if name.startswith("body") else words
            )
        elif name in FACTS:
            setattr(event, name, value)
    if not event.is_online:
        event.link = ""
    return {name: fields[name] for name in LINKS if name in fields}


def _save(event: Event, *, by: Any, links: dict[str, Any], values: dict[str, Any], comment: str) -> None:
    for name, value in values.items():
        setattr(event, name, value)
    if event.pk is not None:
        _touch(event, by)
    event.author = by
    with reversion.create_revision():
        reversion.set_user(by)
        reversion.set_comment(comment)
        event.save()
        for name, records in links.items():
            getattr(event, name).set(records)


def _touch(event: Event, by: Any) -> None:
    event.version += 1
    event.changed_at = clock.now()
    event.author = by


def _told(event: Any) -> tuple[Any, ...]:
    """What those who are registered are told when it changes."""
    return event.starts_by, event.ends_by, event.zone, event.place_en, event.place_lt, event.link


def _tell_moved(event: Event) -> None:
    now = clock.now()
    if event.publication == Publication.PUBLISHED and not event.is_cancelled and event.ends_by > now:
        telling.tell_moved(event, now=now)


def free_slug(event: Event, ending: str) -> str:
    """An address made of the title (and the date, in a series) that no other event has."""
    title = next(iter(content.texts(event, "title")), "")
    base = (slugify(text.fold(title))[:90].strip("-") or "event") + ending
    if base in RESERVED_EVENT_SLUGS:
        base = f"{base}-event"
    taken = set(Event.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 2
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


def record(verb: str, event: Event, by: Any) -> None:
    """Write down in the trail what was done with an event."""
    trail.record(verb, by=by, kind="news.event", subject=event.uuid, name=str(event))
