import re
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client

from alliance_portal.pages import sitemaps
from news.models import NewsItem
from tests import factories

pytestmark = pytest.mark.django_db
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def tree_of(path):
    response = Client().get(path)
    assert response.status_code == 200
    return ElementTree.fromstring(response.content)  # noqa: S314 - our own answer


def pages_of(path="/sitemap.xml"):
    """Each address without its host, with what is said of it."""
    rows = tree_of(path).findall("s:url", NS)
    return {urlsplit(url.find("s:loc", NS).text).path: url for url in rows}


def test_public_pages_stand_in_the_sitemap_in_both_languages_and_drafts_do_not(ktu):
    factories.NewsItemFactory(slug="open-news")
    factories.NewsItemFactory(slug="hidden-news", publication="draft", published_at=None)
    factories.ProjectFactory(code="HIDDEN-1", publication="draft")
    pages = pages_of()
    assert {"/en/", "/lt/", "/en/universities/ktu/", "/lt/news/open-news/", "/en/feeds/"} <= pages.keys()
    assert not any("hidden" in page for page in pages)
    languages = {link.get("hreflang") for link in pages["/lt/news/open-news/"].findall("x:link", NS)}
    assert languages == {"en", "lt", "x-default"}


def test_every_address_of_the_sitemap_opens_for_a_visitor_and_so_do_the_others_that_it_names(records):
    pages, client = pages_of(), Client()
    kinds = {re.sub(r"^/(en|lt)/", "", page).split("/")[0] for page in pages}
    assert {"projects", "universities", "mobility", "funding", "news", "events", "about", "feeds"} <= kinds
    for page, said in pages.items():
        response = client.get(page)
        assert response.status_code == 200, page
        named = {urlsplit(link.get("href")).path for link in said.findall("x:link", NS)}
        assert {f"/{code}{page[3:]}" for code, _name in settings.LANGUAGES} < named
        assert page[3:] in named
        assert client.get(page[3:]).status_code in (200, 302)
    for hidden in (records.draft_project.key, records.draft_news.slug, records.draft_event.slug):
        assert not any(f"/{hidden}/" in page for page in pages)


def test_each_record_says_when_it_changed_where_that_is_known(records):
    pages = pages_of()
    for page in (f"/en/news/{records.news.slug}/", f"/en/events/{records.event.slug}/"):
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", pages[page].find("s:lastmod", NS).text)


def test_a_large_sitemap_is_a_list_of_files_that_have_everything_once(ktu, monkeypatch):
    factories.NewsItemFactory.create_batch(5)
    whole = pages_of()
    monkeypatch.setattr(sitemaps.BothLanguages, "limit", 2)
    tree = tree_of("/sitemap.xml")
    assert tree.tag.endswith("sitemapindex")
    files = [urlsplit(one.text) for one in tree.iter(f"{{{NS['s']}}}loc")]
    found = [page for file in files for page in pages_of(f"{file.path}?{file.query}")]
    assert sorted(found) == sorted(whole)
    assert sum("/sitemap-news.xml" in file.path for file in files) == 3


def test_a_file_reads_only_what_stands_in_it(ktu, monkeypatch):
    factories.NewsItemFactory.create_batch(5)
    monkeypatch.setattr(sitemaps.BothLanguages, "limit", 2)
    read = []
    made = NewsItem.from_db.__func__

    def note(cls, *args):
        read.append(args)
        return made(cls, *args)

    monkeypatch.setattr(NewsItem, "from_db", classmethod(note))
    assert len(pages_of("/sitemap-news.xml?p=2")) == 4
    assert len(read) == 2


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sitemap.xml?p=99", 404),
        ("/sitemap-news.xml?p=x", 404),
        ("/sitemap-news.xml?p=-1", 404),
        ("/sitemap-x.xml", 404),
    ],
)
def test_a_file_that_is_not_there_is_not_found(path, status):
    assert Client().get(path).status_code == status


def test_robots_are_kept_from_sign_in_and_told_of_the_sitemap(settings):
    text = Client().get("/robots.txt").content.decode()
    assert "Disallow: /en/accounts/" in text
    assert f"Sitemap: {settings.BASE_URL}/sitemap.xml" in text
