"""What is done to factsheets, in the verbs that people say: begin one, write it, publish it, take it back.

People of the university's own coordination and of the alliance office do it (`members.edit_university`). Each change
is one revision with who made it, and stands in the trail. What is published is in force at once: reminders follow the
deadlines as they are (the planner takes note of a date that moved), and so does the calendar.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import reversion
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from reversion.models import Version

from audit import trail
from ground import clock
from members.factsheets import checks, content
from members.factsheets.checks import Places
from members.factsheets.content import DEADLINES, FactsheetContent
from members.models import Contact, Factsheet, FactsheetLanguage, FactsheetTerm, University
from members.models.exchange import year_of, year_on

FACTSHEET = "members.factsheet"  # how the trail names one


class AlreadyThere(Exception):
    """The university has a factsheet for the year; `factsheet` is it."""

    def __init__(self, factsheet: Factsheet) -> None:
        super().__init__(factsheet)
        self.factsheet = factsheet


class Stale(Exception):
    """Somebody saved meanwhile; `factsheet` is as it stands now."""

    def __init__(self, factsheet: Factsheet) -> None:
        super().__init__(factsheet)
        self.factsheet = factsheet


class Refused(Exception):
    """What was written can't be stored; `places` says what is wrong where (`members/factsheets/checks.py`)."""

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self.places = places


class Incomplete(Exception):
    """What everybody reads needs more; `sentences` say what."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__(sentences)
        self.sentences = sentences


def begin(
    university: University, year: str, *, by: Any, copied: bool = False, is_demo: bool = False
) -> Factsheet:
    """A new draft for an academic year: empty, or `copied` from the year before with its dates a year later.

    Dates that were copied are marked as still to be checked, and keep it from being published.
    Raises PermissionDenied, AlreadyThere, or Refused at `year` or `copied` (there is none to copy).
    """
    _require(by, university)
    if wrong := checks.faults_of_year(year, year_on(clock.today(university.zone))):
        raise Refused({"year": wrong})
    said = _year_before(university, year) if copied else content.EMPTY
    with transaction.atomic(), reversion.create_revision():
        reversion.set_user(by)
        factsheet = _created(university, year, is_demo)
        _store(factsheet, said)
        _record("begin", factsheet, by, copied=copied)
    return factsheet


def _created(university: University, year: str, is_demo: bool) -> Factsheet:
    try:
        with transaction.atomic():
            return Factsheet.objects.create(university=university, year=year, is_demo=is_demo)
    except IntegrityError as error:
        raise AlreadyThere(Factsheet.objects.get(university=university, year=year)) from error


def _year_before(university: University, year: str) -> FactsheetContent:
    before = Factsheet.objects.filter(university=university, year=year_of(int(year[:4]) - 1)).first()
    if before is None:
        raise Refused({"copied": [_("There is no factsheet of the year before to copy from.")]})
    return content.moved_on(content.read(before))


def write(factsheet: Factsheet, said: FactsheetContent, *, by: Any, seen: int | None) -> Factsheet:
    """Replace what a factsheet says by `said`: texts, terms, languages, contacts of the university's own.

    `seen` is the version from which the form was filled (None: whatever is there now). The same again changes nothing.
    A term whose dates change is no longer marked as to be checked. A contact that is internal stays internal.
    Raises PermissionDenied, Stale, Refused (with places), or Incomplete (it is published and would lack what it needs).
    """
    _require(by, factsheet.university)
    said = content.settled(said)
    with _editing(factsheet, by) as factsheet:
        stored = content.read(factsheet)
        said = _checked_dates(said, stored)
        if wrong := _faults(factsheet, said):
            raise Refused(wrong)
        if said == stored:
            return factsheet
        if seen is not None and seen != factsheet.version:
            raise Stale(factsheet)
        if factsheet.is_published and (sentences := checks.lacking(said)):
            raise Incomplete(sentences)
        factsheet.version += 1
        _store(factsheet, said)
        _record("write", factsheet, by, moved=_moved(stored, said))
    return factsheet


def _checked_dates(said: FactsheetContent, stored: FactsheetContent) -> FactsheetContent:
    """Who changes a date of a term has looked at its dates."""
    before = {row.term: row.dates for row in stored.terms}
    terms = (replace(row, to_check=row.to_check and before.get(row.term) == row.dates) for row in said.terms)
    return replace(said, terms=tuple(terms))


def _faults(factsheet: Factsheet, said: FactsheetContent) -> Places:
    places = checks.faults(said, factsheet.year)
    own = Contact.objects.filter(university=factsheet.university_id, uuid__in=said.contacts)
    if own.count() != len(said.contacts):
        places.setdefault("contacts", []).append(_("Choose contacts of your own university."))
    return places


def publish(factsheet: Factsheet, *, by: Any) -> Factsheet:
    """Let everybody read it; its deadlines remind people from now on. Published already, nothing changes.

    Raises PermissionDenied, or Incomplete (no deadline yet, or dates that were copied and nobody has checked).
    """
    return _show(factsheet, True, by=by)


def unpublish(factsheet: Factsheet, *, by: Any) -> Factsheet:
    """Take it back: a draft again, seen by its coordinators and the office, and reminding nobody.

    Raises PermissionDenied.
    """
    return _show(factsheet, False, by=by)


def _show(factsheet: Factsheet, published: bool, *, by: Any) -> Factsheet:
    _require(by, factsheet.university)
    with _editing(factsheet, by) as factsheet:
        if factsheet.is_published == published:
            return factsheet
        if published and (sentences := checks.lacking(content.read(factsheet))):
            raise Incomplete(sentences)
        factsheet.is_published = published
        factsheet.version += 1
        factsheet.save(update_fields=["is_published", "version", "changed_at"])
        reversion.add_to_revision(factsheet)
        _record("publish" if published else "unpublish", factsheet, by)
    return factsheet


def _store(factsheet: Factsheet, said: FactsheetContent) -> None:
    """Make a locked factsheet and its rows say `said`. A term keeps its record, by which its reminders know it."""
    for name, value in said.fields.items():
        setattr(factsheet, name, value)
    factsheet.save()
    factsheet.terms.exclude(term__in=[row.term for row in said.terms]).delete()
    for term in said.terms:
        FactsheetTerm.objects.update_or_create(
            factsheet=factsheet, term=term.term,
            defaults={name: getattr(term, name) for name in (*content.DATES, "to_check")},
        )  # fmt: skip
    needed = {(row.whom, row.language): row for row in said.languages}
    for stored in factsheet.languages.all():
        if (stored.whom, stored.language) not in needed:
            stored.delete()
    for (whom, language), row in needed.items():
        FactsheetLanguage.objects.update_or_create(
            factsheet=factsheet, whom=whom, language=language,
            defaults={name: getattr(row, name) for name in ("level", "note_en", "note_lt")},
        )  # fmt: skip
    factsheet.contacts.set(Contact.objects.filter(university=factsheet.university_id, uuid__in=said.contacts))
    reversion.add_to_revision(factsheet)


@contextmanager
def _editing(factsheet: Factsheet, by: Any) -> Iterator[Factsheet]:
    """The factsheet as it is now, held; what is done to it is one revision.

    What was loaded has no history: before its first edit here it becomes its first revision.
    """
    with transaction.atomic():
        factsheet = _locked(factsheet)
        if not Version.objects.get_for_object(factsheet).exists():
            with reversion.create_revision():
                reversion.add_to_revision(factsheet)
        with reversion.create_revision():
            reversion.set_user(by)
            yield factsheet


def _moved(before: FactsheetContent, after: FactsheetContent) -> dict[str, list[str]]:
    """Which deadlines changed, for the trail: from when to when ("" for none)."""
    found = {}
    for name in DEADLINES:
        old = {row.term: getattr(row, name) for row in before.terms}
        new = {row.term: getattr(row, name) for row in after.terms}
        for term in sorted(old.keys() | new.keys()):
            if old.get(term) != new.get(term):
                found[f"{term}.{name}"] = [
                    day.isoformat() if day else "" for day in (old.get(term), new.get(term))
                ]
    return found


def _require(by: Any, university: University) -> None:
    if not by.has_perm("members.edit_university", university):
        raise PermissionDenied


def _locked(factsheet: Factsheet) -> Factsheet:
    rows = Factsheet.objects.select_related("university__organisation")
    return rows.select_for_update(of=("self",)).get(pk=factsheet.pk)


def _record(verb: str, factsheet: Factsheet, by: Any, **details: Any) -> None:
    trail.record(
        f"members.factsheet_{verb}", by=by, kind=FACTSHEET, subject=factsheet.uuid, name=str(factsheet),
        details={"year": factsheet.year, "version": factsheet.version, **details},
    )  # fmt: skip
