"""The steps that follow sign-up, and where a person goes next."""

import pytest
from django.test import RequestFactory

from accounts import steps
from accounts.addresses import confirmed_address, confirmed_addresses
from accounts.steps import Standing, Step
from tests import factories


@pytest.fixture
def registry(monkeypatch):
    """No step but those that a test registers."""
    monkeypatch.setattr(steps, "_steps", {})

    def add(name, standing):
        steps.register(Step(name, f"Title {name}", "Why", "Do it", "members:list", lambda user: standing))

    return add


def test_a_person_is_led_to_the_first_step_that_is_new_and_the_way_is_kept(registry):
    registry("done", Standing.DONE)
    registry("left", Standing.LEFT)
    assert steps.onwards(None, "/en/mobility/") == "/en/mobility/"
    registry("new", Standing.NEW)
    assert (
        steps.onwards(None, "/en/mobility/?a=1&b=2")
        == "/en/universities/?next=%2Fen%2Fmobility%2F%3Fa%3D1%26b%3D2"
    )
    assert steps.onwards(None, "/en/my-work/") == "/en/universities/"


def test_steps_that_are_not_done_are_one_item_each_of_my_work(registry):
    registry("done", Standing.DONE)
    registry("left", Standing.LEFT)
    registry("new", Standing.NEW)
    assert [item.what for item in steps.waiting_for(None)] == ["Title left", "Title new"]


def test_a_step_that_is_registered_again_is_one_step(registry):
    registry("one", Standing.NEW)
    registry("one", Standing.LEFT)
    assert len(steps.waiting_for(None)) == 1


@pytest.mark.parametrize(
    ("address", "goes"),
    [
        ("/en/mobility/calls/x/", "/en/mobility/calls/x/"), ("", "/en/my-work/"),
        ("https://evil.example/", "/en/my-work/"), ("//evil.example", "/en/my-work/"),
        ("/\\evil.example", "/en/my-work/"), ("\\\\evil.example", "/en/my-work/"),
        ("javascript:alert(1)", "/en/my-work/"), ("http://testserver/en/", "http://testserver/en/"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_is_led_to_another_site(address, goes, method):
    request = getattr(RequestFactory(), method)("/", {"next": address})
    assert steps.asked_for(request) == goes


@pytest.mark.django_db
def test_the_main_confirmed_address_comes_first_and_others_count_for_nothing():
    from allauth.account.models import EmailAddress

    person, other = factories.UserFactory(), factories.UserFactory()
    assert confirmed_address(person) == ""
    EmailAddress.objects.create(user=person, email="new@people.example", verified=False)
    assert confirmed_address(person) == ""
    EmailAddress.objects.create(user=person, email="second@people.example", verified=True)
    assert confirmed_address(person) == "second@people.example"
    EmailAddress.objects.create(user=person, email="main@people.example", verified=True, primary=True)
    EmailAddress.objects.create(user=other, email="other@people.example", verified=True, primary=True)
    found = confirmed_addresses([person.pk, other.pk])
    assert found == {person.pk: "main@people.example", other.pk: "other@people.example"}
