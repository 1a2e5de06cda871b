import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User, validate_zone
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_address_belongs_to_one_account_however_it_is_written():
    factories.UserFactory(email="ana@people.example")
    with pytest.raises(IntegrityError, match="accounts_user_email_once"), transaction.atomic():
        factories.UserFactory(email="Ana@People.example")
    assert User.objects.get_by_natural_key("ANA@people.example").email == "ana@people.example"


def test_people_are_made_with_a_login_and_no_rights():
    person = User.objects.create_user("New@People.EXAMPLE", "long-and-invented-1")
    assert person.email == "New@people.example"
    assert person.check_password("long-and-invented-1")
    assert not person.is_staff
    assert not User.objects.create_user("no@people.example").has_usable_password()
    assert User.objects.create_superuser("first@people.example", "long-and-invented-1").is_staff


def test_people_are_called_as_they_write_themselves():
    assert str(User(email="a@b.example")) == "a@b.example"
    assert User(email="a@b.example").get_full_name() == "a@b.example"
    assert User(email="a@b.example", name="Ana B").get_short_name() == "Ana B"
    assert User(email="a@b.example", name="Ana B", given_name="Ana").get_short_name() == "Ana"


def test_a_zone_is_one_that_exists():
    validate_zone("Europe/Vilnius")
    with pytest.raises(ValidationError, match="not a time zone"):
        validate_zone("Europe/Nowhere")
