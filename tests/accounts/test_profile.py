import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from accounts import actions
from audit.models import Event

pytestmark = pytest.mark.django_db
URL = "/en/accounts/profile/"
GOOD = {
    "name": "Ana Nauja",
    "given_name": "Ana",
    "family_name": "Nauja",
    "language": "lt",
    "zone": "Europe/Lisbon",
}


@pytest.fixture
def client(ana):
    client = Client()
    client.force_login(ana, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_a_person_changes_name_language_and_zone_and_reads_on_in_the_language(client, ana):
    response = client.post(URL, GOOD)
    assert response["Location"] == "/lt/accounts/profile/"
    ana.refresh_from_db()
    assert {name: getattr(ana, name) for name in GOOD} == GOOD
    assert Event.objects.get(verb="accounts.change_profile").actor == ana


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "“Name” is missing."),
        ({"name": "x" * 201}, "at most 200 characters"),
        ({"name": "a\x00b"}, "can&#x27;t be stored"),
        ({"name": "Ana\u202eB"}, "Leave out line breaks"),
        ({"given_name": "A\tB"}, "Leave out line breaks"),
        ({"language": "xx"}, "Select a valid choice"),
        ({"zone": "Europe/Nowhere"}, "Select a valid choice"),
    ],
)
def test_bad_input_is_answered_beside_the_field_and_nothing_is_stored(client, ana, fields, words):
    response = client.post(URL, GOOD | fields)
    assert response.status_code == 422
    assert words in response.content.decode()
    ana.refresh_from_db()
    assert ana.family_name == ""


def test_a_form_with_more_fields_changes_nothing_else(client, ana):
    client.post(URL, GOOD | {"email": "evil@x.example", "is_superuser": "1", "is_active": "", "is_demo": "1"})
    ana.refresh_from_db()
    assert ana.email == "ana@people.example"
    assert ana.is_active
    assert not ana.is_superuser


def test_a_zone_without_a_name_here_is_kept(client, ana):
    ana.zone = "Asia/Tokyo"
    ana.save()
    assert "time zone Asia/Tokyo" in client.get(URL).content.decode()
    assert client.post(URL, GOOD | {"zone": "Asia/Tokyo"}).status_code == 302


def test_a_stranger_is_asked_to_sign_in():
    assert "/accounts/login/" in Client().get(URL)["Location"]


def test_nobody_changes_somebody_else(ana, bruno):
    with pytest.raises(PermissionDenied):
        actions.change_profile(ana, by=bruno, name="Not Ana")


def test_only_own_fields_with_sound_values_are_taken(ana):
    with pytest.raises(TypeError, match="is_superuser"):
        actions.change_profile(ana, by=ana, is_superuser="1")
    with pytest.raises(ValidationError):
        actions.change_profile(ana, by=ana, zone="Europe/Nowhere")
