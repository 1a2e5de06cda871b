"""Invented factsheets, fields and languages of teaching of three universities, written by invented coordinators."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from accounts.models import User
from alliance_portal.demo.reading import Days, read
from members.actions import factsheets as actions
from members.factsheets import content
from members.factsheets.content import FactsheetContent, LanguageContent, TermContent
from members.models import Contact, Factsheet, FieldOfEducation, TeachingLanguage, University
from members.models.exchange import year_of, year_on

WRITTEN_FOR = 2026  # the year in which the academic year of the dates in the file begins


def load_factsheets(days: Days, people: dict[str, User]) -> None:
    """The factsheets of the academic year that runs and of the next one; what is there already stays as it is."""
    start = int(year_on(days.day(0))[:4])
    for row in read("factsheets")["university"]:
        university = University.objects.select_related("organisation").get(slug=row["slug"])
        _load_facts(university, row)
        contacts = [_contact(university, one) for one in row.get("contact", [])]
        if Factsheet.objects.of(university).filter(year__in=[year_of(start), year_of(start + 1)]).exists():
            continue
        by = people[row["person"]]
        said = _said(row, start - WRITTEN_FOR, contacts)
        _publish(actions.begin(university, year_of(start), by=by, is_demo=True), said, by)
        following = actions.begin(university, year_of(start + 1), by=by, copied=True, is_demo=True)
        if row["next_year"] == "published":
            checked = content.read(following)
            terms = tuple(replace(term, to_check=False) for term in checked.terms)
            _publish(following, replace(checked, terms=terms), by)


def _publish(factsheet: Factsheet, said: FactsheetContent, by: User) -> None:
    written = actions.write(factsheet, said, by=by, seen=None)
    actions.publish(written, by=by)


def _said(row: dict[str, Any], years: int, contacts: list[Contact]) -> FactsheetContent:
    terms = (
        TermContent(
            term["term"], **{name: _moved(term[name], years) for name in content.DATES if name in term}
        )
        for term in row["term"]
    )
    languages = (
        LanguageContent(
            one.get("whom", "students"),
            one["language"],
            one["level"],
            one.get("note_en", ""),
            one.get("note_lt", ""),
        )
        for one in row["language"]
    )
    fields = dict(content.EMPTY.fields) | row["facts"]
    return FactsheetContent(fields, tuple(terms), tuple(languages), frozenset(one.uuid for one in contacts))


def _moved(day: dt.date, years: int) -> dt.date:
    return day.replace(year=day.year + years)  # the file has no 29 February


def _contact(university: University, row: dict[str, Any]) -> Contact:
    found, _made = Contact.objects.get_or_create(university=university, email=row["email"], defaults=row)
    return found


def _load_facts(university: University, row: dict[str, Any]) -> None:
    if not university.fields.exists():
        university.fields.set(FieldOfEducation.objects.filter(code__in=row["fields"]))
    if not university.teaching_languages.exists():
        for language, level in row["taught"]:
            TeachingLanguage.objects.create(university=university, language=language, level=level)


def take_back_facts() -> None:
    """Fields and languages go where they still are as the demo set them, and so do the contacts that it made."""
    for row in read("factsheets")["university"]:
        university = University.objects.filter(slug=row["slug"]).first()
        if university is None:
            continue
        if set(university.fields.values_list("pk", flat=True)) == set(row["fields"]):
            university.fields.clear()
        taught = {(one.language, one.level) for one in university.teaching_languages.all()}
        if taught == {(language, level) for language, level in row["taught"]}:
            university.teaching_languages.all().delete()
        addresses = [one["email"] for one in row.get("contact", [])]
        Contact.objects.filter(university=university, email__in=addresses).delete()
