"""What organisers do with a whole series: register for all its dates, change its rule later, and take that back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ground import clock
from ground.templatetags.ground_tags import day as in_words
from ground.workflow import NotPossible
from news import actions
from news.actions import Stale
from news.happening import copying, dates, writing
from news.happening.dates import Rule
from news.happening.times import moment, when_of
from news.models import Admission, Event, Series, SeriesChange
from news.registering import keeping
from news.rules import require
from news.workflow import Publication

KEEP, CANCEL = "keep", "cancel"
STAYS, MADE, KEPT, CANCELLED, TOLD, DROPPED = "stays", "made", "kept", "cancelled", "told", "dropped"
_MIDNIGHT = dt.time(0)
Rows = Sequence[dict[str, Any]]


@transaction.atomic
def arrange(
    event: Event, *, by: Any, questions: Rows, opens_before: int | None, closes_before: int | None, **settings: Any
) -> int:  # fmt: skip
    """The same registration for every date of the series that is to come: how many dates. `opens_before` and
    `closes_before` are days before each date, at the hour at which it begins.

    Raises PermissionDenied, or NotPossible (fewer places than people, and on which date); then nothing is kept.
    """
    require(by, "news.change_event", event)
    asked = {str(one.uuid): _words(one) for one in event.questions.all()}
    rows = Event.objects.filter(series=event.series_id, ends_by__gt=clock.now(), cancelled_at__isnull=True)
    for one in (rows := list(rows.order_by("pk"))):
        moments = {"opens_at": before(one, opens_before), "closes_at": before(one, closes_before)}
        own = questions if one.pk == event.pk else _matched(one, questions, asked)
        try:
            keeping.arrange(one, by=by, questions=own, **settings, **moments)
        except NotPossible as refused:
            raise NotPossible(f"{in_words(one.first_day)}: {refused}") from refused
    return len(rows)


def before(event: Event, days: int | None) -> dt.datetime | None:
    """The moment so many days before the event, by the clock of its place; None where none is meant."""
    if days is None:
        return None
    when = when_of(event)
    return moment(when.first_on - dt.timedelta(days=days), when.from_time or _MIDNIGHT, when.zone)


def days_before(event: Event, at: dt.datetime | None) -> int | None:
    """The same the other way round."""
    return (event.first_day - clock.date_in(at, event.zone)).days if at else None


def _words(question: Any) -> tuple[str, str, str]:
    return question.kind, question.words_en or "", question.words_lt or ""


def _matched(event: Event, rows: Rows, asked: Mapping[str, tuple[str, str, str]]) -> list[dict[str, Any]]:
    """The questions with the identifiers that they have at another date, so that answers stay with them."""
    there = {_words(one): one.uuid for one in event.questions.all()}
    found = []
    for row in rows:
        was = asked.get(
            str(row.get("uuid") or ""), (row["kind"], row["words_en"] or "", row["words_lt"] or "")
        )
        found.append(row | {"uuid": there.get(was)})
    return found


@transaction.atomic
def change_rule(
    event: Event, *, by: Any, rule: Rule, seen: str, people: str = "", **because: str
) -> SeriesChange:
    """From the date of `event` on the series follows `rule`; earlier dates keep the old one. `seen` is the mark of the
    plan that was looked at, `people` what becomes of dates that go and for which somebody registered: KEEP (as single
    events) or CANCEL (with a message to everybody, and `because_en`, `because_lt`).

    Raises PermissionDenied, Stale (the plan is another one by now), NotPossible.
    """
    event, series = _locked(event, by)
    plan = dates.plan_of(event, rule)
    if plan.mark != seen:
        raise Stale(
            _("The dates or registrations have changed meanwhile. Look at what will happen once more.")
        )
    if plan.people and people not in (KEEP, CANCEL):
        raise NotPossible(_("Decide what becomes of the dates for which people have registered."))
    if not (plan.stays or plan.new):
        raise NotPossible(_("The rule has no date. Choose a later end, or fewer exceptions."))
    change = SeriesChange(series=series, made_by=by, made_at=clock.now(), before=_as_kept(series))
    target = _target(change, event, rule)
    done = [(one, STAYS) for one in plan.stays] + [(one, _let_go(one, by, because)) for one in plan.empty]
    done += [(one, _with_people(one, people, by, because)) for one in plan.people]
    change.dates = [_entry(one.uuid, one.occurrence_on, what) for one, what in done]
    for one, what in done:
        if what != DROPPED:
            _move(one, target if what == STAYS else None)
    made = [copying.copy(event, day, series=target, by=by) for day in plan.new]
    change.dates += [_entry(one.uuid, one.occurrence_on, MADE) for one in made]
    change.save()
    writing.record("news.change_series", event, by)
    return change


@transaction.atomic
def undo(change: SeriesChange, *, by: Any) -> list[Event]:
    """Take the change of a rule back: the events that could not be brought back, because people were told or have
    registered since.

    Raises PermissionDenied, NotPossible (taken back already, or changed again since).
    """
    change = SeriesChange.objects.select_for_update(of=("self",)).select_related("series").get(pk=change.pk)
    since = SeriesChange.objects.filter(series=change.series, pk__gt=change.pk, undone_at__isnull=True)
    if change.undone_at or since.exists() or change != latest(change.went_on_as or change.series):
        raise NotPossible(_("This change can't be taken back any more."))
    rows = Event.objects.filter(uuid__in=[row["event"] for row in change.dates])
    _lock(rows)
    found = {str(one.uuid): one for one in rows.order_by("pk")}
    for one in found.values():
        require(by, "news.change_event", one)
    left = [
        found[row["event"]]
        for row in change.dates
        if row["event"] in found and not _undone(change, row, found, by)
    ]
    _restore(change, found, by)
    change.undone_at = clock.now()
    change.save(update_fields=["undone_at"])
    return left


def latest(series: Series) -> SeriesChange | None:
    """The latest change of a series, or the one by which it began; None where its rule was never changed."""
    begun = SeriesChange.objects.filter(went_on_as=series, undone_at__isnull=True).first()
    own = SeriesChange.objects.filter(series=series, went_on_as__isnull=True, undone_at__isnull=True).first()
    return own or begun


def _locked(event: Event, by: Any) -> tuple[Event, Series]:
    """The event and its series, with all later dates and their registrations, so that nobody registers meanwhile."""
    later = Event.objects.filter(series=event.series_id, occurrence_on__gte=event.occurrence_on)
    if event.series_id is None:
        raise NotPossible(_("This event does not belong to a series."))
    _lock(later)
    series = Series.objects.select_for_update().get(pk=event.series_id)
    event = writing.locked(event)
    require(by, "news.change_event", event)
    if event.starts_by <= clock.now() or event.is_cancelled:
        raise NotPossible(_("Change the series from a date on that is to come."))
    return event, series


def _lock(rows: Any) -> None:
    """Lock the registrations of these events, then the events: in the order of those who register."""
    list(Admission.objects.filter(event__in=rows).select_for_update(of=("self",)).order_by("pk").values("pk"))
    list(rows.select_for_update(of=("self",)).order_by("pk").values("pk"))


def _as_kept(series: Series) -> dict[str, Any]:
    skipped = [day.isoformat() for day in series.skipped]
    first, until = series.first_on.isoformat(), series.until.isoformat()
    return {"repeats": series.repeats, "first_on": first, "until": until, "skipped": skipped}


def _target(change: SeriesChange, event: Event, rule: Rule) -> Series:
    """The series of the new rule: the same one, or a new one where earlier dates keep the old rule."""
    series, begins = change.series, event.occurrence_on
    assert begins is not None  # noqa: S101 - an event of a series has its date
    earlier = Event.objects.filter(series=series, occurrence_on__lt=begins).order_by("-occurrence_on").first()
    values = {
        "repeats": rule.repeats,
        "first_on": begins,
        "until": rule.until,
        "skipped": sorted(set(rule.skipped)),
    }
    if earlier is None or earlier.occurrence_on is None:
        for name, value in values.items():
            setattr(series, name, value)
        series.save()
        return series
    change.went_on_as = Series.objects.create(**values)
    series.until = earlier.occurrence_on
    series.skipped = [day for day in series.skipped if day <= series.until]
    series.save()
    return change.went_on_as


def _let_go(event: Event, by: Any, because: Mapping[str, str]) -> str:
    """A date for which nobody registered: one that was public says that it doesn't take place, a draft goes."""
    if event.publication == Publication.PUBLISHED:
        writing.cancel(event, by=by, **_reason(because))
        return CANCELLED
    if event.publication == Publication.ARCHIVED:
        return KEPT
    _delete(event, by)
    return DROPPED


def _delete(event: Event, by: Any) -> None:
    """Take an event away with its files."""
    for paper in event.attachments.select_related("document"):
        actions.detach(paper, by=by)
    event.delete()


def _with_people(event: Event, people: str, by: Any, because: Mapping[str, str]) -> str:
    """A date for which somebody registered; what isn't public, or was cancelled by all of them, stays as it is."""
    if people == CANCEL and event.publication == Publication.PUBLISHED:
        return TOLD if writing.cancel(event, by=by, **_reason(because)) else CANCELLED
    return KEPT


def _reason(because: Mapping[str, str]) -> dict[str, str]:
    """What was written, else that the dates have changed."""
    if any(because.values()):
        return dict(because)
    return {
        "because_en": "The dates of this series have changed.",
        "because_lt": "Šio ciklo datos pasikeitė.",
    }


def _entry(event: Any, on: dt.date | None, what: str) -> dict[str, Any]:
    return {"event": str(event), "on": on.isoformat() if on else "", "what": what}


def _move(event: Event, series: Series | None, on: dt.date | None = None) -> None:
    """Let the event belong to `series` on its date by the rule, or to none."""
    row = Event.objects.get(pk=event.pk)
    row.series, row.occurrence_on = series, (on or row.occurrence_on) if series else None
    row.version += 1
    row.changed_at = clock.now()
    row.save()


def _undone(change: SeriesChange, row: Mapping[str, str], found: Mapping[str, Event], by: Any) -> bool:
    """Whether what became of one date could be taken back."""
    event, on = found[row["event"]], dt.date.fromisoformat(row["on"])
    if row["what"] == MADE:
        if event.registrations.exists():
            _move(event, None)
            return False
        _delete(event, by)
        return True
    if row["what"] == CANCELLED and event.is_cancelled and not event.registrations.exists():
        writing.bring_back(event, by=by)
    elif row["what"] in (CANCELLED, TOLD):
        return False
    _move(event, change.series, on)
    return True


def _restore(change: SeriesChange, found: Mapping[str, Event], by: Any) -> None:
    """The old rule again, and the drafts that went with the new one."""
    series, was = change.series, change.before
    series.repeats, series.first_on = was["repeats"], dt.date.fromisoformat(was["first_on"])
    series.until = dt.date.fromisoformat(was["until"])
    series.skipped = [dt.date.fromisoformat(one) for one in was["skipped"]]
    series.save()
    source = Event.objects.filter(series=series).order_by("occurrence_on").last()
    for row in change.dates:
        if row["what"] == DROPPED and source is not None:
            copying.copy(source, dt.date.fromisoformat(row["on"]), series=series, by=by)
    if change.went_on_as and not change.went_on_as.events.exists():
        change.went_on_as.delete()
        change.went_on_as = None
    for event in list(found.values())[:1]:
        writing.record("news.undo_series", event, by)
