import datetime as dt

import pytest
from django.test import Client

from ground import clock
from members.models import Figure
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def home(path="/en/", moment=NOW):
    with clock.one_moment(moment):
        response = Client().get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture(autouse=True)
def held_moment(monkeypatch):
    """The clock that a request reads stands at NOW."""
    monkeypatch.setattr(clock, "read", lambda: NOW)


def fill(number):
    for n in range(number):
        university = factories.UniversityFactory(latitude=54 + n, longitude=20)
        factories.MembershipFactory(university=university)
        factories.ProjectFactory(lead=university, ends_on=NOW.date() + (10 + n) * DAY)
        call = factories.CallFactory(university=university, closes_at=NOW + (12 + n) * DAY)
        factories.PlaceFactory(call=call, capacity=3, taken=1)
        factories.NewsItemFactory(university=university)
        factories.EventFactory(university=university, starts_at=NOW + (3 + n) * DAY)


def test_the_page_costs_seven_queries_and_the_clock_with_one_row_and_with_three(django_assert_num_queries):
    fill(1)
    with django_assert_num_queries(7):
        home()
    fill(3)
    with django_assert_num_queries(7):
        home()


def test_every_number_is_counted():
    fill(3)
    Figure.objects.create(kind="research_groups", value=500, qualifier="about", year=2024)
    text = home()
    assert "3 universities, one place" in text
    counted = {"member universities": 3, "projects under way": 3, "open calls": 3, "places open now": 6}
    for words, number in counted.items():
        assert f"<dt>{words}</dt><dd>{number}</dd>" in text
    assert "about 500" in text


def test_a_visitor_reads_the_next_deadline_before_anything_else():
    factories.CallFactory(title_en="Studies abroad", closes_at=NOW + 12 * DAY)
    factories.CallFactory(title_en="Later call", closes_at=NOW + 90 * DAY)
    text = home()
    assert text.index("closes in 12 days") < text.index("Find an exchange")
    assert text.index("Next deadline:") < text.index("Find an exchange")


def test_amber_is_for_time_that_runs_out_only():
    factories.CallFactory(title_en="Soon", closes_at=NOW + 12 * DAY)
    factories.CallFactory(title_en="Later", closes_at=NOW + 90 * DAY)
    text = home()
    assert 'signal">closes in 12 days' in text
    assert 'signal">closes in 90 days' not in text


def test_drafts_closed_calls_and_past_events_stay_away():
    factories.CallFactory(title_en="Draft call", publication="draft")
    factories.CallFactory(title_en="Closed call", closes_at=NOW - DAY)
    factories.ProjectFactory(title_en="Draft project", publication="draft", ends_on=NOW.date() + DAY)
    factories.EventFactory(title_en="Past event", starts_at=NOW - DAY)
    factories.EventFactory(title_en="Draft event", publication="draft")
    factories.NewsItemFactory(title_en="Tomorrow's news", published_at=NOW + DAY)
    text = home()
    for words in (
        "Draft call",
        "Closed call",
        "Draft project",
        "Past event",
        "Draft event",
        "Tomorrow's news",
    ):
        assert words not in text
    assert "No call is open just now." in text


def test_the_next_event_says_without_a_script_when_it_is():
    factories.EventFactory(title_en="Open day", starts_at=NOW + 3 * DAY)
    text = home()
    assert "Next event · place not known yet" in text
    assert "in 3 days" in text
    assert "data-countdown" in text


def test_an_event_without_an_hour_counts_days_only():
    factories.EventFactory(title_en="Challenge week", starts_at=None, starts_on=NOW.date() + 5 * DAY)
    text = home()
    assert "in 5 days" in text
    assert "data-countdown" not in text


def test_pinned_news_come_first():
    factories.NewsItemFactory(title_en="Newest", published_at=NOW - DAY)
    factories.NewsItemFactory(title_en="Pinned", published_at=NOW - 9 * DAY, pinned_until=NOW + DAY)
    text = home()
    assert text.index("Pinned") < text.index("Newest")


def test_an_empty_portal_has_a_home_page():
    text = home()
    assert "Universities with one place" in text
    assert home("/lt/")
