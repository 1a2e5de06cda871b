"""What a factsheet says, as plain values: read from the records, from the history, moved to the next year."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from reversion.models import Version

from ground import richtext
from members.models import Contact, Factsheet, FactsheetLanguage, FactsheetTerm, Term
from members.models.factsheet import FACTSHEET_TEXTS_STORED

WEBSITES = (
    "application_website", "courses_website", "calendar_website", "housing_website", "visa_website",
    "insurance_website", "accessibility_website", "grading_website",
)  # fmt: skip
NUMBERS = ("decision_weeks", "transcript_weeks", "costs_from", "costs_to")
FIELDS = (*FACTSHEET_TEXTS_STORED, *WEBSITES, *NUMBERS)
DEADLINES = ("nomination_until", "application_until")
DATES = (*DEADLINES, "starts_on", "ends_on")
_TERMS = list(Term)


@dataclass(frozen=True)
class TermContent:
    """The dates of one term; `to_check` says that they were copied and nobody has looked at them yet."""

    term: str
    nomination_until: dt.date | None = None
    application_until: dt.date | None = None
    starts_on: dt.date | None = None
    ends_on: dt.date | None = None
    to_check: bool = False

    @property
    def dates(self) -> tuple[dt.date | None, ...]:
        return tuple(getattr(self, name) for name in DATES)


@dataclass(frozen=True)
class LanguageContent:
    """A language that incoming people need."""

    whom: str
    language: str
    level: str
    note_en: str = ""
    note_lt: str = ""


@dataclass(frozen=True)
class FactsheetContent:
    """All that people write into a factsheet: FIELDS by name, terms, languages, the contacts it names."""

    fields: Mapping[str, Any]
    terms: tuple[TermContent, ...] = ()
    languages: tuple[LanguageContent, ...] = ()
    contacts: frozenset[uuid.UUID] = frozenset()


EMPTY = FactsheetContent({name: None if name in NUMBERS else "" for name in FIELDS})


def read(factsheet: Factsheet) -> FactsheetContent:
    """What a stored factsheet says; three queries."""
    fields = {name: getattr(factsheet, name) for name in FIELDS}
    terms = (_values(TermContent, row.__dict__) for row in factsheet.terms.all())
    languages = (_values(LanguageContent, row.__dict__) for row in factsheet.languages.all())
    contacts = frozenset(contact.uuid for contact in factsheet.contacts.all())
    return settled(FactsheetContent(fields, tuple(terms), tuple(languages), contacts))


def record_at(factsheet: Factsheet, version: int) -> FactsheetContent | None:
    """What the factsheet said when it had that version number, from its history; None where that is not kept."""
    rows = Version.objects.get_for_object(factsheet).select_related("revision")
    found = next((row for row in rows[:50] if row.field_dict.get("version") == version), None)
    if found is None:
        return None
    kept = {FactsheetTerm: [], FactsheetLanguage: []}  # type: ignore[var-annotated]
    for model, values in kept.items():
        values += [row.field_dict for row in found.revision.version_set.get_for_model(model)]
    named = found.field_dict.get("contacts") or []
    contacts = Contact.objects.filter(pk__in=named, university=factsheet.university_id)
    return settled(
        FactsheetContent(
            {name: found.field_dict.get(name) for name in FIELDS},
            tuple(
                _values(TermContent, row)
                for row in kept[FactsheetTerm]
                if row["factsheet_id"] == factsheet.pk
            ),
            tuple(
                _values(
                    LanguageContent, {"note_en": row.get("note"), **row}
                )  # once the note had one language
                for row in kept[FactsheetLanguage]
                if row["factsheet_id"] == factsheet.pk
            ),
            frozenset(contacts.values_list("uuid", flat=True)),
        )
    )


def _values(made: type[Any], row: Mapping[str, Any]) -> Any:
    return made(**{name: row[name] for name in made.__dataclass_fields__ if name in row})


def settled(content: FactsheetContent) -> FactsheetContent:
    """The same said in one way: clean texts, terms that have dates in their order, languages in theirs."""
    fields = {
        name: (content.fields.get(name) if name in NUMBERS else _text(name, content.fields.get(name)))
        for name in FIELDS
    }
    terms = sorted((row for row in content.terms if any(row.dates)), key=lambda row: _place(row.term))
    languages = [
        replace(row, note_en=(row.note_en or "").strip(), note_lt=(row.note_lt or "").strip())
        for row in content.languages
    ]
    languages.sort(key=lambda row: (row.whom != FactsheetLanguage.Whom.STUDENTS, row.language))
    return FactsheetContent(fields, tuple(terms), tuple(languages), frozenset(content.contacts))


def _text(name: str, value: Any) -> str:
    words = str(value or "").replace("\r\n", "\n").strip()
    return words if name in WEBSITES else richtext.clean(words)


def _place(term: str) -> int:
    return _TERMS.index(Term(term)) if term in Term.values else len(_TERMS)


def moved_on(content: FactsheetContent) -> FactsheetContent:
    """The same for the next academic year: every date a year later, and marked as still to be checked."""
    terms = (replace(row, to_check=True, **_later(row)) for row in content.terms)
    return replace(content, terms=tuple(terms))


def _later(row: TermContent) -> dict[str, Any]:
    return {name: _year_later(getattr(row, name)) for name in DATES}


def _year_later(day: dt.date | None) -> dt.date | None:
    if day is None:
        return None
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)
