"""What the numbers tell, and that they tell of nobody."""

import pytest
from django.urls import reverse

from mobility.models import Application
from mobility.review import numbers

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("groups", "rest", "told"),
    [
        ({"f": 6, "m": 6}, 0, {"f": 50, "m": 50}),
        ({"f": 15, "m": 5}, 0, {"f": 75, "m": 25}),
        ({"f": 12, "m": 4}, 0, {}),  # the four join the rest, which takes the twelve in: everybody
        ({"f": 12, "m": 8}, 1, {"f": 57, "rest": 43}),  # one person would be the difference to 100 %
        ({"f": 12, "m": 8}, 5, {"f": 48, "m": 32, "rest": 20}),
        ({"f": 4, "m": 4}, 4, {}),
        ({"f": 0, "m": 9}, 0, {}),
        ({}, 0, {}),
    ],
)
def test_shares_never_tell_of_fewer_than_five(groups, rest, told):
    assert {bar.words: bar.value for bar in numbers.shares(groups, rest, "rest")} == told


@pytest.mark.parametrize(("yes", "no", "told"), [(5, 5, 50), (4, 6, None), (6, 4, None), (0, 10, None)])
def test_fewer_opportunities_is_hidden_under_five_on_either_side(yes, no, told, call, many):
    made = many(yes + no)
    Application.objects.filter(pk__in=[one.pk for one in made[:yes]]).update(fewer_opportunities=True)
    assert numbers.fewer_opportunities(Application.objects.all()) == told


def test_pages_show_the_funnel_and_no_small_group(desk, call, many, draft):
    many(3)
    Application.objects.exclude(status="draft").update(fewer_opportunities=True, gender=1)
    page = desk.get(reverse("mobility:call_numbers", args=[call.slug]))
    assert [(bar.words, bar.value) for bar in page.context["funnel"]][:3] == [
        ("Started", 4), ("Submitted", 3), ("Found eligible", 0),
    ]  # fmt: skip
    assert (page.context["genders"], page.context["fewer"]) == ([], None)
    assert "fewer than 5 people" in page.content.decode()
    rows = desk.get(reverse("mobility:office_numbers")).context["rows"]
    assert [(one, count["started"], count["submitted"]) for one, count, _days in rows] == [(call, 4, 3)]


def test_coordinator_elsewhere_finds_none_of_these_calls(client, call, many, bruno):
    client.force_login(bruno)
    assert client.get(reverse("mobility:office_numbers")).context["rows"] == []
    assert client.get(reverse("mobility:call_numbers", args=[call.slug])).status_code == 404


def test_office_numbers_cost_the_same_for_one_call_and_two(desk, call, staff_call, django_assert_num_queries):
    with django_assert_num_queries(7):
        desk.get(reverse("mobility:office_numbers"))
