import re

import pytest

from alliance_portal.pages.queue_troubles import mask
from audit.models import Event
from ground import clock
from notifications import reports
from notifications.failures import WORDS, Reason
from notifications.models import Brake, Message
from notifications.reports import Told
from tests import factories
from tests.notifications.conftest import say

pytestmark = pytest.mark.django_db
PAGE = "/en/messages/"
QUERIES = 9


def settled_as(state, person, **more):
    message = say(person)
    Message.objects.filter(pk=message.pk).update(state=state, **more)
    message.refresh_from_db()
    return message


@pytest.fixture
def office(client, egle):
    client.force_login(egle)
    return client


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_as_many_queries_for_three_as_for_one(
    office, dainius, rows, django_assert_num_queries
):
    for _ in range(rows):
        person = factories.UserFactory()
        settled_as("failed", person, error="550 5.1.1")
        settled_as("uncertain", person)
        say(person)
        back = settled_as("sent", person, data_at=clock.read(), sent_at=clock.read())
        assert reports.take(Told(back.uuid, person.email, "gone", "mail"))
    office.get(PAGE)
    with django_assert_num_queries(QUERIES):
        page = office.get(PAGE)
    assert page.status_code == 200


def test_addresses_are_masked_but_for_administrators(office, client, dainius, laima):
    failed = settled_as("failed", dainius, error=f"550 5.1.1 <{dainius.email}> unknown")
    text = office.get(PAGE).content.decode()
    assert dainius.email not in text
    assert "d…@people.example" in text
    assert "550 5.1.1" in text
    client.force_login(laima)
    assert dainius.email in client.get(PAGE).content.decode()
    assert failed.state == "failed"


def test_the_office_asks_for_one_address_and_it_is_written_down(office, client, dainius, bruno, egle, ruta):
    failed = settled_as("failed", dainius, error=f"550 5.1.1 <{dainius.email}> unknown")
    settled_as("uncertain", bruno)
    sent = settled_as("sent", bruno, data_at=clock.read(), sent_at=clock.read())
    way = f"{PAGE}{failed.uuid}/address/"
    assert way in office.get(PAGE).content.decode()
    text = office.post(way).content.decode()
    assert dainius.email in text
    assert bruno.email not in text
    assert "It is written down that you read this address." in text
    assert dainius.email not in office.get(PAGE).content.decode()
    line = Event.objects.get(verb="notifications.show_address")
    assert (line.subject_uuid, line.actor) == (failed.uuid, egle)
    assert dainius.email not in str(line.details)
    assert office.post(f"{PAGE}{sent.uuid}/address/").status_code == 404
    assert office.get(way)["Location"] == PAGE
    client.force_login(ruta)
    assert client.post(way).status_code == 404
    assert Event.objects.filter(verb="notifications.show_address").count() == 1


def test_the_address_of_what_came_back_can_be_asked_for(office, dainius):
    back = settled_as("sent", dainius, data_at=clock.read(), sent_at=clock.read())
    assert reports.take(Told(back.uuid, dainius.email, "gone", "mail"))
    assert dainius.email in office.post(f"{PAGE}{back.uuid}/address/").content.decode()


@pytest.mark.parametrize(("address", "shown"), [("ana@x.example", "a…@x.example"), ("", ""), ("nobody", "")])
def test_a_masked_address_shows_where_not_who(address, shown):
    assert mask(address) == shown


@pytest.mark.parametrize(
    ("decision", "before", "after", "verb"),
    [
        ("again", "failed", "due", "notifications.try_again"),
        ("arrived", "uncertain", "sent", "notifications.arrived"),
        ("resend", "uncertain", "due", "notifications.send_again"),
    ],
)
def test_a_person_decides_and_it_is_written_down(office, egle, dainius, decision, before, after, verb):
    message = settled_as(before, dainius, data_at=clock.read())
    assert office.post(f"{PAGE}{message.uuid}/{decision}/").status_code == 302
    message.refresh_from_db()
    assert message.state == after
    event = Event.objects.get(verb=verb)
    assert (event.actor, event.subject_uuid) == (egle, message.uuid)
    assert office.post(f"{PAGE}{message.uuid}/{decision}/").status_code == 404
    assert Event.objects.filter(verb=verb).count() == 1


@pytest.mark.parametrize(
    ("decision", "state"), [("again", "uncertain"), ("arrived", "failed"), ("resend", "failed")]
)
def test_a_decision_about_another_state_changes_nothing(office, dainius, decision, state):
    message = settled_as(state, dainius)
    page = office.post(f"{PAGE}{message.uuid}/{decision}/", follow=True)
    assert "Nothing was changed" in page.content.decode()
    message.refresh_from_db()
    assert message.state == state
    assert not Event.objects.filter(verb__startswith="notifications.").exists()


def test_an_unknown_decision_is_not_there(office, dainius):
    message = settled_as("failed", dainius)
    assert office.post(f"{PAGE}{message.uuid}/forget/").status_code == 404


def test_a_stop_is_seen_and_released_without_what_is_ticked(office, dainius):
    say(dainius)
    Brake.objects.create(pulled_at=clock.read(), volume=900, limit=500)
    text = office.get(PAGE).content.decode()
    assert "Sending has stopped" in text
    assert re.search(r'name="discard" value="projects.period_ends"', text)
    page = office.post(
        f"{PAGE}release/", {"discard": ["projects.period_ends", "\x00", "x" * 5000]}, follow=True
    )
    assert "Sending goes on. 1 message was discarded." in page.content.decode()
    assert Message.objects.get(kind="projects.period_ends").state == "cancelled"
    assert Event.objects.get(verb="notifications.release").details["discarded"] == 1
    assert "Sending was not stopped any more." in office.post(f"{PAGE}release/", follow=True).content.decode()


@pytest.mark.parametrize(
    ("error", "what"),
    [
        ("550 5.1.1 no such person", "There is no such address"),
        ("550 no such person", "There is no such address"),
        ("The provider refuses the address: 422: x", "There is no such address"),
        ("552 5.2.2 over quota", "The mailbox is full"),
        ("554 5.7.1 listed", "refuses the portal"),
        ("550 5.7.26 not signed", "refuses the portal"),
        ("553 5.1.8 bad sender", "refuses the portal"),
        ("451 4.7.1 greylisted", "could not be reached for days"),
        ("TimeoutError: timed out", "could not be reached for days"),
        ("BadAddress: This is not one e-mail address.", "What is kept as the address is not one"),
        ("WordingFailed: x", "could not be put into words"),
        ("Postmark 422: strange, version 2.5.1.1.9 of 1550", "The message was refused."),
        ("", "The message was refused."),
    ],
)
def test_a_failure_is_told_in_plain_words_with_what_to_do(office, dainius, error, what):
    settled_as("failed", dainius, error=error)
    assert what in office.get(PAGE).content.decode()


def test_every_reason_has_words():
    assert set(WORDS) == set(Reason)


@pytest.mark.parametrize("outcome", ["gone", "returned", "complained"])
def test_what_came_back_later_is_shown_with_its_reason(office, client, dainius, laima, outcome):
    message = settled_as("sent", dainius, data_at=clock.read(), sent_at=clock.read())
    assert reports.take(
        Told(message.uuid, dainius.email, outcome, "mail", said=f"552 5.2.2 {dainius.email} full")
    )
    text = office.get(PAGE).content.decode()
    assert "Came back after it was sent" in text
    assert {"gone": "no such address", "returned": "mailbox is full", "complained": "as unwanted"}[
        outcome
    ] in text
    assert dainius.email not in text
    record = f"/admin/accounts/user/{dainius.pk}/change/"
    assert record not in text, "only who keeps people's records is led there"
    client.force_login(laima)
    text = client.get(PAGE).content.decode()
    assert dainius.email in text
    assert record in text


def test_others_find_no_such_page(client, dainius):
    client.force_login(dainius)
    message = settled_as("failed", dainius)
    assert client.get(PAGE).status_code == 404
    assert client.post(f"{PAGE}{message.uuid}/again/").status_code == 404
    assert client.post(f"{PAGE}release/").status_code == 404
    message.refresh_from_db()
    assert message.state == "failed"


def test_my_work_leads_the_office_to_it(office):
    assert 'href="/en/messages/"' in office.get("/en/my-work/").content.decode()


def test_monitors_read_ages_and_nothing_else(client, dainius):
    say(dainius)
    text = client.get("/metrics").content.decode()
    assert re.fullmatch(r"portal_oldest_due_message_seconds \d+\n", text)
