"""Account mails in our own words: what to do first, how long it works, why it came, and nobody's name."""

import re

import pytest
from django.core import mail
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
NEW = {
    "email": "new@people.example",
    "name": "WIN A PRIZE www.bad.example",
    "password1": "long-and-invented-1",
    "password2": "long-and-invented-1",
}
MOMENT = re.compile(r"\d{1,2} \w+ \d{4}, \d\d:\d\d \(Vilnius time\)")


def lines_of(message):
    return [line for line in message.body.splitlines() if line.strip()]


def sent(path, fields, language="en"):
    Client().post(f"/{language}/accounts/{path}/", fields)
    (message,) = mail.outbox
    assert "Hello" not in message.body
    assert "BAD.EXAMPLE" not in (message.subject + message.body).upper()  # a stranger can type any name
    return message


def test_a_code_comes_first_with_its_lifetime():
    message = sent("signup", NEW)
    assert re.fullmatch(r"Confirm your e-mail address until .+", message.subject)
    assert MOMENT.search(message.subject)
    code, what, why, *_rest = lines_of(message)
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", code)
    assert what.startswith("Type this code on the page that you have open. It works for 15 minutes, until ")
    assert MOMENT.search(what)
    assert "this address was given for an account" in why


def test_a_known_address_is_told_to_sign_in():
    factories.UserFactory(email=NEW["email"], name="Ana Bandomoji")
    message = sent("signup", NEW)
    assert message.subject == "You already have an account"
    what, link, why, *_rest = lines_of(message)
    assert what.startswith("Sign in as always")
    assert link.endswith("/en/accounts/password/reset/")
    assert "your account is unchanged" in why
    assert "Bandomoji" not in message.body


def test_a_forgotten_password_gets_one_link_with_its_end():
    factories.UserFactory(email=NEW["email"], name="Ana Bandomoji", zone="Europe/Lisbon")
    message = sent("password/reset", {"email": NEW["email"]})
    assert message.subject.startswith("Set a new password until ")
    assert "(Lisbon time)" in message.subject
    what, link, why, *_rest = lines_of(message)
    assert what.startswith("Open this page and choose a new password. The link works once, until ")
    assert Client().get(link.partition("testserver")[2], follow=True).status_code == 200
    assert "your password stays as it is" in why
    assert message.body.count("http") == 1
    assert "Bandomoji" not in message.body


def test_an_unknown_address_is_told_so():
    message = sent("password/reset", {"email": NEW["email"]})
    assert message.subject == "There is no account with this address"
    what, link, why, *_rest = lines_of(message)
    assert what.startswith("Ask for the link with another address of yours")
    assert link.endswith("/en/accounts/signup/")
    assert "it has no account" in why


@pytest.mark.parametrize(
    ("path", "fields", "known", "begin"),
    [
        ("signup", NEW, False, "Patvirtinkite"), ("signup", NEW, True, "Paskyrą jau turite"),
        ("password/reset", {"email": NEW["email"]}, True, "Nustatykite"),
        ("password/reset", {"email": NEW["email"]}, False, "Paskyros su šiuo adresu nėra"),
    ],
)  # fmt: skip
def test_the_mails_are_lithuanian_on_lithuanian_pages(path, fields, known, begin):
    if known:
        factories.UserFactory(email=NEW["email"])
    message = sent(path, fields, "lt")
    assert message.subject.startswith(begin)
    assert "You get this message" not in message.body
    assert "Šį pranešimą gaunate, nes" in message.body


def test_the_changed_address_of_an_account_gets_a_code_too(ana):
    client = Client()
    client.force_login(ana, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post("/en/accounts/email/", {"email": "other@people.example", "action_add": ""})
    (message,) = mail.outbox
    assert message.to == ["other@people.example"]
    assert re.fullmatch(r"[A-Z0-9]{4}-[A-Z0-9]{4}", lines_of(message)[0])
