"""Factsheets for tests, and what people write into them."""

import datetime as dt
from dataclasses import replace

from members.actions import factsheets as actions
from members.factsheets import content
from members.factsheets.content import FactsheetContent, LanguageContent, TermContent
from members.models import Contact, Factsheet

DAY = dt.date
AUTUMN = TermContent("autumn", DAY(2027, 4, 15), DAY(2027, 5, 15), DAY(2027, 9, 1), DAY(2028, 1, 31))
SPRING = TermContent("spring", DAY(2027, 10, 15), DAY(2027, 11, 15), DAY(2028, 2, 1), DAY(2028, 6, 30))
ENGLISH = LanguageContent("students", "en", "B2")


def said(*terms, languages=(ENGLISH,), contacts=(), **fields):
    """What somebody writes; without terms the autumn alone."""
    return FactsheetContent(
        {**content.EMPTY.fields, **fields}, terms or (AUTUMN,), tuple(languages),
        frozenset(contact.uuid for contact in contacts),
    )  # fmt: skip


def sheet(university, *terms, year="2027/2028", published=True, by=None, **fields):
    """A stored factsheet of `university`; with `by`, written and published by the verbs."""
    if by is not None:
        made = actions.write(actions.begin(university, year, by=by), said(*terms, **fields), by=by, seen=None)
        return actions.publish(made, by=by) if published else made
    made = Factsheet.objects.create(university=university, year=year, is_published=published, **fields)
    for term in terms or (AUTUMN,):
        made.terms.create(**{name: getattr(term, name) for name in ("term", *content.DATES, "to_check")})
    return made


def moved(term, **dates):
    return replace(term, **dates)


def contact(university, name="Office", *, public=True, **fields):
    return Contact.objects.create(university=university, name=name, is_public=public, **fields)
