"""Filters of the inbox, reading, and putting off."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from ground import clock
from notifications import actions, outbox
from notifications.models import InboxItem, MailTimes
from tests.notifications.conftest import PERIOD, say

pytestmark = pytest.mark.django_db
DUE = "projects.milestone_due"
MORNING = dt.datetime(2026, 3, 27, 10, 0, tzinfo=dt.UTC)  # a Friday; clocks change on Sunday


@pytest.fixture
def reader(client, dainius):
    client.force_login(dainius, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def inbox(reader):
    def names(**query):
        page = reader.get(reverse("notifications:inbox"), query)
        assert page.status_code == 200
        return [shown.item.subject_name for shown in page.context["shown"]]

    return names


def item(person, name, kind=PERIOD, **more):
    from notifications import kinds

    sample = kinds.find(kind).sample
    return outbox.enqueue(
        kind, to=person, subject=(f"x.{name}", person.uuid, name), context=sample, **more
    ).inbox_item


def way(name, one):
    return reverse(f"notifications:{name}", args=[one.uuid])


def test_filters_leave_what_they_say(inbox, dainius, reader):
    old, asks, _settled, later = (
        item(dainius, name, kind)
        for name, kind in (("OLD", PERIOD), ("ASKS", DUE), ("SETTLED", DUE), ("LATER", PERIOD))
    )
    reader.post(way("read", old))
    outbox.settle("x.SETTLED", dainius.uuid, kinds=[DUE])
    actions.snooze(later, until=clock.today("UTC") + dt.timedelta(days=3), by=dainius)
    assert inbox() == ["SETTLED", "ASKS", "OLD"]
    assert inbox(show="unread") == ["ASKS"]
    assert inbox(show="asking") == ["ASKS"]
    assert inbox(show="snoozed") == ["LATER"]
    assert inbox(of="projects.period_ends") == ["OLD"]
    assert inbox(of="projects") == ["SETTLED", "ASKS", "OLD"]
    assert inbox(of="members") == []
    assert inbox(show="unread", of="projects.period_ends") == []
    tabs = reader.get(reverse("notifications:inbox")).context["tabs"]
    assert [tab.count for tab in tabs] == [3, 1, 1, 1]
    assert asks.pk


def test_a_topic_is_offered_only_where_something_of_it_is_there(reader, dainius):
    item(dainius, "NOW")
    item(dainius, "ASKS", DUE)
    later = item(dainius, "LATER", "projects.changed")
    offered = reader.get(reverse("notifications:inbox")).context["topics"]
    assert "projects.changed" in [choice.value for choice in offered]
    InboxItem.objects.filter(pk=later.pk).update(visible_from=clock.now() + dt.timedelta(hours=1))
    offered = reader.get(reverse("notifications:inbox")).context["topics"]
    assert [choice.value for choice in offered] == ["projects", DUE, PERIOD]


@pytest.mark.parametrize("query", [{"show": "x"}, {"of": "nobody.said"}, {"of": "proj"}, {"show": "\x00"},
                                   {"of": "a" * 5000}, {"after": "x"}])  # fmt: skip
def test_what_no_page_of_ours_asks_is_not_there(reader, query):
    assert reader.get(reverse("notifications:inbox"), query).status_code == 404


@pytest.mark.parametrize(("show", "words"), [("", "No messages yet"), ("unread", "Nothing new"),
                                             ("asking", "Nothing asks for anything"),
                                             ("snoozed", "Nothing is put off")])  # fmt: skip
def test_an_empty_part_says_what_helps(reader, show, words):
    assert words in reader.get(reverse("notifications:inbox"), {"show": show}).content.decode()


def test_read_and_unread_lead_back_to_where_they_were_pressed(reader, dainius):
    one = item(dainius, "ONE")
    response = reader.post(way("read", one) + "?show=unread&of=projects&evil=1")
    assert response["Location"] == "/en/inbox/?show=unread&of=projects"
    reader.post(way("unread", one))
    one.refresh_from_db()
    assert one.read_at is None


def test_what_is_settled_is_not_made_new_again(reader, dainius):
    one = item(dainius, "ONE")
    outbox.settle("x.ONE", dainius.uuid, kinds=[PERIOD])
    reader.post(way("unread", one))
    one.refresh_from_db()
    assert one.read_at


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"until": "tomorrow"}, "2026-03-28T06:00"),
        ({"until": "next_week"}, "2026-03-30T05:00"),  # the clocks have changed meanwhile
        ({"until": "day", "day": "2026-03-29"}, "2026-03-29T05:00"),
        ({"until": "day", "day": "1.4.2026"}, "2026-04-01T05:00"),
    ],
)
def test_what_is_put_off_comes_back_as_new_at_the_persons_hour(reader, dainius, inbox, data, expected):
    type(dainius).objects.filter(pk=dainius.pk).update(zone="Europe/Vilnius")
    back = dt.datetime.fromisoformat(expected).replace(tzinfo=dt.UTC)
    with clock.one_moment(MORNING):
        one = item(dainius, "ONE")
        reader.post(way("read", one))
        assert reader.post(way("snooze", one), data).status_code == 302
        assert inbox() == []
    with clock.one_moment(back - dt.timedelta(seconds=1)):
        assert inbox() == []
        assert inbox(show="snoozed") == ["ONE"]
    with clock.one_moment(back):
        assert inbox(show="unread") == ["ONE"]
        assert inbox(show="snoozed") == []
        reader.post(way("read", one))
        assert inbox(show="unread") == []


def test_it_comes_back_at_the_time_of_the_persons_digests(dainius):
    MailTimes.objects.create(user=dainius, digest_at=dt.time(16, 45))
    type(dainius).objects.filter(pk=dainius.pk).update(zone="Europe/Lisbon")
    dainius.refresh_from_db()
    with clock.one_moment(MORNING):
        moment = actions.snooze(item(dainius, "ONE"), until=dt.date(2026, 3, 28), by=dainius)
    assert moment == dt.datetime(2026, 3, 28, 16, 45, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "day", ["", "2026-02-30", "2026-03-27", "2026-03-01", "2027-03-29", "9999-12-31", "x", "\x00"]
)
def test_a_day_that_does_not_fit_is_said_beside_the_field(reader, dainius, day):
    with clock.one_moment(MORNING):
        one = item(dainius, "ONE")
        response = reader.post(way("snooze", one), {"until": "day", "day": day})
    assert response.status_code == 422
    one.refresh_from_db()
    assert one.snoozed_until is None


@pytest.mark.parametrize("data", [{}, {"until": "never"}, {"until": ["tomorrow", "x"]}])
def test_no_way_to_put_off_is_refused(reader, dainius, data):
    assert reader.post(way("snooze", item(dainius, "ONE")), data).status_code == 422


def test_what_is_put_off_can_be_brought_back_and_opened_without_being_read(reader, dainius, inbox):
    one = item(dainius, "ONE")
    reader.post(way("snooze", one), {"until": "tomorrow"})
    assert reader.post(way("open", one))["Location"].startswith("/en/projects/")
    assert inbox() == []
    reader.post(way("wake", one))
    assert inbox(show="unread") == ["ONE"]


def test_what_settles_itself_while_put_off_comes_back_settled(dainius, inbox):
    one = item(dainius, "ONE", DUE)
    actions.snooze(one, until=clock.today("UTC") + dt.timedelta(days=3), by=dainius)
    outbox.settle("x.ONE", dainius.uuid, kinds=[DUE])
    assert inbox() == ["ONE"]
    assert inbox(show="unread") == inbox(show="snoozed") == []


def test_a_settled_one_cannot_be_put_off(reader, dainius):
    one = item(dainius, "ONE")
    outbox.settle("x.ONE", dainius.uuid, kinds=[PERIOD])
    page = reader.post(way("snooze", one), {"until": "tomorrow"}, follow=True).content.decode()
    assert "nothing to put off" in page
    one.refresh_from_db()
    assert one.snoozed_until is None


@pytest.mark.parametrize("name", ["unread", "snooze", "wake"])
def test_items_of_others_are_not_there(reader, ana, name):
    assert reader.post(way(name, item(ana, "FOREIGN")), {"until": "tomorrow"}).status_code == 404


@pytest.mark.parametrize(
    "fields",
    [{"snoozed_until": MORNING}, {"snoozed_until": MORNING, "visible_from": MORNING, "settled_at": MORNING},
     {"snoozed_until": MORNING, "visible_from": MORNING, "read_at": MORNING - dt.timedelta(days=1)},
     {"snoozed_until": MORNING, "visible_from": MORNING, "created_at": MORNING}],
)  # fmt: skip
def test_the_database_refuses_what_is_put_off_by_half(dainius, fields):
    one = item(dainius, "ONE")
    InboxItem.objects.filter(pk=one.pk).update(created_at=MORNING - dt.timedelta(days=2))
    with pytest.raises(IntegrityError), transaction.atomic():
        InboxItem.objects.filter(pk=one.pk).update(**fields)


def test_the_page_to_put_off_shows_what_it_is_about(reader, dainius):
    one = say(dainius).inbox_item
    page = reader.get(way("snooze", one)).content.decode()
    assert "S-NET-24-50 ends on" in page
    assert "Until tomorrow" in page
