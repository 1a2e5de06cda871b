"""The time zone and the e-mail domains of a university: kept by the office, on the pages of the portal."""

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Event
from members import editing
from members.actions import universities as actions
from members.joining.domains import suggested
from members.models import EmailDomain
from tests.members.sending import client_of, filled, page, send

pytestmark = pytest.mark.django_db
ADDRESS = "/en/universities/ktu/edit/portal/"


def domains(*typed):
    rows = {"domains-TOTAL_FORMS": str(len(typed)), "domains-INITIAL_FORMS": "0"}
    return rows | {f"domains-{i}-domain": value for i, value in enumerate(typed)}


def test_the_office_gives_the_zone_and_the_domains(ktu, egle):
    assert "Time zone and domains" in page(egle, "/en/universities/ktu/edit/")
    answer = send(
        egle,
        ADDRESS,
        zone="Europe/Riga",
        comment="Moved",
        **domains(" @KTU.example", "somebody@ktu.edu.example"),
    )
    assert answer.status_code == 302, answer.content.decode()
    ktu.refresh_from_db()
    assert ktu.zone == "Europe/Riga"
    assert suggested("somebody@stud.ktu.example") == ktu
    assert set(ktu.email_domains.values_list("domain", flat=True)) == {"ktu.example", "ktu.edu.example"}
    entry = Event.objects.get(verb="members.edit_university")
    assert entry.details == {"part": "portal", "changed": ["zone", "domains"]}
    history = page(egle, "/en/universities/ktu/edit/history/")
    assert "ktu.edu.example" in history
    assert "Moved" in history
    assert send(egle, ADDRESS).status_code == 302
    assert Event.objects.filter(verb="members.edit_university").count() == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("ktu", "This is not an e-mail domain."),
        ("-ktu.example", "This is not an e-mail domain."),
        ("@", "This is not an e-mail domain."),
        ("ktu .example", "This is not an e-mail domain."),
        ("ua.example", "This domain suggests another university already ("),
    ],
)
def test_a_wrong_domain_is_refused_beside_its_field_and_stays_typed(ktu, aveiro, egle, typed, says):
    EmailDomain.objects.create(university=aveiro, domain="ua.example")
    answer = send(egle, ADDRESS, **domains(typed))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert says in text[text.index('id="id_domains-0-domain_error"') :]
    assert f'value="{typed}"' in text
    assert not ktu.email_domains.exists()


def test_a_domain_stands_there_once_and_a_zone_is_one_of_the_list(ktu, egle):
    text = send(egle, ADDRESS, **domains("ktu.example", "KTU.example")).content.decode()
    assert "The same domain stands here twice." in text
    assert send(egle, ADDRESS, zone="Europe/Nowhere").status_code == 422


def test_a_domain_given_to_another_meanwhile_is_refused_in_words(ktu, aveiro, egle):
    EmailDomain.objects.create(university=aveiro, domain="both.example")
    part = editing.PARTS["portal"]
    stored = part.read(ktu, egle)
    typed = {**stored, "domains": [{"domain": "both.example"}]}
    with pytest.raises(actions.Refused, match="Another university already has this e-mail domain"):
        actions.edit_university(ktu, part, by=egle, typed=typed, seen=editing.marks(stored))


def test_of_two_who_change_them_the_second_sees_both(ktu, egle, laima):
    begun = filled(laima, ADDRESS)
    send(egle, ADDRESS, **domains("first.example"))
    answer = client_of(laima).post(ADDRESS, begun | domains("second.example"))
    assert answer.status_code == 409
    assert "first.example" in answer.content.decode()
    assert [row.domain for row in ktu.email_domains.all()] == ["first.example"]


def test_a_zone_that_has_no_name_here_stays(ktu, egle):
    type(ktu).objects.update(zone="Asia/Tokyo")
    assert filled(egle, ADDRESS)["zone"] == "Asia/Tokyo"
    assert send(egle, ADDRESS).status_code == 302


def test_who_keeps_the_university_has_no_such_page(ktu, ruta):
    assert client_of(ruta).get(ADDRESS).status_code == 404
    assert "edit/portal/" not in page(ruta, "/en/universities/ktu/edit/")
    part = editing.PARTS["portal"]
    stored = part.read(ktu, ruta)
    with pytest.raises(PermissionDenied):
        actions.edit_university(ktu, part, by=ruta, typed=stored, seen=editing.marks(stored))
