"""Digest times and quiet hours are what the person's clock shows, over both changes of the clocks."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from notifications import times
from notifications.models import MailTimes, Preference
from tests import factories

DAILY, WEEKLY = Preference.Delivery.DAILY, Preference.Delivery.WEEKLY
VILNIUS = "Europe/Vilnius"


def utc(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def clock_time(text):
    return dt.time.fromisoformat(text) if text else None


@pytest.mark.parametrize(
    ("day", "time", "last", "expected"),
    [
        ("2026-01-10", "08:00", False, "2026-01-10T06:00"),
        ("2026-07-10", "08:00", False, "2026-07-10T05:00"),
        ("2026-03-29", "03:30", False, "2026-03-29T01:00"),  # clocks go from 03:00 to 04:00
        ("2026-03-29", "03:30", True, "2026-03-29T01:00"),
        ("2026-03-29", "03:00", False, "2026-03-29T01:00"),
        ("2026-03-29", "04:00", False, "2026-03-29T01:00"),
        ("2026-10-25", "03:30", False, "2026-10-25T00:30"),  # clocks go from 04:00 to 03:00
        ("2026-10-25", "03:30", True, "2026-10-25T01:30"),
    ],
)
def test_a_civil_time_is_one_moment_also_where_it_is_left_out_or_comes_twice(day, time, last, expected):
    found = times.moment_at(dt.date.fromisoformat(day), clock_time(time), VILNIUS, last=last)
    assert found == utc(expected)


def test_a_day_that_a_zone_left_out_is_the_moment_at_which_it_was_jumped_over():
    assert times.moment_at(dt.date(2011, 12, 30), dt.time(8), "Pacific/Apia") == utc("2011-12-30T10:00")


@pytest.mark.parametrize(
    ("begins", "ends", "now", "expected"),
    [
        ("22:00", "07:00", "2026-01-10T19:59", None),
        ("22:00", "07:00", "2026-01-10T20:00", "2026-01-11T05:00"),
        ("22:00", "07:00", "2026-01-11T04:59", "2026-01-11T05:00"),
        ("22:00", "07:00", "2026-01-11T05:00", None),
        ("13:00", "14:00", "2026-07-10T10:30", "2026-07-10T11:00"),
        ("22:00", "07:00", "2026-03-29T00:30", "2026-03-29T04:00"),  # a night of 8 hours
        ("22:00", "07:00", "2026-10-24T22:00", "2026-10-25T05:00"),  # a night of 10 hours
        ("22:00", "03:30", "2026-03-29T00:59", "2026-03-29T01:00"),  # its end is not shown by any clock
        ("22:00", "03:30", "2026-03-29T01:00", None),
        ("03:15", "03:45", "2026-03-29T01:00", None),  # all of it is left out
        (
            "22:00",
            "03:30",
            "2026-10-25T00:45",
            "2026-10-25T01:30",
        ),  # its end comes twice: the second one counts
        (
            "03:30",
            "06:00",
            "2026-10-25T00:30",
            "2026-10-25T04:00",
        ),  # its beginning comes twice: the first one counts
        ("03:30", "06:00", "2026-10-25T01:10", "2026-10-25T04:00"),
        (None, None, "2026-10-25T01:10", None),
    ],
)
def test_quiet_hours_end_at_the_moment_that_the_clock_shows(begins, ends, now, expected):
    own = MailTimes(quiet_from=clock_time(begins), quiet_until=clock_time(ends))
    assert times.quiet_end(own, VILNIUS, utc(now)) == (utc(expected) if expected else None)


@pytest.mark.parametrize(
    ("delivery", "now", "expected"),
    [
        (DAILY, "2026-01-10T05:59", "2026-01-10T06:00"),
        (DAILY, "2026-01-10T06:00", "2026-01-11T06:00"),
        (DAILY, "2026-03-28T06:00", "2026-03-29T05:00"),
        (DAILY, "2026-10-24T05:00", "2026-10-25T06:00"),
        (WEEKLY, "2026-01-10T05:59", "2026-01-14T06:00"),
        (WEEKLY, "2026-01-14T05:59", "2026-01-14T06:00"),
        (WEEKLY, "2026-01-14T06:00", "2026-01-21T06:00"),
    ],
)
def test_the_next_digest_comes_at_the_persons_hour(delivery, now, expected):
    own = MailTimes(digest_at=dt.time(8), weekly_on=2)
    assert times.next_digest(own, delivery, VILNIUS, utc(now)) == utc(expected)


def test_a_digest_in_an_hour_that_comes_twice_comes_once():
    own = MailTimes(digest_at=dt.time(3, 30))
    first = times.next_digest(own, DAILY, VILNIUS, utc("2026-10-24T12:00"))
    assert first == utc("2026-10-25T00:30")
    assert times.next_digest(own, DAILY, VILNIUS, first) == utc("2026-10-26T01:30")


@pytest.mark.django_db
def test_the_zone_is_the_profiles_else_the_home_universitys_else_the_portals(settings):
    nobody = factories.UserFactory(zone="")
    assert times.zone_of(nobody) == settings.TIME_ZONE
    university = factories.UniversityFactory(zone="Europe/Lisbon")
    student = factories.AppointmentFactory(role="student", university=university, user__zone="").user
    assert times.zone_of(student) == "Europe/Lisbon"
    student.zone = "Europe/Dublin"
    assert times.zone_of(student) == "Europe/Dublin"
    for unknown in ("Mars/Olympus", "../../etc/passwd", "\x00", "/etc/localtime"):
        student.zone = unknown
        assert times.zone_of(student) == "Europe/Lisbon"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [{"weekly_on": 7}, {"quiet_from": dt.time(1)}, {"quiet_until": dt.time(1)},
     {"quiet_from": dt.time(1), "quiet_until": dt.time(1)}],
)  # fmt: skip
def test_the_database_refuses_times_that_say_nothing(ana, fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        MailTimes.objects.create(user=ana, **fields)
