"""Another date of a series: the same event on another day, with its programme, speakers and registration."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import reversion
from django.utils.translation import gettext as _

from news.happening import writing
from news.happening.times import moment, when_of
from news.models import Admission, Event, Series


def copy(event: Event, day: dt.date, *, series: Series, by: Any) -> Event:
    """A date of `series` that is what `event` is, in the same state."""
    one = writing.copy_of(event)
    one.series, one.occurrence_on, one.publication = series, day, event.publication
    one.slug = writing.free_slug(one, f"-{day.isoformat()}")
    for name, value in when_of(event).on(day).values().items():
        setattr(one, name, value)
    one.author = by
    with reversion.create_revision():
        reversion.set_user(by)
        reversion.set_comment(_("Begun"))
        one.save()
        for name in writing.LINKS:
            getattr(one, name).set(getattr(event, name).all())
        _copy_rows(event, one)
    _copy_registration(event, one)
    return one


def _copy_rows(event: Event, one: Event) -> None:
    """The programme, its days moved along, and the speakers."""
    apart = one.first_day - event.first_day
    for line in event.programme.all():
        _again(line, one, **({"on": line.on + apart} if line.on else {}))
    for speaker in event.speakers.all():
        _again(speaker, one)


def _copy_registration(event: Event, one: Event) -> None:
    """The same places, and the same time before the event for registering."""
    admission = Admission.objects.filter(event=event).first()
    if admission is None:
        return
    same = {name: getattr(admission, name) for name in ("capacity", "waiting_list", "keep_days")}
    moments = {name: _as_far(event, one, getattr(admission, name)) for name in ("opens_at", "closes_at")}
    Admission.objects.create(event=one, **same, **moments)
    for question in event.questions.all():
        _again(question, one)


def _as_far(event: Event, one: Event, at: dt.datetime | None) -> dt.datetime | None:
    """A moment as many days before `one` as `at` is before `event`, at the same hour by the clock of the place."""
    if at is None:
        return None
    local = at.astimezone(ZoneInfo(event.zone))
    return moment(local.date() + (one.first_day - event.first_day), local.time(), one.zone)


def _again(row: Any, event: Event, **more: Any) -> None:
    """The same row for another event."""
    left = {"id", "uuid", "event"}
    names = [field.name for field in row._meta.local_fields if field.name not in left]
    type(row).objects.create(event=event, **{name: getattr(row, name) for name in names} | more)
