"""How many letters registrations may cause."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test import Client

from news.newsletter import clients
from news.registering import calm, coming
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def events(count):
    return [factories.AdmissionFactory(capacity=None).event for _n in range(count)]


def ask(event, email="once@mail.example"):
    coming.ask(event, email=email, name="Ona", answers={}, language="en")


def test_one_address_gets_so_many_letters_an_hour_and_no_more(at):
    *first, last = events(calm.MOST_LETTERS + 1)
    with at(NOW):
        for event in first:
            ask(event)
        with pytest.raises(calm.TooMany, match="Many letters"):
            ask(last, "ONCE@mail.example")
        ask(last, "another@mail.example")
    with at(NOW + calm.SPAN + dt.timedelta(minutes=1)):
        ask(last)


def test_an_address_that_others_type_gets_so_many_letters_a_day_and_no_more(at):
    *many, last = events(calm.MOST_UNASKED + 1)
    for n, event in enumerate(many):
        with at(NOW + n * dt.timedelta(hours=1)):
            ask(event)
    with at(NOW + dt.timedelta(hours=23)), pytest.raises(calm.TooMany, match="tomorrow"):
        ask(last)
    with at(NOW + calm.DAY + dt.timedelta(minutes=1)):
        ask(last)


def test_a_visitor_behind_the_same_proxy_is_another_visitor(settings, monkeypatch):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    monkeypatch.setattr(clients, "MOST", 1)
    sent = {
        "email": "a@mail.example",
        "language": "en",
        "rhythm": "weekly",
        "alliance": "on",
        "consent": "on",
    }

    def status_for(visitor):
        forwarded = f"203.0.113.66, {visitor}"  # what a visitor claims comes first and counts for nothing
        return (
            Client(REMOTE_ADDR="10.0.0.1")
            .post("/en/news/newsletter/", sent, HTTP_X_FORWARDED_FOR=forwarded)
            .status_code
        )

    assert [status_for(one) for one in ("192.0.2.1", "192.0.2.1", "192.0.2.2")] == [200, 429, 200]


def test_who_registers_and_cancels_in_turn_is_slowed_down_but_may_always_cancel(ana):
    [event] = events(1)
    with pytest.raises(calm.TooMany):  # noqa: PT012
        for _n in range(calm.MOST_LETTERS):
            coming.cancel(coming.register(event, by=ana, answers={}, language="en"))
    assert Message.objects.count() == calm.MOST_LETTERS


@pytest.mark.django_db(transaction=True)
def test_letters_asked_for_at_once_are_counted_one_after_the_other(monkeypatch):
    monkeypatch.setattr(calm, "MOST_LETTERS", 3)
    chosen, refused = events(8), []
    barrier = threading.Barrier(len(chosen))

    def run(event):
        try:
            barrier.wait()
            ask(event)
        except calm.TooMany as error:
            refused.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(event,)) for event in chosen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Message.objects.count(), len(refused)) == (3, 5)


def test_the_page_says_when_to_try_again_and_keeps_what_was_typed(monkeypatch):
    monkeypatch.setattr(calm, "MOST_LETTERS", 1)
    one, other = events(2)
    typed = {"name": "Ona", "email": "once@mail.example"}
    assert Client().post(f"/en/events/{one.slug}/register/", typed).status_code == 200
    answer = Client().post(f"/en/events/{other.slug}/register/", typed)
    assert answer.status_code == 429
    page = answer.content.decode()
    assert "try again in an hour" in page
    assert 'value="once@mail.example"' in page
    assert other.registrations.count() == 0


def test_one_client_asks_for_so_many_letters_and_another_is_not_held_up(monkeypatch):
    monkeypatch.setattr(calm, "MOST_ASKED", 2)
    [event] = events(1)

    def sent(number, address):
        data = {"name": "Ona", "email": f"p{number}@mail.example"}
        return Client(REMOTE_ADDR=address).post(f"/en/events/{event.slug}/register/", data).status_code

    assert [sent(n, "192.0.2.1") for n in range(4)] == [200, 200, 429, 429]
    assert sent(9, "192.0.2.2") == 200


def test_an_account_is_told_the_same_way(ana, monkeypatch):
    monkeypatch.setattr(calm, "MOST_LETTERS", 1)
    one, other = events(2)
    client = Client()
    client.force_login(ana, backend=BACKEND)
    assert client.post(f"/en/events/{one.slug}/register/").status_code == 302
    assert client.post(f"/en/events/{other.slug}/register/").status_code == 429
