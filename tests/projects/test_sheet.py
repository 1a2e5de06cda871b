import datetime as dt
from decimal import Decimal

import pytest

from ground import places
from members.models import Organisation, University
from projects.map import partner_map
from projects.models import FundingLine, Milestone, Partnership, Programme, Project, Result
from projects.money import by_source
from projects.sheet import Sheet

TODAY = dt.date(2026, 11, 22)
DAY = dt.timedelta(days=1)


def sheet(**rows):
    project = Project(starts_on=TODAY - 9 * DAY, ends_on=rows.pop("ends_on", TODAY + 10 * DAY))
    kinds = (
        "funding", "websites", "team", "departments", "partners", "milestones", "documents", "amendments", "results",
        "shared_with",
    )  # fmt: skip
    return Sheet(
        project, rows.pop("day", TODAY), **{kind: rows.get(kind, []) for kind in kinds}, followed=False
    )


def line(slug, amount=None, currency="EUR", share=None):
    return FundingLine(
        programme=Programme(slug=slug, name_en=slug), amount=Decimal(amount) if amount else None, currency=currency,
        share=share,
    )  # fmt: skip


# Money.


def test_lines_of_one_source_are_added_and_different_currencies_are_not():
    money = by_source([line("a", "60"), line("b", "30"), line("a", "10"), line("a", "500", "PLN")])
    assert [(purse.currency, purse.total) for purse in money.purses] == [("EUR", 100), ("PLN", 500)]
    assert [(s.programme.slug, s.amount, s.percent) for s in money.purses[0].sources] == [
        ("a", 70, 70), ("b", 30, 30),
    ]  # fmt: skip


@pytest.mark.parametrize("lines", [[], [line("a"), line("b")]])
def test_sources_without_amounts_and_shares_make_no_table(lines):
    assert not by_source(lines)


def test_an_amount_of_nothing_divides_by_nothing():
    [purse] = by_source([FundingLine(programme=Programme(slug="a"), amount=Decimal(0))]).purses
    assert (purse.total, purse.sources[0].percent) == (0, None)


def test_a_source_without_an_amount_is_named_and_the_known_ones_are_not_the_whole():
    money = by_source([line("b"), line("a", "60"), line("c", "40")])
    assert [(purse.currency, purse.total) for purse in money.purses] == [("EUR", 100), ("", None)]
    assert [(s.programme.slug, s.amount, s.percent) for purse in money.purses for s in purse.sources] == [
        ("a", 60, None), ("c", 40, None), ("b", None, None),
    ]  # fmt: skip
    assert not money.whole
    assert not money.has_parts


def test_stated_shares_are_the_parts_and_none_is_reckoned_beside_them():
    money = by_source([line("a", share=Decimal("82.64")), line("b", "1"), line("c", "9", share=Decimal(10))])
    parts = {s.programme.slug: s.percent for purse in money.purses for s in purse.sources}
    assert parts == {"a": Decimal("82.64"), "b": None, "c": 10}
    assert money.of_budget


def test_shares_of_one_source_are_added_unless_one_of_them_is_not_stated():
    shares = [line("a", "1", share=Decimal(20)), line("a", "1", share=Decimal(30))]
    assert by_source(shares).purses[0].sources[0].percent == 50
    assert by_source([*shares, line("a", "1")]).purses[0].sources[0].percent is None


# Dates.


def milestone(in_days, done=False):
    due = TODAY + in_days * DAY
    return Milestone(title_en=str(in_days), due_on=due, done_on=due if done else None)


def test_next_dates_are_three_open_milestones_and_the_end_in_their_order():
    found = sheet(milestones=[milestone(n) for n in (-3, 0, 4, 12, 20)] + [milestone(2, done=True)])
    assert [(date - TODAY).days for date, _ in found.next_dates] == [0, 4, 10, 12]
    assert [m is None for _, m in found.next_dates] == [False, False, True, False]
    assert [m.title_en for m in found.overdue] == ["-3"]


def test_a_period_that_is_over_has_no_next_end():
    assert sheet(ends_on=TODAY - DAY).next_dates == []


@pytest.mark.parametrize(
    ("day", "passed"),
    [
        (TODAY - 10 * DAY, 0),
        (TODAY - 9 * DAY, 1),
        (TODAY, 10),
        (TODAY + 10 * DAY, 20),
        (TODAY + 99 * DAY, 20),
    ],
)
def test_days_of_the_period_count_from_its_first_to_its_last(day, passed):
    assert sheet(day=day).days == (passed, 20)


def test_results_stand_by_category_in_the_order_of_categories():
    found = sheet(results=[Result(category=c, title_en=c) for c in ("tool", "publication", "tool")])
    assert [(str(label), len(rows)) for label, rows in found.results_by_category] == [
        ("Publication", 1), ("Tool or software", 2),
    ]  # fmt: skip


# Places.


@pytest.mark.parametrize(
    ("country", "city", "place"),
    [
        ("LT", "Kaunas", (54.9, 23.91)),
        ("LT", "KAUNAS", (54.9, 23.91)),
        ("PL", "Łódź", (51.77, 19.47)),
        ("PL", "lodz", (51.77, 19.47)),
        ("LT", "Wilno", (54.69, 25.28)),
        ("FR", "PARIS CEDEX 05", (48.85, 2.35)),
        ("DK", "Aarhus C", (56.16, 10.21)),
        ("LT", "Kaunas (Žaliakalnis)", (54.9, 23.91)),
    ],
)
def test_cities_are_found_however_they_are_written(country, city, place):
    assert places.find(country, city) == place


@pytest.mark.parametrize(
    ("country", "city"),
    [("LT", ""), ("LT", "Nowhereville"), ("", "Kaunas"), ("PL", "Kaunas"), ("LT", "\x00\n\t"), ("LT", "x" * 9999),
     ("MX", "Monterrey"), ("LT", "kau"), ("ZZ", "zzzz"), ("A", "a")],
)  # fmt: skip
def test_what_is_not_known_has_no_place(country, city):
    assert places.find(country, city) is None


def test_every_line_of_the_file_is_found_and_no_name_stands_there_twice():
    lines = places.FILE.read_bytes().splitlines()
    names = [one.partition(b"\t")[0] for one in lines]
    assert names == sorted(set(names))
    for one in [*lines[:2], *lines[::997], *lines[-2:]]:
        name, _tab, where = one.partition(b"\t")
        assert places._line(name) == where


def partner(name, country, city, **university):
    organisation = Organisation(name=name, country=country, city=city)
    if university:
        organisation.university = University(**university)
    return Partnership(organisation=organisation)


def test_partners_of_one_city_share_a_pin_and_the_others_are_counted():
    found = partner_map([
        partner("A", "LT", "Kaunas"), partner("B", "LT", "KAUNAS"), partner("C", "LT", "Nowhereville"),
        partner("D", "MX", "Monterrey", latitude=Decimal("25.65"), longitude=Decimal("-100.29")),
    ])  # fmt: skip
    assert [(pin.label, pin.name) for pin in found.pins] == [("Kaunas", "A, B")]
    assert found.beyond == 2


def test_a_universitys_own_place_goes_before_that_of_its_city():
    [pin] = partner_map([partner("A", "LT", "Kaunas", latitude=Decimal(50), longitude=Decimal(10))]).pins
    assert (pin.latitude, pin.longitude) == (50, 10)
