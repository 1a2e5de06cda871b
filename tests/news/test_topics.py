"""Topics, kept by the office in the portal."""

import pytest

from news.models import Topic
from tests import factories
from tests.news.test_desk import client_of

pytestmark = pytest.mark.django_db


def test_the_office_adds_renames_and_removes_topics(egle):
    client = client_of(egle)
    assert (
        client.post(
            "/en/news/topics/", {"name_en": "Open science", "name_lt": "Atvirasis mokslas"}
        ).status_code
        == 302
    )
    topic = Topic.objects.get()
    assert (topic.slug, topic.name_lt) == ("open-science", "Atvirasis mokslas")
    client.post("/en/news/topics/open-science/", {"name_en": "Open research", "name_lt": "Atvirasis mokslas"})
    topic.refresh_from_db()
    assert (topic.slug, topic.name_en) == ("open-science", "Open research")
    item = factories.NewsItemFactory()
    item.topics.add(topic)
    client.post("/en/news/topics/open-science/remove/")
    assert Topic.objects.exists()
    item.topics.clear()
    client.post("/en/news/topics/open-science/remove/")
    assert not Topic.objects.exists()


@pytest.mark.parametrize(
    "names",
    [
        {"name_en": "", "name_lt": "x"},
        {"name_en": "!!", "name_lt": "!!"},
        {"name_en": "Taken", "name_lt": "x"},
    ],
)
def test_a_topic_without_names_or_twice_is_refused(egle, names):
    Topic.objects.create(slug="taken", name_en="Taken")
    assert client_of(egle).post("/en/news/topics/", names).status_code == 422
    assert Topic.objects.count() == 1


@pytest.mark.parametrize("persona", ["ieva", "dainius", "ana"])
def test_others_keep_no_topics(request, persona):
    client = client_of(request.getfixturevalue(persona))
    assert client.get("/en/news/topics/").status_code == 404
    assert client.post("/en/news/topics/", {"name_en": "X", "name_lt": "X"}).status_code == 404
    assert not Topic.objects.exists()
