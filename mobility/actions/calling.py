"""What coordinators do with calls: write, copy, publish, take back, archive."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import reversion
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from audit import trail
from ground import clock
from ground.workflow import NotPossible
from members.models import University
from members.models.exchange import year_of
from mobility.actions.door import lock_call, move
from mobility.actions.saving import Stale
from mobility.actions.telling import tell_writers
from mobility.editing import changes, content, offering, wording
from mobility.editing.ready import missing
from mobility.models import Call, CallChange
from mobility.rules import require
from mobility.workflow import CALL, CALL_KIND, EDIT_CALL, Publication

_LASTS = dt.timedelta(days=30)


class Refused(Exception):
    """The change can't be made. `places` says why, by field or kind of rows."""

    def __init__(self, places: dict[str, str]) -> None:
        super().__init__(places)
        self.places = places


class Unready(NotPossible):
    """Something is missing without which a call is not published; `missing` says what, in words."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(" ".join(missing))
        self.missing = missing


@transaction.atomic
def create_call(
    university: University, *, by: Any, kind: str, academic_year: str, title_en: str = "", title_lt: str = ""
) -> Call:
    """A new draft of `university`: open for a month from tomorrow's morning until its writer says otherwise.

    Raises PermissionDenied.
    """
    opens = _morning(university)
    call = Call(
        university=university, kind=kind, academic_year=academic_year, title_en=title_en, title_lt=title_lt,
        opens_at=opens, closes_at=opens + _LASTS + dt.timedelta(hours=14, minutes=59),
    )  # fmt: skip
    require(EDIT_CALL, by, call)
    return _made(call, by, "mobility.create_call")


def _morning(university: University) -> dt.datetime:
    """Nine o'clock of tomorrow, where the university is."""
    zone = ZoneInfo(university.zone)
    tomorrow = clock.today(university.zone) + dt.timedelta(days=1)
    return dt.datetime.combine(tomorrow, dt.time(9), tzinfo=zone).astimezone(dt.UTC)


def _made(call: Call, by: Any, verb: str, **details: Any) -> Call:
    call.slug = _free_slug(call)
    with reversion.create_revision(atomic=False):
        call.save()
        reversion.set_user(by)
    trail.record(verb, by=by, kind=CALL_KIND, subject=call.uuid, name=_name(call), details=details)
    return call


def _free_slug(call: Any) -> str:
    """An address out of university, title and year; the universities' calls are numbered by their row's lock."""
    University.objects.select_for_update(no_key=True, of=("self",)).get(pk=call.university_id)
    title = slugify(call.title_en or call.title_lt or "") or "call"
    begins = f"{call.university.slug}-{title}"[:80].strip("-") + f"-{call.academic_year[:4]}"
    taken = set(Call.objects.filter(slug__startswith=begins).values_list("slug", flat=True))
    return next(
        slug for n in range(1, len(taken) + 2) if (slug := begins if n == 1 else f"{begins}-{n}") not in taken
    )


def _name(call: Any) -> str:
    return (call.title_en or call.title_lt or call.slug)[:300]


@transaction.atomic
def edit_call(
    call: Call, *, by: Any, version: int, after: content.Content, note: dict[str, str] | None = None
) -> Call:
    """Write what a form says of a call. `version` is the one that the form showed.

    Once the call has opened only what can't harm is written, and those with drafts are told, with `note` in words.
    Raises PermissionDenied, NotPossible (archived), Stale (saved elsewhere meanwhile), Refused (harmful, or what a
    published call must have would be missing).
    """
    locked = lock_call(call.pk)
    require(EDIT_CALL, by, locked)
    if locked.publication == Publication.ARCHIVED:
        raise NotPossible(_("An archived call can't be changed."))
    before = content.read(locked)
    changed = content.changed(before, after)
    if not changed:
        _demand_no_note(locked, note or {})
        return locked
    if version != locked.version:
        raise Stale
    if locked.has_opened and (wrong := changes.harmful(before, after, changed)):
        raise Refused(wrong)
    _write(locked, after, changed, by)
    if locked.publication == Publication.PUBLISHED:
        _still_whole(locked, changed)
    if locked.has_opened:
        _tell_change(locked, changed, by, note or {}, wording.corrections(before, after))
    return locked


def _demand_no_note(locked: Call, note: dict[str, str]) -> None:
    """Raise Refused when a note would be told to nobody: it goes along with a change. The very same again is fine."""
    last: Any = locked.changes.first()
    told = {code: getattr(last, f"note_{code}", "") or "" for code in note}
    if any(note.values()) and note != told:
        raise Refused(
            {f"note_{next(iter(note))}": _("Nothing else has changed, so nobody would be told this.")}
        )


def _write(locked: Call, after: content.Content, changed: list[str], by: Any) -> None:
    locked.version += 1
    with reversion.create_revision(atomic=False):
        content.write_fields(locked, after, changed)
        locked.save()
        content.write_rows(locked, after, changed)
        reversion.set_user(by)
    details = {"parts": changed}
    trail.record(
        "mobility.edit_call", by=by, kind=CALL_KIND, subject=locked.uuid, name=_name(locked), details=details
    )


def _still_whole(locked: Call, changed: list[str]) -> None:
    """Raise Refused when a published call lacks what it needs, or now offers more than the agreements leave.

    What became of an agreement since does not keep its coordinators from changing something else.
    """
    drawn = not {"places", "kind", "academic_year"}.isdisjoint(changed)
    if drawn:
        offering.lock(locked)
    if lacking := missing(locked, drawn=drawn):
        raise Refused({"call": " ".join(lacking)})


def _tell_change(
    locked: Call, changed: list[str], by: Any, note: dict[str, str], corrections: list[dict[str, str]]
) -> None:
    """Write down and tell what changed; of words that were corrected, the old ones beside the new."""
    texts = {f"note_{code}": words for code, words in note.items()}
    told = {"parts": changed, "corrections": corrections}
    CallChange.objects.create(call=locked, changed_at=clock.now(), changed_by=by, **told, **texts)
    tell_writers("mobility.call_changed", locked, **told, **texts)


@transaction.atomic
def publish_call(call: Call, *, by: Any) -> Call:
    """Show the call to everybody; from its opening on it takes applications.

    Raises PermissionDenied, NotPossible, or Unready with everything that is missing.
    """
    locked = lock_call(call.pk)
    require(EDIT_CALL, by, locked)
    transition = CALL.find("publish", source=locked.publication)
    offering.lock(locked)
    if lacking := missing(locked):
        raise Unready(lacking)
    return _moved(locked, transition, by)


@transaction.atomic
def unpublish_call(call: Call, *, by: Any) -> Call:
    """Make a published call a draft again, before it opens. Raises PermissionDenied or NotPossible."""
    locked = lock_call(call.pk)
    require(EDIT_CALL, by, locked)
    transition = CALL.find("unpublish", source=locked.publication)
    if locked.has_opened or locked.applications.exists():
        raise NotPossible(_("The call has opened: it can't be taken back any more."))
    return _moved(locked, transition, by)


@transaction.atomic
def archive_call(call: Call, *, by: Any) -> Call:
    """Set a closed call aside: it stays to be read. Raises PermissionDenied or NotPossible."""
    locked = lock_call(call.pk)
    require(EDIT_CALL, by, locked)
    transition = CALL.find("archive", source=locked.publication)
    if locked.takes_at(clock.now()):
        raise NotPossible(_("The call still takes applications. It can be archived after its close."))
    return _moved(locked, transition, by)


def _moved(locked: Call, transition: Any, by: Any) -> Call:
    locked.version += 1
    move(
        locked,
        transition,
        by=by,
        kind=CALL_KIND,
        name=_name(locked),
        field="publication",
        version=locked.version,
    )
    return locked


@transaction.atomic
def copy_call(call: Call, *, by: Any) -> Call:
    """A draft for the next academic year that says what `call` says, its moments a year later.

    Places come along that an agreement in force in that year has, with the seats that are left of it at most.
    Raises PermissionDenied.
    """
    source = Call.objects.select_related("university").get(pk=call.pk)
    require(EDIT_CALL, by, source)
    said = content.read(source)
    first = int(source.academic_year[:4])
    zone = source.university.zone
    copy = Call(university=source.university, copied_from=source)
    moved: dict[str, Any] = {name: _next_year(said[name], zone) for name in ("opens_at", "closes_at")}
    days = ("decision_on", "programme_starts_on", "programme_ends_on")
    moved |= {name: _next_day(said[name]) for name in days}
    said |= moved | {"academic_year": year_of(first + 1)}
    said |= {
        name: _with_year(said[name], first) for name in ("title_en", "title_lt", "summary_en", "summary_lt")
    }
    for name in content.FIELDS:
        setattr(copy, name, said[name])
    _made(copy, by, "mobility.copy_call", of=source.slug)
    kinds = [kind for kind in content.ROWS if kind != "places"]
    fresh = {kind: [row | {"key": ""} for row in said[kind]] for kind in kinds}
    content.write_rows(copy, fresh | {"places": _places_left(copy, said["places"])}, content.ROWS)
    content.write_fields(copy, said, ["fields_of_education"])
    return copy


def _next_day(day: dt.date | None) -> dt.date | None:
    if day is None:
        return None
    return day.replace(year=day.year + 1) if (day.month, day.day) != (2, 29) else dt.date(day.year + 1, 2, 28)


def _next_year(moment: dt.datetime, zone: str) -> dt.datetime:
    """The same time of the same day, a year later, by the clocks there."""
    local = moment.astimezone(ZoneInfo(zone))
    day = _next_day(local.date())
    return dt.datetime.combine(day or local.date(), local.time(), tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def _with_year(text: str, first: int) -> str:
    """The years of the call in a text, each a year later: "2026/2027" and "2026", "2027"."""
    later = {str(year): str(year + 1) for year in (first, first + 1)}
    for year in sorted(later, reverse=True):
        text = text.replace(year, later[year])
    return text


def _places_left(copy: Call, rows: list[content.Row]) -> list[content.Row]:
    """Those of `rows` that an agreement has in the year of the copy, in their order, as long as seats are left."""
    sources = {source.origin: source for source in offering.sources(copy)}
    left = {origin: source.left for origin, source in sources.items()}
    kept = []
    for row in rows:
        seats = min(row["capacity"], left.get(row["origin"], 0))
        if seats and row["is_offered"]:
            left[row["origin"]] -= seats
            kept.append(row | {"key": "", "capacity": seats, "condition": sources[row["origin"]].condition})
    return kept
