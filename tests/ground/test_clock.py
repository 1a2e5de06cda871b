import datetime as dt

import pytest

from ground import clock

pytestmark = pytest.mark.django_db


def test_the_moment_is_read_once_per_block(django_assert_num_queries):
    with clock.one_moment(), django_assert_num_queries(1):
        assert clock.now() == clock.now()


def test_outside_of_a_block_time_goes_on():
    assert clock.now() < clock.now()


def test_a_fixed_moment_holds():
    moment = dt.datetime(2026, 3, 1, 22, 30, tzinfo=dt.UTC)
    with clock.one_moment(moment):
        assert clock.today("Europe/Vilnius") == dt.date(2026, 3, 2)
        assert clock.today("Europe/Lisbon") == dt.date(2026, 3, 1)


@pytest.mark.parametrize(
    ("day", "begins"),
    [
        (dt.date(2026, 3, 29), dt.datetime(2026, 3, 28, 22, tzinfo=dt.UTC)),
        (dt.date(2026, 3, 30), dt.datetime(2026, 3, 29, 21, tzinfo=dt.UTC)),
        (dt.date(2026, 10, 25), dt.datetime(2026, 10, 24, 21, tzinfo=dt.UTC)),
        (dt.date(2026, 10, 26), dt.datetime(2026, 10, 25, 22, tzinfo=dt.UTC)),
    ],
)
def test_a_day_begins_by_its_zone_over_both_clock_changes(day, begins):
    assert clock.day_begins(day, "Europe/Vilnius") == begins
