"""Atom feeds, read by a parser; the sitemap; the picture that a shared address brings along."""

import datetime as dt
import io
import re
from xml.etree import ElementTree

import pytest
from django.test import Client
from PIL import Image

from ground import clock
from news import social
from news.models import Topic
from tests import factories
from tests.news import atom

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


@pytest.mark.parametrize(
    "path",
    ["/feeds/news/en.atom", "/feeds/news/lt.atom", "/feeds/news/lt/topics/mobility.atom",
     "/feeds/news/en/universities/ktu.atom", "/feeds/news/en/topics/empty.atom"],
)  # fmt: skip
def test_a_feed_follows_the_rules_of_atom(told, path):
    Topic.objects.create(slug="empty", name_en="Of nothing yet")
    factories.NewsItemFactory(title_en="A <b>title</b> & \u2028 more", summary_en="<p>x</p>", university=told)
    tree = atom.validated(Client().get(path).content)
    assert tree.get(atom.LANG) == path.split("/")[3][:2]
    for entry in tree.findall("a:entry", ATOM):
        assert entry.find("a:link", ATOM).get("href").startswith("http")


def test_a_summary_is_text_in_every_reader_though_feeds_say_it_is_html(told):
    factories.NewsItemFactory(title_en="Sly", summary_en="<img src=x onerror=alert(1)> & co", university=told)
    tree = atom.validated(Client().get("/feeds/news/en.atom").content)
    entry = next(one for one in tree.findall("a:entry", ATOM) if one.find("a:title", ATOM).text == "Sly")
    summary = entry.find("a:summary", ATOM)
    assert summary.get("type") == "html"
    assert summary.text == "&lt;img src=x onerror=alert(1)&gt; &amp; co"


@pytest.mark.parametrize(
    ("broken", "rule"),
    [
        (lambda text: text.replace("<id>tag:", "<id>"), "an identifier is an IRI"),
        (lambda text: text.replace("<updated>", "<updated>x"), "is no moment"),
        (lambda text: text.replace('rel="self"', 'rel="via"'), "says where it is"),
        (lambda text: re.sub("<author>.*?</author>", "", text, flags=re.DOTALL), "has an author"),
        (
            lambda text: text.replace("<subtitle>", "<summary>").replace("</subtitle>", "</summary>"),
            "have no place",
        ),
    ],
)
def test_a_feed_that_breaks_a_rule_is_noticed(told, broken, rule):
    text = Client().get("/feeds/news/en.atom").content.decode()
    with pytest.raises(AssertionError, match=rule):
        atom.validated(broken(text).encode())


@pytest.mark.parametrize("path", ["/feeds/news/en.atom", "/feeds/events/en.ics"])
@pytest.mark.parametrize("query", ["?page=-1", "?topic=%00", "?x=" + "y" * 5000, "?_=%ED%A0%80"])
def test_parameters_that_nobody_asked_for_change_nothing(told, path, query):
    client = Client()
    assert client.get(path + query).content == client.get(path).content


@pytest.mark.parametrize("path", ["/feeds/news/en.atom", "/feeds/events/en.ics"])
def test_what_has_not_changed_is_not_sent_again(told, path):
    client = Client()
    tag = client.get(path)["ETag"]
    assert client.get(path, headers={"if-none-match": tag}).status_code == 304
    factories.NewsItemFactory(title_en="New")
    factories.EventFactory(title_en="New", starts_at=clock.now() + dt.timedelta(days=1))
    assert client.get(path, headers={"if-none-match": tag}).status_code == 200


def test_one_page_has_every_feed_and_calendar_and_each_opens(told, django_assert_num_queries):
    for code in ("en", "lt"):
        with django_assert_num_queries(2):  # the universities, the topics
            text = Client().get(f"/{code}/feeds/").content.decode()
        found = set(re.findall(r'href="(/feeds/[^"]+)"', text))
        assert {f"/feeds/news/{code}.atom", f"/feeds/events/{code}.ics"} < found
        assert f"/feeds/news/{code}/topics/mobility.atom" in found
        assert f"/feeds/factsheets/{code}/{told.slug}.ics" in found
        for path in found:
            assert Client().get(path).status_code == 200, path


@pytest.mark.parametrize(
    ("path", "feed_of"),
    [
        ("/en/", "/feeds/news/en.atom"), ("/lt/news/", "/feeds/news/lt.atom"),
        ("/en/news/?topic=mobility", "/feeds/news/en/topics/mobility.atom"),
        ("/en/news/?university=ktu", "/feeds/news/en/universities/ktu.atom"),
        ("/en/universities/ktu/", "/feeds/news/en/universities/ktu.atom"), ("/en/feeds/", "/feeds/news/en.atom"),
        ("/en/events/", "/feeds/events/en.ics"), ("/en/events/?university=ktu", "/feeds/events/en/university/ktu.ics"),
    ],
)  # fmt: skip
def test_a_page_tells_programs_of_its_feed(told, path, feed_of):
    head = Client().get(path).content.decode().partition("</head>")[0]
    links = re.findall(
        r'<link rel="alternate" type="(?:application/atom\+xml|text/calendar)"[^>]*href="([^"]+)"', head
    )
    assert any(link.endswith(feed_of) for link in links)


@pytest.mark.parametrize(
    "path",
    ["/feeds/news/xx.atom", "/feeds/news/en/universities/nowhere.atom", "/feeds/news/en/topics/nothing.atom",
     "/feeds/news/xx/topics/mobility.atom", "/feeds/events/xx.ics", "/feeds/events/en/university/nowhere.ics",
     "/feeds/events/en/topic/nothing.ics", f"/feeds/news/en/topics/{'x' * 500}.atom"],
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
