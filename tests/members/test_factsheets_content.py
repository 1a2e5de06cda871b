"""What is wrong with a factsheet, what it lacks, and how it moves to the next year. No database."""

import pytest
from django.utils import translation

from members.factsheets import checks, content, deadlines
from members.factsheets.content import LanguageContent, TermContent
from members.models import FactsheetTerm
from tests.members import facts
from tests.members.facts import AUTUMN, DAY, ENGLISH, SPRING, said

YEAR = "2027/2028"


def test_nothing_is_wrong_with_a_usual_factsheet():
    assert (
        checks.faults(said(AUTUMN, SPRING, housing_website="https://rooms.example/", costs_from=500), YEAR)
        == {}
    )


@pytest.mark.parametrize(
    ("dates", "place"),
    [
        ({"ends_on": DAY(2027, 8, 31)}, "ends_on"),
        ({"application_until": DAY(2027, 4, 14)}, "application_until"),
        ({"starts_on": DAY(2027, 6, 30)}, "starts_on"),
        ({"ends_on": DAY(2028, 10, 1)}, "ends_on"),
        ({"nomination_until": DAY(2026, 8, 31)}, "nomination_until"),
        ({"application_until": DAY(2028, 9, 1), "ends_on": None}, "application_until"),
        ({"application_until": DAY(2028, 2, 1)}, "application_until"),
        ({"nomination_until": DAY(27, 4, 15)}, "nomination_until"),
    ],
)
def test_dates_in_the_wrong_order_or_year_are_named(dates, place):
    found = checks.faults(said(facts.moved(AUTUMN, **dates)), YEAR)
    assert list(found) == [f"terms.autumn.{place}"]


@pytest.mark.parametrize(
    "dates",
    [
        {"nomination_until": DAY(2026, 9, 1)}, {"starts_on": DAY(2027, 7, 1)}, {"ends_on": DAY(2028, 9, 30)},
        {"nomination_until": DAY(2027, 5, 15)}, {"application_until": DAY(2028, 1, 31)},
    ],
)  # fmt: skip
def test_the_outermost_days_are_fine(dates):
    assert checks.faults(said(facts.moved(AUTUMN, **dates)), YEAR) == {}


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"costs_from": 900, "costs_to": 500}, "costs_to"),
        ({"costs_from": 0}, "costs_from"),
        ({"decision_weeks": 53}, "decision_weeks"),
        ({"visa_website": "javascript:alert(1)"}, "visa_website"),
        ({"visa_website": "ftp://visa.example/"}, "visa_website"),
        ({"visa_website": "https://" + "a" * 300 + ".example/"}, "visa_website"),
    ],
)
def test_numbers_and_addresses_that_make_no_sense_are_named(fields, place):
    assert place in checks.faults(said(**fields), YEAR)


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ((LanguageContent("students", "xx", "B2"),), "languages.0.language"),
        ((LanguageContent("students", "en", "B9"),), "languages.0.level"),
        ((LanguageContent("students", "en", "B2", "x" * 201),), "languages.0.note_en"),
        ((LanguageContent("cats", "en", "B2"),), "languages.0.whom"),
        ((ENGLISH, LanguageContent("students", "en", "C1")), "languages.1.language"),
        (tuple(ENGLISH for _ in range(21)), "languages"),
    ],
)
def test_languages_that_make_no_sense_are_named(rows, place):
    assert place in checks.faults(said(languages=rows), YEAR)


def test_what_follows_from_a_wrong_date_is_not_said_as_well():
    wrong = facts.moved(
        AUTUMN, ends_on=DAY(2027, 1, 1)
    )  # before the term, out of the year, before the deadlines
    assert checks.faults(said(wrong), YEAR) == {"terms.autumn.ends_on": ["The term ends before it begins."]}


@pytest.mark.parametrize("term", ["winter", "autumn"])
def test_a_term_that_is_none_or_there_twice_is_named(term):
    other = TermContent(term, starts_on=DAY(2027, 9, 1))
    assert f"terms.{term}" in checks.faults(said(AUTUMN, other), YEAR)


def test_a_leap_day_moves_to_the_last_of_february():
    moved = content.moved_on(said(TermContent("spring", starts_on=DAY(2028, 2, 29))))
    assert (moved.terms[0].starts_on, moved.terms[0].to_check) == (DAY(2029, 2, 28), True)


def test_texts_are_settled_and_terms_without_dates_left_out():
    settled = content.settled(
        said(SPRING, TermContent("year"), AUTUMN, housing_en="  A\x00 room\r\n\r\nhere ")
    )
    assert settled.fields["housing_en"] == "A room\n\nhere"
    assert [row.term for row in settled.terms] == ["autumn", "spring"]
    assert content.settled(settled) == settled


def test_gaps_name_what_is_missing_in_each_section():
    gaps = checks.gaps(
        content.settled(said(facts.moved(AUTUMN, ends_on=None), languages=(), housing_en="A room."))
    )
    assert gaps["terms"] == ["Autumn term: ends on"]
    assert gaps["housing"] == ["text in Lithuanian"]
    assert gaps["visa"] == ["text in English", "text in Lithuanian"]
    assert gaps["costs"][-1] == "an amount a month"
    assert {"languages", "weeks", "contacts"} <= gaps.keys()
    assert "Housing: text in Lithuanian" in checks.gap_lines(said(housing_en="A room."))
    assert checks.gaps(content.EMPTY)["terms"] == ["dates of a term"]


def test_a_complete_one_has_no_gaps():
    texts = {f"{name}_{code}": "Text" for name in checks.TEXT_SECTIONS for code in ("en", "lt")}
    whole = said(**texts, decision_weeks=4, transcript_weeks=5, costs_to=900)
    whole = content.FactsheetContent(whole.fields, whole.terms, whole.languages, frozenset({"somebody"}))
    assert checks.gaps(whole) == {}


# Deadlines as people read them.


def row(**dates):
    return FactsheetTerm(term="autumn", **dates)


@pytest.mark.parametrize(
    ("today", "left", "tone"),
    [
        (DAY(2027, 3, 1), "45 days left", ""), (DAY(2027, 4, 1), "14 days left", "signal"),
        (DAY(2027, 4, 15), "last day today", "signal"), (DAY(2027, 4, 16), "passed", ""),
    ],
)  # fmt: skip
def test_the_last_day_is_included(today, left, tone):
    [one] = deadlines.of_terms([row(nomination_until=DAY(2027, 4, 15))], today)
    assert (one.left, one.tone, one.passed) == (left, tone, left == "passed")


def test_deadlines_to_come_stand_before_those_that_have_passed():
    rows = [row(nomination_until=DAY(2027, 4, 15), application_until=DAY(2027, 5, 15)),
            FactsheetTerm(term="spring", nomination_until=DAY(2027, 5, 15))]  # fmt: skip
    found = deadlines.of_terms(rows, DAY(2027, 5, 1))
    assert [(one.row.term, one.kind) for one in found] == [
        ("spring", "nomination"), ("autumn", "application"), ("autumn", "nomination"),
    ]  # fmt: skip
    with translation.override("en"):
        assert found[0].words == "Spring term: nominations by home universities"


def test_years_that_can_be_begun():
    assert checks.years_possible("2026/2027") == [
        "2025/2026", "2026/2027", "2027/2028", "2028/2029", "2029/2030",
    ]  # fmt: skip
