import datetime as dt

import pytest
from django.urls import reverse

from ground import clock
from notifications import kinds, outbox
from notifications.models import InboxItem, Preference
from tests.notifications.conftest import PERIOD, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client, dainius):
    client.force_login(dainius, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def address(name, item=None):
    return reverse(f"notifications:{name}", args=[item.uuid] if item else [])


def test_nobody_has_an_inbox(client):
    response = client.get(address("inbox"))
    assert response.status_code == 302
    assert reverse("account_login") in response["Location"]


def test_an_empty_inbox_says_what_will_come(reader):
    page = reader.get(address("inbox")).content.decode()
    assert "No messages yet" in page
    assert "You have read everything." in page


def test_the_inbox_shows_what_is_new_in_the_language_of_the_page(reader, dainius):
    say(dainius)
    page = reader.get(address("inbox")).content.decode()
    assert "1 message is new." in page
    assert "S-NET-24-50 ends on" in page
    lithuanian = reader.get("/lt/inbox/").content.decode()
    assert "Narystė Europos" in lithuanian


def test_a_settled_item_says_so_and_is_not_new(reader, dainius):
    message = say(dainius)
    outbox.settle(message.subject_kind, message.subject_uuid, kinds=[message.kind])
    page = reader.get(address("inbox")).content.decode()
    assert ">settled</span>" in page
    assert "You have read everything." in page


def test_the_inbox_shows_nothing_of_others_and_nothing_of_tomorrow(reader, dainius, ana):
    say(ana, subject=("x", ana.uuid, "FOREIGN-1"))
    say(dainius, subject=("x", ana.uuid, "TOMORROW-1"), not_before=clock.now() + dt.timedelta(days=1))
    page = reader.get(address("inbox")).content.decode()
    assert "FOREIGN-1" not in page
    assert "TOMORROW-1" not in page


def test_what_a_name_holds_is_text(reader, dainius):
    say(dainius, subject=("x", dainius.uuid, "<script>alert(1)</script>"))
    page = reader.get(address("inbox")).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_an_item_that_cannot_be_worded_is_still_named(reader, dainius):
    say(dainius, context={})
    InboxItem.objects.update(kind="gone.kind")
    assert "S-NET-24-50" in reader.get(address("inbox")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_inbox_costs_the_same_for_one_item_and_for_three(
    reader, dainius, count, django_assert_num_queries
):
    for _ in range(count):
        say(dainius)
    reader.get(address("inbox"))
    with django_assert_num_queries(5):  # session, person, counts, items, appointments
        reader.get(address("inbox"))


def test_deep_pages_are_reached_by_cursors(reader, dainius):
    for number in range(30):
        say(dainius, subject=("x", dainius.uuid, f"NUMBER-{number:02d}"))
    first = reader.get(address("inbox"))
    assert len(first.context["shown"]) == 25
    second = reader.get(address("inbox"), {"after": first.context["page"].after})
    assert [shown.item.subject_name for shown in second.context["shown"]] == [
        f"NUMBER-{n:02d}" for n in (4, 3, 2, 1, 0)
    ]


@pytest.mark.parametrize("cursor", ["x", "", "a" * 5000, "W1tdLFtdXQ", "\x00"])
def test_a_broken_cursor_is_no_error_of_ours(reader, cursor):
    assert reader.get(address("inbox"), {"after": cursor}).status_code in (200, 404)


def test_opening_marks_as_read_and_leads_to_the_thing(reader, dainius):
    item = say(dainius).inbox_item
    response = reader.post(address("open", item))
    assert response["Location"] == "/en/projects/s-net-24-50/"
    item.refresh_from_db()
    assert item.read_at
    assert "You have read everything." in reader.get(address("inbox")).content.decode()


def test_opening_what_has_no_address_leads_back(reader, dainius):
    item = say(dainius).inbox_item
    InboxItem.objects.update(kind="gone.kind")
    assert reader.post(address("open", item))["Location"] == address("inbox")


def test_reading_twice_keeps_the_first_moment(reader, dainius):
    item = say(dainius).inbox_item
    reader.post(address("read", item))
    item.refresh_from_db()
    first = item.read_at
    assert reader.post(address("read", item)).status_code == 302
    item.refresh_from_db()
    assert item.read_at == first


def test_all_can_be_read_at_once_and_only_ones_own(reader, dainius, ana):
    say(dainius)
    say(dainius)
    say(ana)
    tomorrow = say(dainius, not_before=clock.now() + dt.timedelta(days=1)).inbox_item
    reader.post(address("read_all"))
    assert InboxItem.objects.unread().filter(user=dainius).get() == tomorrow
    assert InboxItem.objects.unread().filter(user=ana).count() == 1


@pytest.mark.parametrize("name", ["open", "read"])
def test_items_of_others_are_not_there(reader, ana, name):
    item = say(ana).inbox_item
    assert reader.post(address(name, item)).status_code == 404
    item.refresh_from_db()
    assert item.read_at is None


@pytest.mark.parametrize("name", ["open", "read", "read_all"])
def test_reading_is_never_a_get(reader, dainius, name):
    item = say(dainius).inbox_item
    assert reader.get(address(name, None if name == "read_all" else item)).status_code == 405


def test_what_can_be_switched_off_is_offered_and_the_rest_is_named(reader):
    page = reader.get(address("preferences")).content.decode()
    assert "End of a funding period" in page
    assert "projects_period_ends" in page
    assert "Sign-in and account" in page
    assert "account_mail" not in page


def test_what_ends_by_its_own_link_is_not_said_to_have_no_end(reader):
    fixed = reader.get(address("preferences")).context["fixed"]
    assert fixed
    assert "news.newsletter_issue" not in [kind.name for kind in fixed]
    assert not any(kind.leave for kind in fixed)


def answers(**more):
    fields = {kind.name.replace(".", "_"): "at_once" for kind in kinds.optional_kinds()}
    return fields | {"digest_at": "08:00", "weekly_on": "0", "quiet_from": "", "quiet_until": ""} | more


def test_a_choice_is_kept_and_can_be_changed(reader, dainius):
    for choice in ("off", "daily", "weekly", "at_once", "off"):
        response = reader.post(address("preferences"), answers(projects_period_ends=choice))
        assert response.status_code == 302
        assert Preference.objects.get(user=dainius, kind=PERIOD).delivery == choice
    assert "selected" in reader.get(address("preferences")).content.decode()


@pytest.mark.parametrize("choice", ["", "hourly", "<b>", "off\x00", "x" * 500])
def test_a_choice_that_is_not_offered_is_refused_and_nothing_is_kept(reader, choice):
    response = reader.post(address("preferences"), answers(projects_period_ends=choice))
    assert response.status_code == 422
    assert not Preference.objects.exists()


def test_what_is_part_of_an_act_cannot_be_switched_off(reader, dainius):
    reader.post(address("preferences"), answers(account_mail="off"))
    assert not Preference.objects.filter(kind="account.mail").exists()
