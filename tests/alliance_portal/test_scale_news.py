"""News in bulk: the same each time, found as typed ones are, and gone without a trace."""

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from alliance_portal.scale import marks, news
from ground import clock
from news import leading
from news.models import Event, Lead, NewsItem, Topic
from tests import factories

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
COUNT = 60


@pytest.fixture(autouse=True)
def reference(ktu, aveiro, trento):
    """Three universities and a partner."""
    factories.OrganisationFactory()


def made(count=COUNT, seed=1):
    with clock.one_moment(NOON):
        news.generate(count, seed=seed, say=lambda said: None)


def contents():
    columns = ("uuid", "slug", "title_en", "title_lt", "body_lt", "publication", "university__slug", "partner__name",
               "published_at", "topics__slug")  # fmt: skip
    dates = ("uuid", "title_en", "starts_by", "ends_by", "place_en", "is_online", "topics__slug")
    rows = NewsItem.objects.filter(uuid__range=marks.RANGE).order_by("uuid", "topics__slug")
    events = Event.objects.filter(uuid__range=marks.RANGE).order_by("uuid", "topics__slug")
    return list(rows.values_list(*columns)), list(events.values_list(*dates))


def test_the_same_seed_makes_the_same_rows_and_another_one_others():
    made()
    first = contents()
    assert (NewsItem.objects.count(), Event.objects.count()) == (COUNT, COUNT // news.ONE_EVENT_IN)
    news.remove()
    made()
    assert contents() == first
    news.remove()
    made(seed=2)
    assert contents() != first


def vectors(model):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, search::text FROM {model._meta.db_table}")  # noqa: S608
        return {
            key: sorted(entry.partition(":")[0] for entry in said.split()) for key, said in cursor.fetchall()
        }


@pytest.mark.parametrize("model", [NewsItem, Event])
def test_rows_are_found_and_valid_as_if_they_had_been_typed_in(model):
    made()
    written = vectors(model)
    for one in model.objects.all():
        one.full_clean(validate_unique=False)
        one.save()
    assert vectors(model) == written
    connection.check_constraints()


def test_some_events_are_to_come_and_years_are_spread():
    made()
    assert Event.objects.filter(ends_by__gt=NOON).exists()
    assert len({one.published_at.year for one in NewsItem.objects.exclude(published_at=None)}) > 9
    assert not NewsItem.objects.filter(published_at__gt=NOON).exists()


def test_removal_leaves_everything_else(egle):
    real = factories.NewsItemFactory()
    held = factories.EventFactory()
    made()
    live = NewsItem.objects.live().filter(uuid__range=marks.RANGE)
    held.news_item = live[0]
    held.save()
    leading.choose_lead(live[1], by=egle)
    leading.choose_lead(real, by=egle)
    real.topics.add(Topic.objects.get(slug="generated-topic-0"))
    gone = news.remove()
    assert gone == {"events": COUNT // news.ONE_EVENT_IN, "news": COUNT}
    assert list(NewsItem.objects.all()) == [real]
    assert list(Event.objects.all()) == [held]
    assert Lead.objects.get().item == real
    assert [topic.slug for topic in Topic.objects.all()] == ["generated-topic-0"]
    assert news.remove() == {"events": 0, "news": 0}
    connection.check_constraints()


def test_the_command_makes_and_removes(capsys):
    call_command("generate_scale", news=10, verbosity=0)
    assert news.generated() == 10
    with pytest.raises(CommandError, match="remove them first"):
        call_command("generate_scale", news=10, verbosity=0)
    call_command("generate_scale", remove=True)
    assert "10 news removed" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("generate_scale", news=-1)
