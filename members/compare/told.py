"""What universities tell for an academic year: loaded in a number of queries that doesn't hang on how many they are."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet

from ground import clock
from members.models import (
    Condition,
    Contact,
    Factsheet,
    FactsheetTerm,
    FieldOfEducation,
    Figure,
    TeachingLanguage,
    University,
)
from members.models.exchange import STUDENT_KINDS, year_of, year_on

LEAST, MOST = 2, 4
FOR_STUDENTS = ("incoming", "admission", "housing", "visa", "insurance", "inclusion")  # duties of contacts


@dataclass(frozen=True)
class Told:
    """What one university tells for one academic year; `today` is its own date."""

    university: Any
    today: dt.date
    factsheet: Factsheet | None
    fields: list[str]
    figures: dict[str, Figure]
    taught: list[TeachingLanguage]
    contacts: list[Contact]
    agreed: list[Condition]

    @property
    def terms(self) -> dict[str, FactsheetTerm]:
        """The terms of the factsheet by their kind."""
        return {term.term: term for term in self.factsheet.terms.all()} if self.factsheet else {}


def chosen(
    rows: Iterable[University], slugs: Sequence[str]
) -> tuple[list[University], list[University], int]:
    """Of `rows` those asked for, in that order and at most four; those that are too many; how many are unknown."""
    known = {row.slug: row for row in rows}
    asked = list(dict.fromkeys(slugs))
    found = [known[slug] for slug in asked if slug in known]
    return found[:MOST], found[MOST:], len(asked) - len(found)


def factsheets(universities: Sequence[University]) -> QuerySet[Factsheet]:
    """The published factsheets of `universities` with terms, languages and public contacts, in four queries."""
    return (
        Factsheet.objects.published()
        .filter(university__in=universities)
        .prefetch_related("terms", "languages", Prefetch("contacts", _public_contacts()))
        .order_by("university", "year")
    )


def years_offered(sheets: Iterable[Factsheet], today: dt.date) -> list[str]:
    """The academic years that can be compared: this one, the next, and those with a factsheet."""
    now = year_on(today)
    return sorted({now, year_of(int(now[5:])), *(sheet.year for sheet in sheets)})


def year_chosen(asked: str, sheets: Iterable[Factsheet], today: dt.date) -> str:
    """The year asked for ("2026-2027") if it is offered; else this year or the next that has a factsheet, else this."""
    sheets = list(sheets)
    wanted = asked.replace("-", "/")
    if wanted in years_offered(sheets, today):
        return wanted
    now = year_on(today)
    return min((sheet.year for sheet in sheets if sheet.year >= now), default=now)


def told(
    universities: Sequence[Any], sheets: Iterable[Factsheet], year: str, home: University | None
) -> list[Told]:
    """What each of `universities` (`directory.with_told`) tells for `year`; `sheets` are their factsheets."""
    codes = {code for row in universities for code in row.broad_fields}
    names = {one.code: str(one.name) for one in FieldOfEducation.objects.filter(code__in=codes)}
    figures = list(Figure.objects.newest().filter(university__in=universities))
    taught = list(TeachingLanguage.objects.filter(university__in=universities).order_by("language", "level"))
    contacts = list(_public_contacts().filter(university__in=universities, duty__in=FOR_STUDENTS))
    agreed = list(_agreed(home, universities, year))
    by_university = {sheet.university_id: sheet for sheet in sheets if sheet.year == year}
    return [
        Told(
            university=row,
            today=clock.today(row.zone),
            factsheet=by_university.get(row.pk),
            fields=[names[code] for code in sorted(row.broad_fields) if code in names],
            figures={one.kind: one for one in figures if one.university_id == row.pk},
            taught=[one for one in taught if one.university_id == row.pk],
            contacts=[one for one in contacts if one.university_id == row.pk],
            agreed=[one for one in agreed if one.receiving_id == row.pk],
        )
        for row in universities
    ]


def _public_contacts() -> QuerySet[Contact]:
    return Contact.objects.filter(is_public=True).order_by("duty", "name", "pk")


def _agreed(home: University | None, hosts: Sequence[University], year: str) -> QuerySet[Condition]:
    """What agreements in force in `year` let students of `home` do at `hosts`."""
    if home is None:
        return Condition.objects.none()
    rows = (
        Condition.objects.offered(year)
        .filter(sending=home, receiving__in=hosts, kind__in=STUDENT_KINDS)
        .defer("remarks")
    )
    return rows.prefetch_related("fields__field", "languages").order_by("kind", "position", "pk")
