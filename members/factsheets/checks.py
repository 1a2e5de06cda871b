"""What is wrong with a factsheet, what it lacks to be published, and what would make it complete.

Places name where a form shows it: `costs_to`, `contacts`, `terms.autumn.starts_on`, `languages.0.level`.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ground import languages
from ground.templatetags.ground_tags import day
from members.factsheets.content import (
    DATES,
    DEADLINES,
    WEBSITES,
    FactsheetContent,
    LanguageContent,
    TermContent,
)
from members.models import Factsheet, FactsheetLanguage, FactsheetTerm, Term
from members.models.exchange import academic_year, year_ends, year_of

Places = dict[str, list[str]]
Found = Iterator[tuple[str, str]]
MOST_LANGUAGES = 20
# Academic years that a factsheet can be begun for, counted from the one that runs: the last one to three ahead.
YEARS_BACK, YEARS_AHEAD = 1, 3
# Sections of a factsheet that are texts in both languages, in the order of the page.
TEXT_SECTIONS = (
    "application", "housing", "visa", "insurance", "accessibility", "costs", "grading",
)  # fmt: skip


def years_possible(now: str) -> list[str]:
    """The academic years for which a factsheet can be begun while `now` runs."""
    start = int(now[:4])
    return [year_of(y) for y in range(start - YEARS_BACK, start + YEARS_AHEAD + 1)]


def faults_of_year(year: str, now: str) -> list[str]:
    """Why no factsheet can be begun for `year` while the academic year `now` runs."""
    try:
        academic_year(year)
    except ValidationError as problem:
        return [str(words) for words in problem.messages]
    possible = years_possible(now)
    if year in possible:
        return []
    return [
        _("Choose an academic year from %(first)s to %(last)s.")
        % {"first": possible[0], "last": possible[-1]}
    ]


def faults(content: FactsheetContent, year: str) -> Places:
    """What can't be stored for the academic year `year`, by place; no query."""
    places: Places = {}
    for found in (_of_fields(content), _of_terms(content, year), _of_languages(content)):
        for place, words in found:
            places.setdefault(place, []).append(words)
    return places


def _of_fields(content: FactsheetContent) -> Found:
    row = Factsheet(**content.fields)
    try:
        row.clean_fields(exclude=_all_but(Factsheet, set(content.fields)))
    except ValidationError as problems:
        yield from _said(problems)
    for name in WEBSITES:  # nothing that does something when it is followed
        if content.fields[name] and not content.fields[name].lower().startswith(("https://", "http://")):
            yield name, _("Enter a whole web address, such as https://www.eciu.eu/.")
    low, high = content.fields.get("costs_from"), content.fields.get("costs_to")
    if low and high and high < low:
        yield "costs_to", _("The cost of living ends below where it begins.")


def _of_terms(content: FactsheetContent, year: str) -> Found:
    given = Counter(row.term for row in content.terms)
    for row in content.terms:
        place = f"terms.{row.term}"
        if given[row.term] > 1:
            yield place, _("The factsheet already has this term.")
        if row.term not in Term.values:
            yield place, _("Choose one of the list.")
            continue
        for name, words in _of_term(row, year):
            yield f"{place}.{name}", words


def _of_term(row: TermContent, year: str) -> Found:
    try:
        FactsheetTerm(**{name: getattr(row, name) for name in DATES}).clean_fields(
            exclude=_all_but(FactsheetTerm, set(DATES))
        )
    except ValidationError as problems:
        yield from _said(problems)
        return
    for look in (_out_of_order, _out_of_span, _too_late):
        found = list(look(row, year))
        yield from found
        if found:  # what follows from it is not said as well
            return


def _out_of_order(row: TermContent, year: str) -> Found:
    if row.starts_on and row.ends_on and row.ends_on < row.starts_on:
        yield "ends_on", _("The term ends before it begins.")
    if row.nomination_until and row.application_until and row.application_until < row.nomination_until:
        yield "application_until", _("Applications end before nominations do.")


def _out_of_span(row: TermContent, year: str) -> Found:
    for name in DATES:
        value = getattr(row, name)
        first, last = _span(name, year)
        if value and not first <= value <= last:
            words = _("For %(year)s this date lies between %(first)s and %(last)s.")
            yield name, words % {"year": year, "first": day(first), "last": day(last)}


def _too_late(row: TermContent, year: str) -> Found:
    for name in DEADLINES:
        value = getattr(row, name)
        if value and row.ends_on and value > row.ends_on:
            yield name, _("The term is over by then.")


def _span(name: str, year: str) -> tuple[dt.date, dt.date]:
    """Between which days a date of an academic year lies: terms from July to the September of the year after (they
    begin in August in places, and summer terms run into September), deadlines from a year before on.
    """
    start = int(year[:4])
    if name in DEADLINES:
        return dt.date(start - 1, 9, 1), year_ends(year)
    return dt.date(start, 7, 1), dt.date(start + 1, 9, 30)


def _of_languages(content: FactsheetContent) -> Found:
    if len(content.languages) > MOST_LANGUAGES:
        yield "languages", _("So many languages can't be kept.")
    given = Counter((row.whom, row.language) for row in content.languages)
    for number, row in enumerate(content.languages):
        for name, words in _of_language(row):
            yield f"languages.{number}.{name}", words
        if given[row.whom, row.language] > 1:
            yield f"languages.{number}.language", _("This language is given already.")


def _of_language(row: LanguageContent) -> Found:
    if row.language not in languages.CODES:
        yield "language", _("Choose one of the list.")
    try:
        FactsheetLanguage(
            whom=row.whom, level=row.level, note_en=row.note_en, note_lt=row.note_lt
        ).clean_fields(exclude=["factsheet", "language", "id", "note"])
    except ValidationError as problems:
        yield from _said(problems)


def _all_but(model: type[Any], names: set[str]) -> set[str]:
    return {field.name for field in model._meta.get_fields()} - names


def _said(problems: ValidationError) -> Found:
    for name, words in problems.message_dict.items():
        for one in words:
            yield name, one


def lacking(content: FactsheetContent) -> list[str]:
    """What keeps a factsheet from being published: no deadline at all, dates that nobody has checked, or a language
    without its level."""
    sentences = []
    if not any(getattr(row, name) for row in content.terms for name in DEADLINES):
        sentences.append(_("Give the deadline of one term at least."))
    for row in content.terms:
        if row.to_check:
            sentences.append(
                _("%(term)s: check the dates, they were copied.") % {"term": Term(row.term).label}
            )
    for language in content.languages:
        if not language.level:
            named = languages.name(language.language)
            sentences.append(_("%(language)s: choose the level that is needed.") % {"language": named})
    return sentences


def gaps(content: FactsheetContent) -> dict[str, list[str]]:
    """What would make it complete, by section: what is missing there, in words. None of it is needed to publish."""
    found: dict[str, list[str]] = {"terms": _gaps_of_terms(content), "languages": [], "contacts": []}
    if not any(row.whom == FactsheetLanguage.Whom.STUDENTS for row in content.languages):
        found["languages"].append(_("the language that students need"))
    for section in TEXT_SECTIONS:
        found[section] = [
            words
            for code, words in (("en", _("text in English")), ("lt", _("text in Lithuanian")))
            if not content.fields[f"{section}_{code}"]
        ]
    weeks = (
        ("decision_weeks", _("weeks until the decision")),
        ("transcript_weeks", _("weeks until the transcript")),
    )
    found["weeks"] = [words for name, words in weeks if content.fields[name] is None]
    if content.fields["costs_from"] is None and content.fields["costs_to"] is None:
        found["costs"].append(_("an amount a month"))
    if not content.contacts:
        found["contacts"].append(_("somebody to ask"))
    return {section: missing for section, missing in found.items() if missing}


def gap_lines(content: FactsheetContent) -> list[str]:
    """The same in lines that make sense by themselves: "Housing: text in Lithuanian"."""
    titles = {
        "terms": _("Terms and deadlines"), "languages": _("Languages"), "weeks": _("Weeks"),
        "application": _("How to apply"), "housing": _("Housing"), "visa": _("Visa"), "insurance": _("Insurance"),
        "accessibility": _("Accessibility and inclusion"), "costs": _("Cost of living"), "grading": _("Grades"),
        "contacts": _("Contacts"),
    }  # fmt: skip
    found = gaps(content)
    return [f"{title}: {', '.join(found[name])}" for name, title in titles.items() if name in found]


def _gaps_of_terms(content: FactsheetContent) -> list[str]:
    if not content.terms:
        return [_("dates of a term")]
    words = {
        "nomination_until": _("%(term)s: nominations until"), "application_until": _("%(term)s: applications until"),
        "starts_on": _("%(term)s: begins on"), "ends_on": _("%(term)s: ends on"),
    }  # fmt: skip
    return [
        words[name] % {"term": Term(row.term).label}
        for row in content.terms
        for name in DATES
        if getattr(row, name) is None
    ]
