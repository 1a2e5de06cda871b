import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from accounts.models import User
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


@pytest.fixture(autouse=True)
def fresh_limits():
    """Rate limits of one test are nothing to the next."""
    cache.clear()
    yield
    cache.clear()


def code_in(message):
    return re.search(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4})\s*$", message.body, re.M)[1]


def test_a_person_signs_up_with_a_code_and_is_told_what_comes_next():
    client = Client()
    response = client.post(SIGNUP, GOOD)
    assert response.status_code == 302
    assert "_auth_user_id" not in client.session  # not signed in before the address is proved
    assert [message.to for message in mail.outbox] == [["new@people.example"]]
    response = client.post(response["Location"], {"code": code_in(mail.outbox[0])}, follow=True)
    assert response.redirect_chain[-1][0] == "/en/my-work/"
    assert "Your account has no role yet" in response.content.decode()
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
    ],
)  # fmt: skip
def test_bad_input_makes_no_account_and_sends_nothing(fields):
    response = Client().post(SIGNUP, GOOD | fields)
    assert response.status_code in (200, 422)
    assert "Error: " in response.content.decode()
    assert not User.objects.exists()
    assert mail.outbox == []


def test_a_person_who_may_not_sign_in_any_more_does_not():
    person = factories.UserFactory(email="gone@people.example", is_active=False)
    client = Client()
    client.post("/en/accounts/login/", {"login": person.email, "password": factories.PASSWORD})
    assert "_auth_user_id" not in client.session
