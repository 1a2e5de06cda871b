"""Calendar files, read back by another library than the one that wrote them."""

import datetime as dt
import uuid
from zoneinfo import ZoneInfo

import pytest
import vobject
from dateutil.rrule import rruleset, rrulestr
from django.test import Client
from django.urls import reverse

from ground import clock
from news.happening import writing
from news.happening.times import When, when_of
from news.models import Event, Repeats, Topic
from news.models.series import rule_dates
from news.registering import coming
from notifications import tokens
from projects.dates_feed import PURPOSE
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
VILNIUS = "Europe/Vilnius"


@pytest.fixture(autouse=True)
def held_moment(monkeypatch):
    """The clock that a request reads stands at NOW."""
    monkeypatch.setattr(clock, "read", lambda: NOW)


def read(path):
    response = Client().get(path)
    assert response.status_code == 200
    vars(vobject.icalendar)["__tzidMap"].clear()  # it would take the zone of the first file for all
    vobject.icalendar.registerTzid("UTC", dt.UTC)
    return vobject.readOne(response.content.decode())


def entries(book):
    return list(book.contents.get("vevent", []))


def weekly(ieva, ktu, egle, **more):
    when = When(VILNIUS, dt.date(2027, 3, 16), dt.time(18), None, dt.time(19))
    fields = {"repeats": "weekly", "until": dt.date(2027, 4, 20), "skipped": [dt.date(2027, 4, 6)]} | more
    event = writing.create(
        by=ieva, token=uuid.uuid4(), university=ktu, when=fields.pop("when", when), title_en="Language café",
        place_en="Library", **fields,
    )  # fmt: skip
    writing.advance(event, "hand_in", by=ieva)
    return writing.advance(event, "publish", by=egle)


def test_every_line_is_folded_and_ends_as_the_standard_says():
    factories.EventFactory(
        slug="long", title_lt="Ąžuolas " * 25, title_en="Ąžuolas " * 25, starts_at=NOW + DAY
    )
    raw = Client().get("/en/events/long/calendar.ics").content
    assert raw.replace(b"\r\n", b"").count(b"\n") == 0
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    assert entries(vobject.readOne(raw.decode()))[0].summary.value.strip() == ("Ąžuolas " * 25).strip()


def test_the_same_content_gives_the_same_bytes_and_a_change_raises_the_number(ieva, ktu):
    event = factories.EventFactory(slug="same", starts_at=NOW + DAY, university=ktu)
    path = "/en/events/same/calendar.ics"
    first = Client().get(path).content
    assert Client().get(path).content == first
    before = entries(read(path))[0]
    writing.change(event, by=ieva, version=1, when=when_of(event), title_en="Another")
    after = entries(read(path))[0]
    assert after.uid.value == before.uid.value == f"{event.uuid}@127.0.0.1"
    assert int(after.sequence.value) == int(before.sequence.value) + 1


def test_subscriptions_are_for_all_for_a_university_and_for_a_topic(ktu, aveiro):
    topic = Topic.objects.create(slug="x", name_en="X")
    factories.EventFactory(title_en="Ours", university=ktu, starts_at=NOW + DAY).topics.add(topic)
    factories.EventFactory(title_en="Shared", university=aveiro, starts_at=NOW + DAY).universities.add(ktu)
    factories.EventFactory(title_en="Theirs", university=aveiro, starts_at=NOW + DAY)
    factories.EventFactory(title_en="Draft", university=ktu, publication="draft").topics.add(topic)

    def names(path):
        return {entry.summary.value for entry in entries(read(path))}

    assert names("/feeds/events/en.ics") == {"Ours", "Shared", "Theirs"}
    assert names("/feeds/events/en/university/ktu.ics") == {"Ours", "Shared"}
    assert names("/feeds/events/en/topic/x.ics") == {"Ours"}


@pytest.mark.parametrize(
    "path",
    ["/feeds/events/xx/university/ktu.ics", "/feeds/events/en/university/nothing.ics", "/feeds/events/en/topic/%00.ics",
     "/feeds/events/en/topic/nothing.ics", "/en/events/nothing/calendar.ics", "/feeds/events/en/topic/.ics"],
)  # fmt: skip
def test_a_wrong_address_is_not_there(path, ktu):
    assert Client().get(path).status_code == 404


def test_a_calendar_that_has_not_changed_is_not_sent_again():
    factories.EventFactory(starts_at=NOW + DAY)
    first = Client().get("/feeds/events/en.ics")
    assert Client().get("/feeds/events/en.ics", headers={"If-None-Match": first["ETag"]}).status_code == 304


def test_a_subscription_costs_the_same_with_one_event_and_with_three(django_assert_num_queries):
    for number in (1, 2):
        for _n in range(number):
            factories.EventFactory(starts_at=NOW + DAY)
        with django_assert_num_queries(1):
            read("/feeds/events/en.ics")


# Series


def occurrences(book):
    """The moments that the rule gives, worked out by another library (dateutil) in the zone that the file tells."""
    (master,) = [entry for entry in entries(book) if "rrule" in entry.contents]
    begins = master.dtstart.value
    found = rruleset()
    found.rrule(rrulestr(master.rrule.value, dtstart=begins))
    for left_out in master.contents.get("exdate", []):
        for one in left_out.value:
            found.exdate(one)
    return list(found)


def test_a_series_is_one_entry_with_its_rule_and_keeps_its_hour_across_clock_changes(ieva, ktu, egle):
    weekly(ieva, ktu, egle)
    book = read("/feeds/events/en.ics")
    (entry,) = entries(book)
    days = [one.astimezone(ZoneInfo(VILNIUS)) for one in occurrences(book)]
    assert [(one.day, one.month, one.hour) for one in days] == [
        (16, 3, 18), (23, 3, 18), (30, 3, 18), (13, 4, 18), (20, 4, 18),
    ]  # fmt: skip
    assert [one.astimezone(dt.UTC) for one in occurrences(book)] == sorted(
        Event.objects.values_list("starts_at", flat=True)
    )
    assert entry.uid.value.startswith(str(Event.objects.first().series.uuid))
    assert "VTIMEZONE" in Client().get("/feeds/events/en.ics").content.decode()


def test_a_moved_and_a_cancelled_date_are_entries_of_their_own_in_the_series(ieva, ktu, egle):
    weekly(ieva, ktu, egle)
    rows = list(Event.objects.order_by("starts_at"))
    later = When(VILNIUS, dt.date(2027, 3, 24), dt.time(20), None, dt.time(21))
    writing.change(rows[1], by=ieva, version=3, when=later)
    writing.cancel(rows[2], by=ieva)
    book = read(f"/en/events/{rows[0].slug}/calendar.ics?series")
    changed = {
        entry.recurrence_id.value.day: entry for entry in entries(book) if "recurrence-id" in entry.contents
    }
    assert set(changed) == {23, 30}
    assert changed[23].dtstart.value.astimezone(ZoneInfo(VILNIUS)).hour == 20
    assert changed[30].status.value == "CANCELLED"
    assert {entry.uid.value for entry in entries(book)} == {f"{rows[0].series.uuid}@127.0.0.1"}
    assert len({entry.sequence.value for entry in entries(book)}) == 1


def test_one_date_of_a_series_alone_has_no_rule(ieva, ktu, egle):
    event = weekly(ieva, ktu, egle)
    (entry,) = entries(read(f"/en/events/{event.slug}/calendar.ics"))
    assert "rrule" not in entry.contents
    assert entry.uid.value == f"{event.uuid}@127.0.0.1"


def test_days_without_an_hour_come_again_as_days(ieva, ktu, egle):
    weekly(ieva, ktu, egle, when=When(VILNIUS, dt.date(2027, 3, 16)))
    book = read("/feeds/events/en.ics")
    (entry,) = entries(book)
    assert entry.dtstart.value == dt.date(2027, 3, 16)
    days = [one.date() if isinstance(one, dt.datetime) else one for one in entry.getrruleset(addRDate=True)]
    assert days == [dt.date(2027, 3, d) for d in (16, 23, 30)] + [dt.date(2027, 4, d) for d in (13, 20)]


@pytest.mark.parametrize("repeats", Repeats.values)
@pytest.mark.parametrize("first", [dt.date(2026, 1, 31), dt.date(2026, 12, 8), dt.date(2027, 10, 29)])
def test_the_rule_that_is_told_gives_the_dates_that_are_kept(repeats, first, ieva, ktu, egle):
    until = first + 300 * DAY
    when = When(VILNIUS, first, dt.time(18), None, dt.time(19))
    weekly(ieva, ktu, egle, when=when, repeats=repeats, until=until, skipped=[])
    book = read(f"/en/events/{Event.objects.first().slug}/calendar.ics?series")
    days = [one.astimezone(ZoneInfo(VILNIUS)).date() for one in occurrences(book)]
    assert days == rule_dates(repeats, first, until)


# One's own


def test_the_personal_calendar_has_the_events_for_which_one_is_registered(ana, ktu):
    mine, wait = (
        factories.AdmissionFactory(event__title_en=name, event__starts_at=NOW + DAY, capacity=1).event
        for name in ("Mine", "Waited for")
    )
    factories.EventFactory(title_en="Of others", starts_at=NOW + DAY)
    coming.register(wait, by=factories.UserFactory(), answers={}, language="en")
    for event in (mine, wait):
        coming.register(event, by=ana, answers={}, language="en")
    path = reverse("project_calendar", args=[tokens.issue(ana, PURPOSE)])
    told = {entry.summary.value: entry.status.value for entry in entries(read(path))}
    assert told == {"Mine": "CONFIRMED", "On the waiting list: Waited for": "TENTATIVE"}
    coming.cancel(mine.registrations.get(user=ana))
    assert "Mine" not in {entry.summary.value for entry in entries(read(path))}
