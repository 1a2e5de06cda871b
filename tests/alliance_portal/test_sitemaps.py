from xml.etree import ElementTree

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
NS = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


def test_public_pages_stand_in_the_sitemap_in_both_languages_and_drafts_do_not(ktu):
    factories.NewsItemFactory(slug="open-news")
    factories.NewsItemFactory(slug="hidden-news", publication="draft", published_at=None)
    factories.ProjectFactory(code="HIDDEN-1", publication="draft")
    response = Client().get("/sitemap.xml")
    assert response.status_code == 200
    tree = ElementTree.fromstring(response.content)  # noqa: S314 - our own answer
    pages = {url.find("s:loc", NS).text.split("testserver")[1]: url for url in tree.findall("s:url", NS)}
    assert {"/en/", "/lt/", "/en/universities/ktu/", "/lt/news/open-news/"} <= pages.keys()
    assert not any("hidden" in page for page in pages)
    languages = {link.get("hreflang") for link in pages["/lt/news/open-news/"].findall("x:link", NS)}
    assert languages == {"en", "lt", "x-default"}


def test_robots_are_kept_from_sign_in_and_told_of_the_sitemap(settings):
    text = Client().get("/robots.txt").content.decode()
    assert "Disallow: /en/accounts/" in text
    assert f"Sitemap: {settings.BASE_URL}/sitemap.xml" in text
