"""Statements that are put together once for all visitors say what they would say if they were put together anew."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from alliance_portal.pages import asking
from alliance_portal.pages.asking import First, Number
from alliance_portal.pages.looks import LOOKS
from ground import clock
from ground.search import Words
from tests import factories

MOMENT = dt.datetime(2026, 5, 1, 10, 30, tzinfo=dt.UTC)
WANTED = [Number(1000), Number(1), First(5, True, True), First(2, False, False)]
WORDS = [
    Words(("wind",)), Words(("wind",), (("wine", "mind"),)), Words(("wind", "farm")),
    Words(("wind", "farm"), ((), ("form",))), Words(tuple(f"word{n}" for n in range(12))),
]  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_is_kept():
    asking._for_visitors.cache_clear()


@pytest.mark.parametrize("language", ["en", "lt"])
@pytest.mark.parametrize("wanted", WANTED)
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.key)
def test_a_kept_statement_is_the_one_that_would_be_made_anew(look, wanted, language):
    visitor = AnonymousUser()
    with translation.override(language):
        for number, words in enumerate(WORDS * 2):
            with clock.one_moment(MOMENT + dt.timedelta(hours=number)):
                assert asking.statement(look, words, visitor, wanted) == asking._made(
                    look, words, visitor, wanted
                )
    assert asking._for_visitors.cache_info().misses == 3  # one word, two, twelve


@pytest.mark.django_db
@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.key)
def test_nothing_is_kept_of_what_persons_ask_and_they_get_nothing_that_was_kept(look, ana, dainius, egle):
    with clock.one_moment(MOMENT):
        asking.statement(look, WORDS[0], AnonymousUser(), WANTED[0])
        before = asking._for_visitors.cache_info()
        for person in (ana, dainius, egle):
            assert asking.statement(look, WORDS[0], person, WANTED[0]) == asking._made(
                look, WORDS[0], person, WANTED[0]
            )
    assert asking._for_visitors.cache_info() == before


@pytest.mark.django_db
def test_who_waits_for_a_moment_sees_what_it_brings(at, client):
    """The moment is none of the kept statement's."""
    factories.NewsItemFactory(title_en="Narwhal", published_at=MOMENT)
    for moved, expected in ((-1, False), (1, True), (-1, False)):
        with at(MOMENT + dt.timedelta(minutes=moved)):
            page = client.get("/en/search/", {"q": "narwhal"}).content.decode()
            assert ("1 result" in page) is expected
