"""What a process believes for a moment after it read the shelf."""

import datetime as dt
import time

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler

from ground import clock, finished_recent
from ground.finished import Entry
from ground.finished_front import FinishedPages
from ground.finished_recent import Recent
from ground.finished_shelf import Found
from projects.models import Project
from tests import factories
from tests.ground.test_finished_front import kept, served

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("pages_are_kept")]
MOMENT = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def now(monkeypatch):
    """The process's own clock, which a test turns on."""

    class Now:
        at = 1000.0

        def turn(self, seconds):
            self.at += seconds

    found = Now()
    monkeypatch.setattr(finished_recent.time, "monotonic", lambda: found.at)
    return found


@pytest.fixture
def portal(settings, now):
    settings.FINISHED_PAGES_SECONDS = 0.25
    return FinishedPages(WSGIHandler())


@pytest.fixture
def path():
    return f"/en/projects/{factories.ProjectFactory(title_en='Old words').key}/"


def test_who_asks_at_once_again_asks_the_database_nothing(portal, path, now, django_assert_num_queries):
    drawn = served(portal, path)
    first = served(kept(portal), path)
    now.turn(0.2)
    with django_assert_num_queries(0):
        assert served(portal, path) == first == drawn
    now.turn(0.1)
    with django_assert_num_queries(1):
        assert served(portal, path) == drawn


def test_a_change_shows_within_the_second(portal, path, now):
    served(portal, path)
    served(portal, path)
    Project.objects.update(title_en="New words")
    assert b"Old words" in served(portal, path)[2]
    now.turn(django_settings.FINISHED_PAGES_SECONDS)
    assert b"New words" in served(portal, path)[2]
    assert django_settings.FINISHED_PAGES_SECONDS < 1


def test_what_another_page_was_told_holds_for_all(portal, path, now):
    """Once the process has read a new number, no page of the old one is shown, however young."""
    served(portal, path)
    served(portal, path)
    Project.objects.update(title_en="New words")
    served(portal, "/en/projects/")
    assert b"New words" in served(portal, path)[2]


@pytest.mark.parametrize("cookie", ["csrftoken=x", "x=y", "theme=dark; csrftoken=x", "=x", "nonsense"])
def test_who_may_have_changed_something_sees_it_at_once(portal, path, cookie):
    served(portal, path)
    served(portal, path)
    Project.objects.update(title_en="New words")
    assert b"New words" in served(portal, path, HTTP_COOKIE=cookie)[2]


@pytest.mark.parametrize("cookie", ["theme=dark", f"{django_settings.LANGUAGE_COOKIE_NAME}=lt; theme=light"])
def test_who_chose_a_theme_or_a_language_is_any_visitor(portal, path, cookie):
    served(portal, path)
    served(portal, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FinishedPages, "_find", lambda self, key: pytest.fail("the shelf was asked"))
        assert served(kept(portal), path, HTTP_COOKIE=cookie)[0] == "200 OK"


def entry(number=1, expires=MOMENT + dt.timedelta(seconds=0.1)):
    return Entry(number, expires, (("ETag", "x"),), b"page")


def found(number, kept=None):
    answer = Found(number, MOMENT, None)
    answer.entry = kept
    return answer


def test_a_page_ends_at_its_own_moment(now):
    recent = Recent(0.25)
    recent.note(b"a", found(1, entry()), now.at)
    now.turn(0.09)
    assert recent.find(b"a")
    now.turn(0.02)
    assert recent.find(b"a") is None
    with clock.one_moment(MOMENT):
        assert recent.find(b"a")


def test_its_age_counts_from_before_the_reading(now):
    recent = Recent(0.25)
    recent.note(b"a", found(1, entry(expires=MOMENT + dt.timedelta(days=1))), now.at - 0.24)
    now.turn(0.02)
    assert recent.find(b"a") is None


def test_a_page_that_is_gone_is_forgotten_and_few_are_held(now, monkeypatch):
    recent = Recent(0.25)
    monkeypatch.setattr(finished_recent, "MOST_PAGES", 2)
    for key in (b"a", b"b", b"c"):
        recent.note(key, found(1, entry()), now.at)
    assert [key for key in (b"a", b"b", b"c") if recent.find(key)] == [b"b", b"c"]
    recent.note(b"c", found(1), now.at)
    assert recent.find(b"c") is None


def test_a_clock_that_was_set_back_is_not_believed(now):
    recent = Recent(0.25)
    recent.note(b"a", found(1, entry()), time.monotonic())
    now.turn(-5)
    assert recent.find(b"a") is None
