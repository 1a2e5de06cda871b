import pytest
from django.db import IntegrityError, transaction

from notifications import tokens
from notifications.models import SecretToken

pytestmark = pytest.mark.django_db


def test_a_token_opens_what_it_is_for_and_is_not_stored(ana):
    token = tokens.issue(ana, "calendar")
    assert tokens.owner_of(token, "calendar") == ana
    assert tokens.owner_of(token, "news") is None
    assert token not in str(SecretToken.objects.values())


@pytest.mark.parametrize("guess", ["", "x", "ą\ud800", "\x00", "a" * 10_000])
def test_a_guess_opens_nothing(ana, guess):
    tokens.issue(ana, "calendar")
    assert tokens.owner_of(guess, "calendar") is None


def test_a_new_token_ends_the_old_one(ana):
    old, new = tokens.issue(ana, "calendar"), tokens.issue(ana, "calendar")
    assert tokens.owner_of(old, "calendar") is None
    assert tokens.owner_of(new, "calendar") == ana


def test_a_withdrawn_token_opens_nothing(ana):
    token = tokens.issue(ana, "calendar")
    assert tokens.revoke(ana, "calendar") is True
    assert tokens.revoke(ana, "calendar") is False
    assert tokens.owner_of(token, "calendar") is None


def test_a_closed_account_opens_nothing(ana):
    token = tokens.issue(ana, "calendar")
    type(ana).objects.filter(pk=ana.pk).update(is_active=False)
    assert tokens.owner_of(token, "calendar") is None


def test_the_database_keeps_one_live_token_for_each_purpose(ana):
    tokens.issue(ana, "calendar")
    row = SecretToken.objects.get()
    with pytest.raises(IntegrityError, match="one_live"), transaction.atomic():
        SecretToken.objects.create(owner=ana, purpose="calendar", digest="0" * 64, created_at=row.created_at)


def test_tokens_are_their_owners(ana, bruno):
    tokens.issue(ana, "calendar")
    assert SecretToken.objects.visible_to(ana).count() == 1
    assert SecretToken.objects.visible_to(bruno).count() == 0
    assert SecretToken.objects.visible_to(None).count() == 0
