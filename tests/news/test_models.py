import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from ground import clock
from members.models import Role
from news.models import Attachment, Event, NewsItem, Topic
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


def seen(user, model=NewsItem):
    return set(model.objects.visible_to(user).values_list("slug", flat=True))


def test_drafts_are_seen_by_their_editors_and_the_office(ktu, aveiro, ieva, egle, laima, dainius):
    factories.NewsItemFactory(slug="open")
    factories.NewsItemFactory(slug="old", publication="archived")
    factories.NewsItemFactory(slug="ktu-draft", university=ktu, publication="draft", published_at=None)
    factories.NewsItemFactory(slug="ua-draft", university=aveiro, publication="draft", published_at=None)
    everybody = {"open", "old"}
    assert seen(AnonymousUser()) == seen(dainius) == everybody
    assert seen(ieva) == everybody | {"ktu-draft"}
    assert seen(egle) == seen(laima) == everybody | {"ktu-draft", "ua-draft"}


def test_an_editor_of_the_alliance_sees_every_draft(ktu):
    person = factories.UserFactory()
    factories.AppointmentFactory(user=person, role=Role.EDITOR, university=None)
    factories.NewsItemFactory(slug="draft", university=ktu, publication="draft", published_at=None)
    assert seen(person) == {"draft"}


def test_what_is_published_tomorrow_is_seen_tomorrow():
    factories.NewsItemFactory(slug="later", published_at=NOW)
    with clock.one_moment(NOW - dt.timedelta(seconds=1)):
        assert seen(AnonymousUser()) == set()
    with clock.one_moment(NOW):
        assert seen(AnonymousUser()) == {"later"}
        assert NewsItem.objects.live().count() == 1


def test_the_day_of_publication_is_that_of_the_university():
    monterrey = factories.UniversityFactory(zone="America/Monterrey")
    early = dt.datetime(2026, 3, 1, 3, tzinfo=dt.UTC)
    assert factories.NewsItemFactory(university=monterrey, published_at=early).published_on == dt.date(
        2026, 2, 28
    )
    assert factories.NewsItemFactory(published_at=early).published_on == dt.date(2026, 3, 1)
    assert NewsItem().published_on is None


def test_a_pinned_item_is_pinned_until_its_moment():
    factories.NewsItemFactory(pinned_until=NOW)
    assert NewsItem.objects.pinned(NOW - dt.timedelta(seconds=1)).exists()
    assert not NewsItem.objects.pinned(NOW).exists()


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"published_at": None}, "news_item_published_has_date"),
        ({"slug": "desk"}, "news_item_slug_free"),
        ({"title_en": ""}, "news_item_has_title"),
    ],
)
def test_the_database_refuses_what_cannot_be_shown(fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        factories.NewsItemFactory(**fields)


def test_records_are_named_in_words():
    assert str(NewsItem(title_lt="Naujiena", slug="n")) == "Naujiena"
    assert str(NewsItem(slug="n")) == "n"
    assert str(Event(slug="e")) == "e"
    assert str(Topic()) == str(Attachment()) == ""
    assert str(Topic(name_en="Mobility")) == "Mobility"
    assert str(Attachment(title_en="Paper")) == "Paper"


def test_an_event_without_an_end_lasts_two_hours():
    event = factories.EventFactory(starts_at=NOW)
    assert event.hour_known
    assert event.ends_by == NOW + dt.timedelta(hours=2)


def test_a_day_without_an_hour_is_the_civil_day_of_its_zone():
    event = factories.EventFactory(zone="Europe/Lisbon", starts_at=None, starts_on=dt.date(2026, 10, 25))
    assert not event.hour_known
    assert event.ends_by - event.starts_by == dt.timedelta(hours=25)  # the clocks go back that night
    assert event.first_day == event.last_day == dt.date(2026, 10, 25)
    week = factories.EventFactory(starts_at=None, starts_on=dt.date(2026, 3, 2), ends_on=dt.date(2026, 3, 6))
    assert (week.first_day, week.last_day) == (dt.date(2026, 3, 2), dt.date(2026, 3, 6))


def test_an_event_has_a_moment_or_a_day():
    with pytest.raises(ValueError, match="a moment or a day"):
        Event(slug="x", zone="UTC").save()
    with pytest.raises(IntegrityError, match="news_event_moment_or_date"), transaction.atomic():
        factories.EventFactory(starts_on=dt.date(2026, 1, 1))
    with pytest.raises(IntegrityError, match="news_event_order"), transaction.atomic():
        factories.EventFactory(starts_at=NOW, ends_at=NOW - dt.timedelta(hours=1))


def test_events_are_coming_until_they_end():
    factories.EventFactory(slug="now", starts_at=NOW, ends_at=NOW + dt.timedelta(hours=1))
    assert [e.slug for e in Event.objects.coming(NOW + dt.timedelta(minutes=59))] == ["now"]
    assert [e.slug for e in Event.objects.past(NOW + dt.timedelta(hours=1))] == ["now"]
    assert [e.slug for e in Event.objects.search("event")] == ["now"]
