"""Certificates: each by its link, all at once as an archive that is sent while it is made."""

import datetime as dt
import io
import zipfile

import pytest
from django.test import Client

from audit.models import Event as AuditEvent
from news.models import Registration
from news.registering import certificate
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LONG_AGO = dt.datetime(2024, 5, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def event(ktu):
    return factories.AdmissionFactory(
        event__slug="over", event__university=ktu, event__starts_at=LONG_AGO, capacity=None
    ).event


def there(event, number, name, **more):
    return Registration.objects.create(
        **{
            "event": event, "name": name, "email": f"p{number}@mail.example", "digest": str(number), "state": "in",
            "number": number, "created_at": LONG_AGO, "counted_at": LONG_AGO, "attended": True, **more,
        }
    )  # fmt: skip


def signed_in(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def archive(answer):
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def test_all_who_were_there_and_nobody_else_are_in_the_archive(event, ieva):
    there(event, 1, "Živilė Šė"), there(event, 2, "../../etc/passwd\\x", language="lt")
    there(event, 3, "Absent", attended=False), there(event, 4, "Gone", state="cancelled")
    there(event, 5, "王")
    client = signed_in(ieva)
    page = client.get("/en/events/over/people/").content.decode()
    assert "Certificates 1–3" in page
    answer = client.get("/en/events/over/certificates/1/")
    assert answer.streaming
    assert "no-store" in answer["Cache-Control"]
    found = archive(answer)
    assert found.namelist() == ["0001-zivile-se.pdf", "0002-etcpasswdx.pdf", "0005--.pdf"]
    assert found.testzip() is None
    assert all(found.read(name).startswith(b"%PDF") for name in found.namelist())
    assert AuditEvent.objects.get(verb="news.export_certificates").details == {"first": 1, "last": 3}


def test_many_come_in_parts_each_made_while_it_is_sent(event, ieva, monkeypatch):
    monkeypatch.setattr(certificate, "PART", 2)
    for number in range(1, 6):
        there(event, number, f"Person {number}")
    client = signed_in(ieva)
    page = client.get("/en/events/over/people/").content.decode()
    assert all(f"Certificates {words}" in page for words in ("1–2", "3–4", "5–5"))
    assert archive(client.get("/en/events/over/certificates/3/")).namelist() == ["0005-person-5.pdf"]
    assert client.get("/en/events/over/certificates/4/").status_code == 404
    pieces = iter(client.get("/en/events/over/certificates/1/").streaming_content)
    assert b"%PDF" in next(pieces)


def test_the_certificate_of_one_is_for_the_organiser_and_for_whoever_has_the_link(event, ieva, dainius):
    row, absent = there(event, 1, "Ona"), there(event, 2, "Absent", attended=False)
    path = "/en/events/over/people/{}/certificate/"
    assert signed_in(ieva).get(path.format(row.uuid))["Content-Type"] == "application/pdf"
    assert signed_in(ieva).get(path.format(absent.uuid)).status_code == 404
    assert signed_in(dainius).get(path.format(row.uuid)).status_code == 403
    assert signed_in(dainius).get("/en/events/over/certificates/1/").status_code == 403


def test_an_event_at_which_nobody_was_has_none(event, ieva):
    assert signed_in(ieva).get("/en/events/over/certificates/1/").status_code == 404
    assert "Certificates" not in signed_in(ieva).get("/en/events/over/people/").content.decode()


def test_the_parts_hold_everybody_once():
    for count in (0, 1, certificate.PART, certificate.PART + 1, 1000):
        places = [place for part in certificate.parts(count) for place in range(part.first, part.last + 1)]
        assert places == list(range(1, count + 1))
