"""The countdown: right across zones and clock changes, said in words, and silent for screen readers."""

import datetime as dt
import re
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from ground import clock
from tests import factories

pytestmark = pytest.mark.django_db


def clock_at(monkeypatch, now, starts, zone, **more):
    monkeypatch.setattr(clock, "read", lambda: now.astimezone(dt.UTC))
    factories.EventFactory(slug="counted", starts_at=starts, zone=zone, **more)
    page = Client().get("/en/events/counted/").content.decode()
    return re.search(r'<div class="clock".*?</div>\s*</section>', page, re.DOTALL).group()


def figures(html):
    return tuple(
        int(re.search(rf"data-{name}>(\d+)<", html).group(1)) for name in ("days", "hours", "minutes")
    )


@pytest.mark.parametrize(
    ("zone", "now", "starts", "words", "left"),
    [
        ("Europe/Vilnius", (2027, 3, 27, 12), (2027, 3, 28, 12), "tomorrow", (0, 23, 0)),  # clocks go forward
        ("Europe/Vilnius", (2027, 10, 30, 12), (2027, 10, 31, 12), "tomorrow", (1, 1, 0)),  # clocks go back
        ("Europe/Vilnius", (2027, 5, 1, 12), (2027, 5, 4, 11), "in 3 days", (2, 23, 0)),
        ("America/Monterrey", (2027, 5, 1, 23, 30), (2027, 5, 2, 0, 15), "tomorrow", (0, 0, 45)),
        ("Asia/Tokyo", (2027, 5, 2, 0, 15), (2027, 5, 2, 23, 0), "today", (0, 22, 45)),
    ],
)
def test_days_are_those_of_the_place_and_hours_are_those_that_pass(
    monkeypatch, zone, now, starts, words, left
):
    place = ZoneInfo(zone)
    html = clock_at(monkeypatch, dt.datetime(*now, tzinfo=place), dt.datetime(*starts, tzinfo=place), zone)
    assert figures(html) == left
    assert words in html


def test_screen_readers_have_the_sentence_alone(monkeypatch):
    now = dt.datetime(2027, 5, 1, 12, tzinfo=dt.UTC)
    html = clock_at(monkeypatch, now, now + dt.timedelta(days=3), "Europe/Vilnius")
    assert '<dl aria-hidden="true">' in html
    assert "aria-live" not in html
    assert 'role="timer"' not in html
    assert "in 3 days" in html.partition("<dl")[0]


def test_a_cancelled_event_is_not_counted_down(monkeypatch):
    now = dt.datetime(2027, 5, 1, 12, tzinfo=dt.UTC)
    monkeypatch.setattr(clock, "read", lambda: now)
    factories.EventFactory(slug="gone", starts_at=now + dt.timedelta(days=3), cancelled_at=now)
    page = Client().get("/en/events/gone/").content.decode()
    assert "data-countdown" not in page
    assert "does not take place" in page
