import datetime as dt
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from icalendar import Calendar

from ground import clock
from news.models import Topic
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.fixture(autouse=True)
def held_moment(monkeypatch):
    """The clock that a request reads stands at NOW."""
    monkeypatch.setattr(clock, "read", lambda: NOW)


def read(path):
    response = Client().get(path)
    assert response.status_code == 200
    return response.content.decode()


def signing(**fields):
    return factories.EventFactory(
        slug="signing", title_en="Signing", title_lt="Pasirašymas", zone="Europe/Warsaw",
        starts_at=dt.datetime(2023, 2, 9, 15, tzinfo=WARSAW), place_en="Rectorate building", **fields,
    )  # fmt: skip


def test_the_list_costs_the_same_with_one_row_and_with_three(ktu, django_assert_num_queries):
    topic = Topic.objects.create(slug="x", name_en="X")
    for number in (1, 2):
        for n in range(number):
            factories.EventFactory(starts_at=NOW + (n + 1) * DAY, university=ktu).topics.add(topic)
            factories.EventFactory(starts_at=NOW - (n + 1) * DAY, university=ktu).topics.add(topic)
        with django_assert_num_queries(3):
            read("/en/events/")


def test_the_page_costs_the_same_with_one_project_and_with_three(django_assert_num_queries):
    event = signing()
    for number in (1, 2):
        for _n in range(number):
            event.projects.add(factories.ProjectFactory())
        with django_assert_num_queries(4):
            read("/en/events/signing/")


def test_the_moment_is_told_in_the_words_of_its_own_zone():
    signing()
    assert "Thursday 9 February 2023, 15:00 (Warsaw time)" in read("/en/events/signing/")
    assert "past event" in read("/en/events/signing/")


def test_what_is_not_known_is_said_to_be_so():
    factories.EventFactory(
        slug="year", zone="Europe/Brussels", starts_at=None, starts_on=dt.date(2022, 6, 17)
    )
    text = read("/en/events/year/")
    assert "Friday 17 June 2022" in text
    assert "The hour is not known." in text
    assert "not known</dd>" in text
    assert "00:00" not in text


def test_a_coming_event_counts_down_in_words_and_figures():
    factories.EventFactory(slug="soon", starts_at=NOW + 3 * DAY)
    text = read("/en/events/soon/")
    assert "in 3 days" in text
    assert 'data-countdown="2026-11-23T09:00:00Z"' in text
    assert "not known yet" in text


@pytest.mark.parametrize(("persona", "status"), [(None, 404), ("ana", 404), ("ieva", 200), ("egle", 200)])
def test_a_draft_and_its_file_are_there_for_editors_and_the_office_only(request, persona, status, ktu):
    signing(university=ktu, publication="draft")
    client = Client()
    if persona:
        person = request.getfixturevalue(persona)
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert client.get("/en/events/signing/").status_code == status
    assert client.get("/en/events/signing/calendar.ics").status_code == status


def test_a_draft_story_is_not_named_on_the_page_of_its_event():
    story = factories.NewsItemFactory(title_en="Embargoed", publication="draft", published_at=None)
    signing(news_item=story)
    assert "Embargoed" not in read("/en/events/signing/")


def test_the_calendar_file_says_when_where_and_what():
    signing(summary_en="First\nsecond; third, \\ BEGIN:VALARM")
    response = Client().get("/en/events/signing/calendar.ics")
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert 'filename="signing.ics"' in response["Content-Disposition"]
    (entry,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert entry.decoded("dtstart") == dt.datetime(2023, 2, 9, 14, tzinfo=dt.UTC)
    assert entry.decoded("dtend") == dt.datetime(2023, 2, 9, 16, tzinfo=dt.UTC)
    assert str(entry["summary"]) == "Signing"
    assert str(entry["location"]) == "Rectorate building"
    assert str(entry["description"]).startswith("First\nsecond; third, \\ BEGIN:VALARM")


def test_a_day_is_a_day_in_the_calendar_file_too():
    factories.EventFactory(
        slug="week", starts_at=None, starts_on=dt.date(2026, 10, 24), ends_on=dt.date(2026, 10, 26)
    )
    (entry,) = Calendar.from_ical(Client().get("/en/events/week/calendar.ics").content).walk("VEVENT")
    assert entry.decoded("dtstart") == dt.date(2026, 10, 24)
    assert entry.decoded("dtend") == dt.date(2026, 10, 27)
    assert "location" not in entry


def test_the_subscription_has_coming_and_recent_events_in_its_language():
    factories.EventFactory(title_en="Coming", title_lt="Ateina", starts_at=NOW + DAY)
    factories.EventFactory(title_en="Recent", title_lt="Neseniai", starts_at=NOW - 30 * DAY)
    factories.EventFactory(title_en="Hidden", title_lt="Paslėpta", publication="draft")
    signing()
    response = Client().get("/feeds/events/lt.ics")
    names = {str(entry["summary"]) for entry in Calendar.from_ical(response.content).walk("VEVENT")}
    assert names == {"Ateina", "Neseniai"}


def test_the_atom_feed_has_published_news_in_its_language(ktu):
    factories.NewsItemFactory(slug="a", title_en="English", title_lt="Lietuviškai", university=ktu)
    factories.NewsItemFactory(slug="b", title_en="A <b> & title", title_lt="A <b> & title")
    factories.NewsItemFactory(slug="c", title_en="Hidden", publication="draft", published_at=None)
    response = Client().get("/feeds/news/lt.atom")
    assert response["Content-Type"].startswith("application/atom+xml")
    tree = ElementTree.fromstring(response.content)  # noqa: S314 - our own answer
    atom = {"a": "http://www.w3.org/2005/Atom"}
    entries = tree.findall("a:entry", atom)
    assert {entry.find("a:title", atom).text for entry in entries} == {"Lietuviškai", "A <b> & title"}
    assert all("/lt/news/" in entry.find("a:link", atom).get("href") for entry in entries)
    assert tree.get("{http://www.w3.org/XML/1998/namespace}lang") == "lt"


@pytest.mark.parametrize("path", ["/feeds/news/xx.atom", "/feeds/events/xx.ics", "/feeds/news/.atom"])
def test_feeds_in_languages_that_are_not_spoken_are_not_there(path):
    assert Client().get(path).status_code == 404
