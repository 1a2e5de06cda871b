"""The matrix of a merge: what became of a field or a row on either side, and what is made of it."""

import datetime as dt
import random
import uuid
from decimal import Decimal

import pytest
from django.http import QueryDict

from projects.forms.merging.answers import resolved
from projects.forms.merging.fields import MergedFields, merge_fields
from projects.forms.merging.rows import Doubt, merge_rows
from projects.forms.merging.sides import OWN, Line, Side
from projects.forms.stored import ROW_FIELDS

KEYS = [uuid.UUID(int=number) for number in range(20)]
CURRENCY = ("amount", "currency")


def line(of, number=None, **values):
    """A row; one with a number is stored."""
    stored = {"id": number, "uuid": KEYS[number]} if number else {"id": None}
    typed = {name: str(values.get(name) or "") for name in ROW_FIELDS[of]}
    return Line({**stored, **values}, typed)


def milestone(number=None, title="Report", due=1, **values):
    return line("milestones", number, title_en=title, due_on=dt.date(2026, 4, due), kind="report", **values)


def side(**changed):
    return Side({**dict.fromkeys(OWN, ""), "title_en": "Old", **changed}, {})


def made(merged):
    """The rows as they are kept: title, day, what is asked of it."""
    return [
        (o.typed["title_en"], o.typed["due_on"][-2:], [unit[0] for unit in o.asked], o.doubt)
        for o in merged.outcomes
    ]


# A field of the project


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ("Old", "Old", MergedFields()),
        ("Mine", "Old", MergedFields(own=["title_en"])),
        ("Old", "Theirs", MergedFields(taken=["title_en"])),
        ("Same", "Same", MergedFields()),
        ("Mine", "Theirs", MergedFields(asked=["title_en"])),
        ("", "Theirs", MergedFields(asked=["title_en"])),
    ],
)
def test_field_is_asked_when_both_changed_it_differently(mine, theirs, expected):
    assert merge_fields(side(), side(title_en=mine), side(title_en=theirs)) == expected


@pytest.mark.parametrize("base", [None, Side({}, {})])
def test_field_of_which_nothing_earlier_is_known_is_asked_when_it_differs(base):
    found = merge_fields(base, side(title_en="Mine"), side(title_en="Theirs", acronym=""))
    assert found == MergedFields(asked=["title_en"])


# A row that was there


@pytest.mark.parametrize(
    ("mine", "theirs", "expected", "apart"),
    [
        (1, 1, ("01", [], Doubt.NONE), False),
        (2, 1, ("02", [], Doubt.NONE), True),
        (1, 3, ("03", [], Doubt.NONE), False),
        (2, 2, ("02", [], Doubt.NONE), False),
        (2, 3, ("02", ["due_on"], Doubt.NONE), False),
        (None, 1, None, True),
        (1, None, None, False),
        (None, None, None, False),
        (2, None, ("02", [], Doubt.REMOVED_BY_THEM), True),
        (None, 3, ("03", [], Doubt.REMOVED_BY_ME), False),
    ],
)
def test_row_that_was_there(mine, theirs, expected, apart):
    base, ours, others = ([milestone(1, due=day)] if day else [] for day in (1, mine, theirs))
    merged = merge_rows("milestones", base, ours, others)
    assert made(merged) == ([("Report", *expected)] if expected else [])
    assert merged.apart is apart


def test_fields_of_one_row_that_each_changed_alone_come_together():
    base, mine = milestone(1), milestone(1, title="By me")
    theirs = milestone(1, due=9, done_on=dt.date(2026, 4, 9))
    merged = merge_rows("milestones", [base], [mine], [theirs])
    assert made(merged) == [("By me", "09", [], Doubt.NONE)]
    assert merged.outcomes[0].typed["done_on"] == "2026-04-09"
    assert merged.outcomes[0].own == [("title_en",)]


def test_amount_and_its_currency_are_one():
    def funding(amount, currency):
        return line("funding", 1, programme_id=1, amount=amount and Decimal(amount), currency=currency)

    base = [funding(1000, "EUR")]
    merged = merge_rows("funding", base, [funding(2000, "EUR")], [funding(1000, "USD")])
    assert [outcome.asked for outcome in merged.outcomes] == [[CURRENCY]]
    alone = merge_rows("funding", [funding(None, "EUR")], [funding(None, "USD")], [funding(500, "EUR")])
    assert [(o.asked, o.typed["amount"], o.typed["currency"]) for o in alone.outcomes] == [([], "500", "EUR")]


# A row that is new


def test_new_rows_of_both_are_kept_beside_each_other():
    base = [milestone(1)]
    merged = merge_rows("milestones", base, [*base, milestone(None, "Mine")], [*base, milestone(2, "Theirs")])
    assert [row[0] for row in made(merged)] == ["Report", "Mine", "Theirs"]
    assert all(doubt is Doubt.NONE for *_rest, doubt in made(merged))


@pytest.mark.parametrize(
    ("kind", "same", "mine", "theirs"),
    [
        ("team", {"name": "Vida"}, {"part": "head"}, {"part": "finance"}),
        ("partners", {"organisation_id": 7}, {"part": "associated"}, {"part": "beneficiary"}),
        ("results", {"title_en": "Book"}, {"category": "course"}, {"category": "data"}),
        ("funding", {"programme_id": 1, "contract_number": "A"}, {"share": 10}, {"share": 20}),
        ("milestones", {"title_en": "End", "due_on": dt.date(2026, 4, 1)}, {"kind": "audit"}, {"kind": "other"}),
    ],
)  # fmt: skip
def test_new_rows_that_name_the_same_are_one_of_which_the_difference_is_asked(kind, same, mine, theirs):
    merged = merge_rows(kind, [], [line(kind, **same, **mine)], [line(kind, 3, **same, **theirs)])
    assert [[unit[0] for unit in outcome.asked] for outcome in merged.outcomes] == [list(mine)]
    assert merged.outcomes[0].typed["id"] == "3"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("websites", {"url": "https://a.example/"}), ("departments", {"unit_id": 4}),
        ("funding", {"programme_id": 1, "share": 5}), ("team", {"name": "Vida", "part": "head"}),
    ],
)  # fmt: skip
def test_row_that_both_added_alike_is_there_once(kind, values):
    merged = merge_rows(kind, [], [line(kind, **values)], [line(kind, 3, **values)])
    assert [(outcome.asked, outcome.doubt) for outcome in merged.outcomes] == [([], Doubt.NONE)]
    assert merged.apart is False


def test_funding_of_one_programme_without_a_number_is_two_lines_when_it_differs():
    mine, theirs = line("funding", programme_id=1, share=5), line("funding", 2, programme_id=1, share=6)
    assert len(merge_rows("funding", [], [mine], [theirs]).outcomes) == 2


def test_web_address_that_one_corrected_to_what_the_other_added_is_there_once():
    old, corrected = (
        line("websites", 1, url="https://a.example/"),
        line("websites", 1, url="https://b.example/"),
    )
    added = line("websites", 2, url="https://b.example/")
    for theirs in ([old, added], [added]):
        merged = merge_rows("websites", [old], [corrected], theirs)
        assert [outcome.typed["url"] for outcome in merged.outcomes] == ["https://b.example/"]


def test_row_that_was_taken_out_and_put_in_again_is_the_same():
    old, again = line("departments", 1, unit_id=4), line("departments", 2, unit_id=4)
    merged = merge_rows("departments", [old], [line("departments", unit_id=4)], [again])
    assert [outcome.typed["id"] for outcome in merged.outcomes] == ["2"]
    assert merged.apart is False


# Order


def team(*names, numbers=None):
    return [line("team", (numbers or {}).get(name), name=name, part="member") for name in names]


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        ("abc", "cab", "cab"),
        ("cba", "abc", "cba"),
        ("abcx", "yabc", "yabcx"),
        ("axbc", "cab", "caxb"),
        ("cba", "abyc", "cbya"),
    ],
)
def test_order_is_that_of_who_changed_it_and_new_rows_stand_where_they_were_put(mine, theirs, expected):
    numbers = {"a": 1, "b": 2, "c": 3, "y": 4}
    merged = merge_rows(
        "team", team(*"abc", numbers=numbers), team(*mine, numbers=numbers), team(*theirs, numbers=numbers)
    )
    assert "".join(outcome.typed["name"] for outcome in merged.outcomes) == expected


# Nothing earlier is known


def test_without_an_earlier_version_no_row_is_dropped():
    mine = [milestone(1, "One", 2), milestone(2, "Two"), milestone(None, "New")]
    theirs = [milestone(1, "One", 3), milestone(4, "Four")]
    found = {
        title: (asked, doubt)
        for title, _day, asked, doubt in made(merge_rows("milestones", None, mine, theirs))
    }
    assert found == {
        "One": (["due_on"], Doubt.NONE),
        "Two": ([], Doubt.ONLY_MINE),
        "New": ([], Doubt.NONE),
        "Four": ([], Doubt.ONLY_THEIRS),
    }


def test_no_row_and_no_value_is_lost_whatever_both_did():
    dice = random.Random(11)
    for _try in range(400):
        base = [milestone(n, f"t{n}") for n in range(1, dice.randrange(2, 6))]
        mine, theirs = (_edited(dice, base, who) for who in ("M", "T"))
        known = dice.random() > 0.3
        merged = merge_rows("milestones", base if known else None, mine, theirs)
        kept = {o.typed["title_en"] for o in merged.outcomes}
        kept |= {o.triple.theirs.values["title_en"] for o in merged.outcomes if o.asked}
        written = {row.values["title_en"] for row in (*mine, *theirs) if row.values["title_en"][0] in "MT"}
        assert written <= kept
        both = {n.values["id"] for n in mine} & {n.values["id"] for n in theirs} - {None}
        assert both <= {int(o.typed["id"]) for o in merged.outcomes if o.typed["id"]}


def _edited(dice, base, who):
    rows = []
    for row in base:
        way = dice.choice("kkcr")
        if way == "k":
            rows.append(Line(row.values, row.typed))
        elif way == "c":
            rows.append(milestone(row.values["id"], f"{who}{row.values['id']}"))
    if dice.random() > 0.5:
        rows.append(milestone(9 if who == "T" else None, f"{who}new"))
    return rows


# Answers


def answered(**data):
    sent = QueryDict(mutable=True)
    sent.update({name.replace("__", "-"): value for name, value in data.items()})
    return resolved(sent).dict()


def test_answers_are_put_into_what_was_typed():
    assert answered(
        title_en="Mine", keep__title_en="theirs", theirs__title_en="Theirs",
        description_en="Mine", keep__description_en="merge", merged__description_en="Both",
        funding__0__amount="1", funding__0__currency="EUR", keep__funding__0__amount="theirs",
        theirs__funding__0__amount="2", theirs__funding__0__currency="USD",
        team__0__name="Vida", keep__team__0="remove", team__1__name="Ona", keep__team__1="keep",
    ) == {
        "title_en": "Theirs", "description_en": "Both", "funding-0-amount": "2", "funding-0-currency": "USD",
        "team-0-name": "Vida", "team-0-DELETE": "on", "team-1-name": "Ona",
    }  # fmt: skip


def test_merged_text_that_was_emptied_is_empty():
    assert answered(description_en="Mine", keep__description_en="merge", merged__description_en="") == {
        "description_en": ""
    }


def test_answers_to_what_was_not_asked_count_as_none():
    assert answered(
        title_en="Mine", keep__title_en="theirs", keep__version="theirs", theirs__version="9", version="1",
        keep__nonsense="remove", keep__team__0__name__x="theirs", keep__description_en="merge", description_en="Mine",
        keep__nonsense__0__url="theirs", theirs__nonsense__0__url="x", keep__team__0__name="remove",
    ) == {"title_en": "Mine", "version": "1", "description_en": "Mine"}  # fmt: skip
