"""Atom feeds, read by a parser; the sitemap; the picture that a shared address brings along."""

import datetime as dt
import io
from xml.etree import ElementTree

import pytest
from django.test import Client
from PIL import Image

from ground import clock
from news import social
from news.models import Topic
from tests import factories

pytestmark = pytest.mark.django_db
ATOM = {"a": "http://www.w3.org/2005/Atom"}


def feed(path):
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own answer


def titles(tree):
    return {entry.find("a:title", ATOM).text for entry in tree.findall("a:entry", ATOM)}


@pytest.fixture
def told(ktu, aveiro):
    topic = Topic.objects.create(slug="mobility", name_en="Mobility", name_lt="Mobilumas")
    own = factories.NewsItemFactory(title_en="Own", title_lt="Sava", university=ktu)
    own.topics.add(topic)
    about = factories.NewsItemFactory(title_en="About", title_lt="Apie", university=aveiro)
    about.universities.add(ktu)
    factories.NewsItemFactory(title_en="Neither", title_lt="Nė vienas")
    factories.NewsItemFactory(title_en="Hidden", university=ktu, publication="draft", published_at=None)
    factories.NewsItemFactory(
        title_en="Later", university=ktu, published_at=clock.now() + dt.timedelta(days=1)
    )
    return ktu


def test_feeds_are_for_all_for_a_member_and_for_a_topic_in_both_languages(told):
    assert titles(feed("/feeds/news/en.atom")) == {"Own", "About", "Neither"}
    assert titles(feed(f"/feeds/news/lt/universities/{told.slug}.atom")) == {"Sava", "Apie"}
    assert titles(feed(f"/feeds/news/en/universities/{told.slug}.atom")) == {"Own", "About"}
    assert titles(feed("/feeds/news/lt/topics/mobility.atom")) == {"Sava"}


@pytest.mark.parametrize("path", ["/feeds/news/en.atom", "/feeds/news/lt/topics/mobility.atom"])
def test_a_feed_has_what_atom_asks_for(told, path):
    """RFC 4287, 4.1: id, title and updated of the feed and of each entry; an author; links that lead somewhere."""
    tree = feed(path)
    for one in (tree, *tree.findall("a:entry", ATOM)):
        for name in ("id", "title", "updated"):
            assert len(one.findall(f"a:{name}", ATOM)) == 1
            assert one.find(f"a:{name}", ATOM).text
        assert dt.datetime.fromisoformat(one.find("a:updated", ATOM).text).tzinfo
    ids = [entry.find("a:id", ATOM).text for entry in tree.findall("a:entry", ATOM)]
    assert len(set(ids)) == len(ids) > 0
    for entry in tree.findall("a:entry", ATOM):
        assert entry.find("a:author/a:name", ATOM).text
        assert entry.find("a:link", ATOM).get("href").startswith("http")


@pytest.mark.parametrize(
    "path",
    ["/feeds/news/xx.atom", "/feeds/news/en/universities/nowhere.atom", "/feeds/news/en/topics/nothing.atom",
     "/feeds/news/xx/topics/mobility.atom"],
)  # fmt: skip
def test_what_is_no_feed_is_told_in_plain_text(told, path):
    response = Client().get(path)
    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/plain")


def test_an_entry_says_when_it_changed_last(told, at):
    with at(clock.now() + dt.timedelta(hours=2)):
        later = clock.now()
        factories.NewsItemFactory(title_en="New")
        tree = feed("/feeds/news/en.atom")
    assert dt.datetime.fromisoformat(tree.find("a:updated", ATOM).text) >= later.replace(microsecond=0)


def test_the_sitemap_has_published_news_in_both_languages_with_their_last_change(told):
    text = Client().get("/sitemap.xml").content.decode()
    for item, there in (("Own", True), ("Hidden", False), ("Later", False)):
        from news.models import NewsItem

        slug = NewsItem.objects.get(title_en=item).slug
        assert (f"/en/news/{slug}/</loc>" in text and f"/lt/news/{slug}/</loc>" in text) is there
    assert f"<lastmod>{clock.now():%Y-%m-%d}" in text


def test_a_shared_address_brings_a_picture_of_its_title(client):
    item = factories.NewsItemFactory(slug="story", title_en="A title " * 20, title_lt="Žąsų šaukštas")
    page = client.get("/lt/news/story/").content.decode()
    path = page.partition('property="og:image" content="')[2].partition('"')[0].partition("/pictures/")[2]
    assert 'rel="canonical"' in page
    assert 'hreflang="en"' in page
    response = client.get(f"/pictures/{path}")
    assert response["Content-Type"] == "image/png"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    with Image.open(io.BytesIO(response.content)) as drawn:
        assert drawn.size == (1200, 630)
    assert len(response.content) < 60_000
    assert client.get("/pictures/news/en/story/0000.png")["Location"].endswith(f"{social.digest(item)}.png")
    assert client.get("/pictures/news/xx/story/0000.png").status_code == 404


@pytest.mark.parametrize("title", ["x" * 200, "W" * 200, "ą", "a " * 99, "<script>", "🙂 مرحبا"])
def test_any_title_can_be_drawn(title):
    assert social.png(factories.NewsItemFactory(title_en=title)).startswith(b"\x89PNG")


def test_the_picture_of_a_draft_is_nobodys(client):
    item = factories.NewsItemFactory(slug="story", publication="draft", published_at=None)
    assert client.get(f"/pictures/news/en/story/{social.digest(item)}.png").status_code == 404
