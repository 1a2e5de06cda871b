"""What the pages of a project, a centre, a university and a call show of news and events, and the lists behind."""

import datetime as dt

import pytest
from django.test import Client

from ground import clock
from members.models import Centre
from news.models import Event, NewsItem
from tests import factories

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
# Each page: its address, the number of its queries for a visitor (the moment is one), the filter of the lists.
PAGES = {
    "project": ("/en/projects/p-1/", 2, "project=p-1"),
    "centre": ("/en/universities/centres/hub/", 4, "centre=hub"),
    "university": ("/en/universities/ktu/", 5, "university=ktu"),
    "call": ("/en/mobility/calls/autumn/", 4, "call=autumn"),
}


@pytest.fixture
def records(ktu):
    return {
        "project": factories.ProjectFactory(code="P-1", lead=ktu),
        "centre": Centre.objects.create(host=factories.OrganisationFactory(), slug="hub", name_en="Hub"),
        "university": ktu,
        "call": factories.CallFactory(slug="autumn"),
    }


def tell(records, name, text):
    """Let the page of the record know of `text`."""
    related = {"project": "projects", "centre": "centres", "university": "universities", "call": "calls"}
    getattr(text, related[name]).add(records[name])


def read(path, person=None):
    client = Client()
    if person:
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_news_and_coming_events_are_shown_and_lead_to_the_lists(name, records, django_assert_num_queries):
    path, queries, query = PAGES[name]
    text = read(path)
    for words in ("More news", "More events", 'id="news"', 'id="events"'):
        assert words not in text
    for number in (1, 3):
        for n in range(number):
            tell(records, name, factories.NewsItemFactory(title_en=f"Told {number}{n}"))
            tell(records, name, factories.EventFactory(title_en=f"Coming {number}{n}"))
        with django_assert_num_queries(queries):
            text = read(path)
        assert text.count('<article class="card"') == 2 * number
    assert f'/en/news/?{query}">More news</a>' in text
    assert f'/en/events/?{query}">More events</a>' in text
    assert "1 January 2020" in text
    assert "1 January 2090" in text
    for path, words in ((f"/en/news/?{query}", "Told"), (f"/en/events/?{query}", "Coming")):
        shown = read(path)
        assert shown.count('<article class="card"') == 4
        assert f"{words} 32" in shown
        assert "was left out" not in shown


@pytest.mark.parametrize("name", PAGES)
def test_what_is_not_out_or_no_longer_is_not_shown(name, records):
    for title, fields in {
        "Drafted": {"publication": "draft", "published_at": None}, "Archived": {"publication": "archived"},
        "Scheduled": {"published_at": clock.now() + DAY},
    }.items():  # fmt: skip
        tell(records, name, factories.NewsItemFactory(title_en=title, **fields))
    tell(records, name, factories.EventFactory(title_en="Drafted event", publication="draft"))
    factories.NewsItemFactory(title_en="Elsewhere")
    text = read(PAGES[name][0])
    assert "More news" not in text
    assert "More events" not in text
    assert "Elsewhere" not in text


@pytest.mark.parametrize("name", PAGES)
def test_the_next_event_comes_first_and_past_ones_last_and_said_to_be_so(name, records):
    now = clock.now()
    for title, start in (
        ("Third", -30 * DAY),
        ("Second", 9 * DAY),
        ("First", 2 * DAY),
        ("Fourth", -60 * DAY),
    ):
        tell(records, name, factories.EventFactory(title_en=title, starts_at=now + start))
    text = read(PAGES[name][0])
    assert text.index("First<") < text.index("Second<") < text.index("Third<")
    assert "Fourth" not in text
    assert text.count("past event") == 1


def test_a_university_has_what_it_shares_and_what_its_schools_do(ktu, aveiro):
    school = factories.OrganisationFactory(name="A school", parent=ktu.organisation)
    member = factories.UniversityFactory(organisation=factories.OrganisationFactory(parent=ktu.organisation))
    factories.NewsItemFactory(title_en="N own", university=ktu)
    factories.NewsItemFactory(title_en="N of a school", partner=school)
    factories.NewsItemFactory(title_en="N of a member school", university=member)
    factories.NewsItemFactory(title_en="N about", university=aveiro).universities.add(ktu)
    factories.NewsItemFactory(title_en="N about a school").universities.add(member)
    factories.NewsItemFactory(title_en="N elsewhere", university=aveiro)
    factories.EventFactory(title_en="E own", university=ktu)
    factories.EventFactory(title_en="E of a school", organiser=school)
    factories.EventFactory(title_en="E shared", university=aveiro).universities.add(ktu)
    factories.EventFactory(title_en="E shared by a school").universities.add(member)
    factories.EventFactory(title_en="E elsewhere", organiser=aveiro.organisation)
    news = set(NewsItem.objects.concerning(ktu).values_list("title_en", flat=True))
    assert news == {"N own", "N of a school", "N of a member school", "N about", "N about a school"}
    events = set(Event.objects.concerning(ktu).values_list("title_en", flat=True))
    assert events == {"E own", "E of a school", "E shared", "E shared by a school"}
    text = read("/en/news/?university=ktu")
    assert "N elsewhere" not in text
    assert f"{ktu.organisation.name} <span>5</span>" in text  # as many as are shown
    text = read("/en/events/?university=ktu")
    assert f"{ktu.organisation.name} <span>4</span>" in text
    assert all(
        words in read("/en/universities/ktu/")
        for words in ("E shared by a school", "More events", "More news")
    )


def test_a_list_does_not_tell_of_a_hidden_record(ktu, dainius):
    hidden = factories.ProjectFactory(code="H-1", lead=ktu, publication="draft", title_en="Secret canary")
    factories.NewsItemFactory(title_en="Told").projects.add(hidden)
    for path in ("/en/news/?project=h-1", "/en/events/?project=h-1"):
        text = read(path)
        assert "was left out" in text
        assert "canary" not in text
        assert "Secret canary" in read(path, dainius)


@pytest.mark.parametrize("name", ["project", "centre", "call"])
@pytest.mark.parametrize(
    "value", ["nothing", "%00", "x" * 5000, "%F0%9F%98%80", "%ED%A0%80", "1 OR 1=1", "é"]
)
def test_a_record_that_is_not_there_is_left_out_of_the_lists(name, value):
    for path in ("/en/news/", "/en/events/"):
        assert "was left out" in read(f"{path}?{name}={value}")


def test_what_a_list_is_about_is_named_and_can_be_taken_away(records):
    tell(records, "project", factories.NewsItemFactory())
    for path in ("/en/news/", "/en/events/"):
        text = read(f"{path}?project=p-1")
        assert f'aria-current="true">{records["project"].title_en}</a>' in text
