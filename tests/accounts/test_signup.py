import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connections
from django.test import Client

from accounts.adapter import AccountAdapter
from accounts.models import User
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db
SIGNUP = "/en/accounts/signup/"
CODE = "/en/accounts/confirm-email/"
GOOD = {
    "email": "new@people.example",
    "name": "Nauja Pavyzdė",
    "password1": "long-and-invented-1",
    "password2": "long-and-invented-1",
}


def code_in(message):
    return re.search(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4})\s*$", message.body, re.M)[1]


def test_a_person_signs_up_with_a_code_and_is_told_what_comes_next():
    client = Client()
    response = client.post(SIGNUP, GOOD)
    assert response.status_code == 302
    assert "_auth_user_id" not in client.session  # not signed in before the address is proved
    assert [message.to for message in mail.outbox] == [["new@people.example"]]
    response = client.post(response["Location"], {"code": code_in(mail.outbox[0])}, follow=True)
    assert response.redirect_chain[-1][0] == "/en/universities/join/"  # the first step that follows sign-up
    assert "new@people.example" in response.content.decode()
    assert "Your account has no role yet" in client.get("/en/my-work/").content.decode()
    person = User.objects.get(email="new@people.example")
    assert (person.name, person.language) == ("Nauja Pavyzdė", "en")


def test_a_wrong_code_signs_nobody_in_and_too_many_end_the_attempt():
    client = Client()
    page = client.post(SIGNUP, GOOD)["Location"]
    for _attempt in range(4):
        response = client.post(page, {"code": "ZZZZ-ZZZZ"})
        assert "_auth_user_id" not in client.session
        if response.status_code == 302:
            break
        assert "Error: " in response.content.decode()
    assert client.post(page, {"code": code_in(mail.outbox[0])}).status_code == 302
    assert "_auth_user_id" not in client.session


def test_an_address_that_has_an_account_is_not_told_apart_from_a_new_one():
    factories.UserFactory(email="known@people.example")
    answers = []
    for email in ("known@people.example", "unknown@people.example"):
        response = Client().post(SIGNUP, GOOD | {"email": email}, follow=True)
        text = response.content.decode().replace(email, "ADDRESS")
        answers.append((response.redirect_chain, re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", text)))
    assert answers[0] == answers[1]
    assert "already" in mail.outbox[0].body


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer():
    factories.UserFactory(email="known@people.example")
    texts = set()
    for email in ("known@people.example", "unknown@people.example"):
        response = Client().post("/en/accounts/login/", {"login": email, "password": "wrong-invented"})
        text = response.content.decode().replace(email, "ADDRESS")
        texts.add((response.status_code, re.sub(r'(csrfmiddlewaretoken" value=")[^"]+', r"\1", text)))
    assert len(texts) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "no address"}, {"email": ""}, {"name": ""}, {"name": "x" * 201}, {"name": "a\x00b"},
        {"password1": "short", "password2": "short"}, {"password2": "another-invented-1"},
        {"password1": "password1234", "password2": "password1234"}, {"email": "a@b.example\nBcc: x@y.example"},
        {"email": "a\x00@b.example"}, {"email": "a@b\u202e.example"}, {"name": "Ana\nBcc"}, {"name": "Ana\tB"},
        {"name": "\u202eanA"}, {"name": "An\ufffd"}, {"name": "An\x1ba"},
        {"email": "a" * 230 + "@people.example"}, {"email": "a" * 65 + "@b.example"},
        {"email": "a@" + "people." * 36 + "example"}, {"email": "a@" + "b" * 63 + "." + "people." * 33 + "example"},
        {"email": "a@" + "ū." * 50 + "example"},
    ],
)  # fmt: skip
def test_bad_input_makes_no_account_and_sends_nothing(fields):
    response = Client().post(SIGNUP, GOOD | fields)
    assert response.status_code == 422
    assert "Error: " in response.content.decode()
    assert not User.objects.exists()
    assert mail.outbox == []


def test_a_person_who_may_not_sign_in_any_more_does_not():
    person = factories.UserFactory(email="gone@people.example", is_active=False)
    client = Client()
    client.post("/en/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    assert "_auth_user_id" not in client.session


class Counting(MD5PasswordHasher):
    """Counts the passwords that were hashed."""

    done: ClassVar[list[str]] = []

    def encode(self, password, salt):
        self.done.append(password)
        return super().encode(password, salt)


def test_a_known_address_costs_as_many_hashed_passwords_as_a_new_one(settings):
    factories.UserFactory(email="known@people.example")
    settings.PASSWORD_HASHERS = [f"{__name__}.Counting"]
    counts = []
    for email in ("known@people.example", "unknown@people.example"):
        Counting.done.clear()
        Client().post(SIGNUP, GOOD | {"email": email})
        counts.append(len(Counting.done))
    assert counts == [1, 1]


def test_an_address_that_two_take_at_once_makes_one_account_and_no_difference(monkeypatch):
    """The other account appears after this form saw none: the constraint of the database decides."""
    save = AccountAdapter.save_user

    def overtaken(adapter, request, user, form, commit=True):
        factories.UserFactory(email="New@people.example")
        return save(adapter, request, user, form, commit)

    factories.UserFactory(email="known@people.example")
    known = Client().post(SIGNUP, GOOD | {"email": "known@people.example"})
    monkeypatch.setattr(AccountAdapter, "save_user", overtaken)
    response = Client().post(SIGNUP, GOOD)
    assert (response.status_code, response["Location"]) == (known.status_code, known["Location"])
    assert mail.outbox[1].subject == mail.outbox[0].subject
    assert User.objects.filter(email__iexact="new@people.example").count() == 0  # made and undone with it


@pytest.mark.django_db(transaction=True)
def test_twelve_sign_ups_at_once_with_one_address_make_one_account():
    ready = threading.Barrier(12)

    def sign_up(_number):
        client = Client()
        ready.wait()
        try:
            return client.post(SIGNUP, GOOD).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(12) as people:
        statuses = set(people.map(sign_up, range(12)))
    assert statuses <= {302, 429}  # 429: a code for this address was sent a moment ago
    assert User.objects.filter(email=GOOD["email"]).count() == 1
    assert EmailAddress.objects.filter(email=GOOD["email"]).count() == 1


@pytest.mark.parametrize("url", [SIGNUP, "/en/accounts/login/", "/en/accounts/password/reset/"])
def test_a_form_with_errors_comes_back_as_422(url):
    assert Client().get(url).status_code == 200
    response = Client().post(url, {})
    assert response.status_code == 422
    assert "Error: " in response.content.decode()


@pytest.mark.parametrize(("seconds", "words"), [(900, "works for 15 minutes."), (60, "works for 1 minute.")])
def test_the_page_of_the_code_says_for_how_long_it_works_as_the_mail_does(seconds, words, settings):
    settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = seconds
    client = Client()
    page = client.post(SIGNUP, GOOD, follow=True).content.decode()
    assert f"The code {words}" in page
    assert f"It {words[:-1]}, until" in mail.outbox[0].body


def test_a_wrong_code_comes_back_as_422():
    client = Client()
    page = client.post(SIGNUP, GOOD)["Location"]
    assert client.get(page).status_code == 200
    assert client.post(page, {"code": "ZZZZ-ZZZZ"}).status_code == 422


def test_too_many_attempts_stay_429():
    client = Client()
    answers = {client.post(SIGNUP, {"email": "x"}).status_code for _n in range(22)}
    assert answers == {422, 429}


@pytest.mark.parametrize("email", ["a" * 230 + "@b.example", "a" * 65 + "@b.example"])
def test_a_forgotten_password_of_no_possible_address_is_a_fault_beside_the_field(email, settings):
    settings.EMAIL_BACKEND = "notifications.mail.OutboxBackend"
    response = Client().post("/en/accounts/password/reset/", {"email": email})
    assert response.status_code == 422
    assert "at most 254 characters" in response.content.decode()
    assert not Message.objects.exists()


@pytest.mark.parametrize("email", ["a" * 240 + "@b.example", "a" * 65 + "@b.example"])
def test_an_address_is_not_changed_to_an_impossible_one(email, ana):
    client = Client()
    client.force_login(ana, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = client.post("/en/accounts/email/", {"email": email, "action_add": ""})
    assert response.status_code == 422
    assert not EmailAddress.objects.filter(email__startswith="aaaa").exists()
    assert mail.outbox == []
