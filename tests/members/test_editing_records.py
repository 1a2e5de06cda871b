"""Units, contacts and centres: added, changed, moved and removed by those who keep the university."""

import datetime as dt
import uuid

import pytest
from django.core.exceptions import PermissionDenied

from audit.models import Event
from members import editing
from members.actions import universities as actions
from members.models import Centre, CentreNetwork, Contact, OrganisationalUnit
from projects.models import Department
from tests import factories
from tests.members.sending import client_of, fields_in, filled, page, send

pytestmark = pytest.mark.django_db
UNITS = "/en/universities/ktu/edit/units/"
CONTACTS = "/en/universities/ktu/edit/contacts/"


def test_units_are_added_moved_and_shown_as_a_tree(ktu, ruta):
    answer = send(ruta, f"{UNITS}new/", name_en="Faculty of Informatics", name_lt="Informatikos fakultetas")
    assert answer.status_code == 302, answer.content.decode()
    faculty = OrganisationalUnit.objects.get()
    send(ruta, f"{UNITS}new/", name_en="Department of Software", description_en="Teaches *software*")
    department = OrganisationalUnit.objects.get(name_en="Department of Software")
    send(ruta, f"{UNITS}{department.uuid}/", parent=str(faculty.pk), website="https://if.ktu.example/")
    text = page(None, "/en/universities/ktu/")
    assert text.index("Faculty of Informatics") < text.index("Department of Software")
    assert "<em>software</em>" in text
    verbs = Event.objects.order_by("pk").values_list("verb", "actor")
    assert list(verbs) == [("members.add_unit", ruta.pk)] * 2 + [("members.change_unit", ruta.pk)]


def test_a_unit_is_not_offered_below_itself_and_a_forged_loop_is_refused(ktu, ruta):
    faculty = factories.UnitFactory(university=ktu, name_en="Faculty")
    department = factories.UnitFactory(university=ktu, name_en="Department", parent=faculty)
    form = page(ruta, f"{UNITS}{faculty.uuid}/")
    assert f'<option value="{department.pk}"' not in form
    forged = send(ruta, f"{UNITS}{faculty.uuid}/", parent=str(department.pk))
    assert forged.status_code == 422
    faculty.refresh_from_db()
    assert faculty.parent is None
    values = {**editing.UNIT.read(faculty), "parent": department.pk}
    with pytest.raises(Exception, match="cannot be part of what is part of it"):
        actions.save_record(
            editing.UNIT, faculty, by=ruta, typed=values, seen=editing.marks(editing.UNIT.read(faculty))
        )


def test_a_parent_of_another_university_is_refused(ktu, aveiro, ruta):
    there = factories.UnitFactory(university=aveiro, name_en="There")
    assert send(ruta, f"{UNITS}new/", name_en="Here", parent=str(there.pk)).status_code == 422
    assert not OrganisationalUnit.objects.filter(university=ktu).exists()


def test_a_second_unit_of_the_same_name_is_refused_in_words(ktu, ruta):
    factories.UnitFactory(university=ktu, name_en="Library")
    answer = send(ruta, f"{UNITS}new/", name_en="Library", description_en="Books")
    assert answer.status_code == 422
    assert "The university already has a unit of this name." in answer.content.decode()
    assert "Books" in answer.content.decode()


def test_a_unit_goes_only_when_nothing_refers_to_it(ktu, ruta):
    faculty = factories.UnitFactory(university=ktu, name_en="Faculty")
    department = factories.UnitFactory(university=ktu, name_en="Department", parent=faculty)
    carried = factories.UnitFactory(university=ktu, name_en="Carries a project")
    Department.objects.create(project=factories.ProjectFactory(lead=ktu), unit=carried)
    named = factories.UnitFactory(university=ktu, name_en="Has a contact")
    Contact.objects.create(university=ktu, name="Office", unit=named)
    for unit in (faculty, carried, named):
        answer = client_of(ruta).post(f"{UNITS}{unit.uuid}/remove/")
        assert answer.status_code == 409
        assert "It is still used" in answer.content.decode()
    assert client_of(ruta).post(f"{UNITS}{department.uuid}/remove/").status_code == 302
    assert client_of(ruta).post(f"{UNITS}{faculty.uuid}/remove/").status_code == 302
    assert Event.objects.filter(verb="members.remove_unit").count() == 2


def test_a_contact_is_internal_until_somebody_makes_it_public(ktu, ruta):
    form = filled(ruta, f"{CONTACTS}new/")
    assert form["is_public"] == "False"
    send(ruta, f"{CONTACTS}new/", name="Ona Office", email="ona@ktu.example", duty="incoming")
    contact = Contact.objects.get()
    assert not contact.is_public
    assert "Ona Office" not in page(None, "/en/universities/ktu/")
    send(ruta, f"{CONTACTS}{contact.uuid}/", is_public="True", subject_en="Arrival")
    text = page(None, "/en/universities/ktu/")
    assert "Ona Office" in text
    assert "Incoming students · Arrival" in text


@pytest.mark.parametrize(
    ("phone", "status"),
    [
        ("+370 37 300000", 302), ("(37) 30-00-00 ext. 12", 302), ("8 37 300 000, vid. 5", 302),
        ("abc", 422), ("ask Ona", 422), ("+", 422), ("12", 422), ("300000 <b>", 422),
    ],
)  # fmt: skip
def test_a_telephone_is_a_number_that_can_be_called(ktu, ruta, phone, status):
    answer = send(ruta, f"{CONTACTS}new/", name="Ona Office", phone=phone)
    assert answer.status_code == status
    assert Contact.objects.count() == (status == 302)
    assert ("Give a telephone number, such as" in answer.content.decode()) == (status == 422)


def test_a_form_sent_twice_makes_one_contact(ktu, ruta):
    form = filled(ruta, f"{CONTACTS}new/") | {"name": "Ona Office"}
    for _ in range(2):
        assert client_of(ruta).post(f"{CONTACTS}new/", form).status_code == 302
    assert Contact.objects.count() == 1


def test_a_made_up_token_reaches_no_record_of_another_university(ktu, trento, ruta):
    hidden = Contact.objects.create(university=trento, name="Hidden")
    form = filled(ruta, f"{CONTACTS}new/") | {"name": "Mine", "token": str(hidden.uuid)}
    client_of(ruta).post(f"{CONTACTS}new/", form)
    hidden.refresh_from_db()
    assert (hidden.name, hidden.university) == ("Hidden", trento)
    form["token"] = "no token"
    assert client_of(ruta).post(f"{CONTACTS}new/", form).status_code == 302
    assert Contact.objects.filter(university=ktu).count() == 1


def test_of_two_who_change_one_contact_the_second_sees_both(ktu, ruta, egle):
    contact = Contact.objects.create(university=ktu, name="Office", duty="other", phone="+370 37 000000")
    address = f"{CONTACTS}{contact.uuid}/"
    begun = filled(ruta, address)
    send(egle, address, duty="housing", email="housing@ktu.example")
    answer = client_of(ruta).post(address, begun | {"duty": "visa", "phone": "+370 37 111111"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "<p>Visa</p>" in text
    assert "<p>Housing</p>" in text
    again = fields_in(text)
    assert (again["duty"], again["phone"], again["email"]) == (
        "visa",
        "+370 37 111111",
        "housing@ktu.example",
    )
    assert client_of(ruta).post(address, again).status_code == 302
    contact.refresh_from_db()
    assert (contact.duty, contact.email) == ("visa", "housing@ktu.example")


def test_a_contact_is_removed_after_one_question(ktu, ruta):
    contact = Contact.objects.create(university=ktu, name="Office")
    address = f"{CONTACTS}{contact.uuid}/remove/"
    assert "Remove Office?" in page(ruta, address)
    assert Contact.objects.exists()
    assert client_of(ruta).post(address).status_code == 302
    assert not Contact.objects.exists()
    assert client_of(ruta).post(address, follow=True).redirect_chain  # a second click
    assert client_of(ruta).get(address).status_code == 404
    assert Event.objects.filter(verb="members.remove_contact").count() == 1


def test_what_is_typed_into_a_contact_that_was_removed_is_shown_and_can_be_added(ktu, ruta, chiara):
    contact = Contact.objects.create(university=ktu, name="Office")
    address = f"{CONTACTS}{contact.uuid}/"
    begun = filled(ruta, address) | {"phone": "+370 37 300000", "comment": "They moved"}
    actions.remove_record(editing.CONTACT, contact, by=ruta)
    assert client_of(chiara).post(address, begun).status_code == 404
    answer = client_of(ruta).post(address, begun)
    text = answer.content.decode()
    assert answer.status_code == 410
    assert "<p>+370 37 300000</p>" in text
    assert "Internal: only the staff of this university" in text
    again = {name: value for name, value in begun.items() if f'name="{name}" value="{value}"' in text}
    assert "seen" not in again
    assert client_of(ruta).post(f"{CONTACTS}new/", again).status_code == 302
    assert Contact.objects.get().phone == "+370 37 300000"


def test_strangers_change_no_record_through_the_verbs(ktu, chiara, dainius):
    contact = Contact.objects.create(university=ktu, name="Office")
    values = {**editing.CONTACT.read(contact), "name": "Theirs"}
    for person in (chiara, dainius):
        with pytest.raises(PermissionDenied):
            actions.save_record(editing.CONTACT, contact, by=person, typed=values, seen={})
        with pytest.raises(PermissionDenied):
            actions.remove_record(editing.CONTACT, contact, by=person)


def test_a_coordinator_adds_a_centre_at_the_own_university_only(ktu, aveiro, ruta):
    address = "/en/universities/centres/new/?host=ktu"
    form = filled(ruta, address) | {"name_en": "InnHUB Kaunas"}
    assert form["host"] == str(ktu.organisation_id)
    assert client_of(ruta).post(address, form | {"host": str(aveiro.organisation_id)}).status_code == 422
    assert client_of(ruta).post(address, form).status_code == 302
    centre = Centre.objects.get()
    assert (centre.slug, centre.host) == ("innhub-kaunas", ktu.organisation)
    assert "InnHUB Kaunas" in page(None, "/en/universities/ktu/")
    assert client_of(ruta).get("/en/universities/centres/new/?host=aveiro").status_code == 200


def test_the_office_adds_a_centre_of_a_partner_with_its_network(egle):
    host = factories.OrganisationFactory(
        name="Bialystok University of Technology", country="PL", city="Białystok"
    )
    host.identifiers.create(scheme="erasmus", value="PL BIALYST01")
    network = CentreNetwork.objects.create(name_en="Erasmus+ InnHUB")
    Centre.objects.create(
        host=factories.OrganisationFactory(), network=network, slug="lodz", name_en="InnHUB Łódź"
    )
    answer = send(
        egle, "/en/universities/centres/new/", host="PL BIALYST01", name_en="InnHUB Białystok", network=str(network.pk),
        founded_on="2023-02-09", founding_agreement_en="Cooperation agreement", operator_en="The foundation",
        mission_en="To **connect**", activities_en="- Workshops",
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    centre = Centre.objects.get(slug="innhub-bialystok")
    assert (centre.host, centre.founded_on) == (host, dt.date(2023, 2, 9))
    text = page(None, centre.get_absolute_url())
    for words in (
        "Bialystok University of Technology",
        "<strong>connect</strong>",
        "InnHUB Łódź",
        "The foundation",
    ):
        assert words in text
    assert 'value="Bialystok University of Technology"' in page(
        egle, f"/en/universities/centres/{centre.slug}/edit/"
    )


@pytest.mark.parametrize("typed", ["Nowhere University", "University of Twins"])
def test_a_host_that_is_unknown_or_not_the_only_one_is_refused(egle, typed):
    for city in ("Here", "There"):
        factories.OrganisationFactory(name="University of Twins", city=city)
    answer = send(egle, "/en/universities/centres/new/", host=typed, name_en="Hub")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="id_host_error"' in text
    assert f'value="{typed}"' in text


def test_a_centre_keeps_its_host_from_strangers(ktu, aveiro, bruno, ruta):
    centre = Centre.objects.create(host=aveiro.organisation, slug="hub", name_en="Hub")
    assert client_of(ruta).get("/en/universities/centres/hub/edit/").status_code == 404
    values = {**editing.CENTRE.read(centre), "host": ktu.organisation_id}
    with pytest.raises(PermissionDenied):
        actions.save_record(
            editing.CENTRE, centre, by=bruno, typed=values, seen=editing.marks(editing.CENTRE.read(centre))
        )
    send(bruno, "/en/universities/centres/hub/edit/", mission_en="New mission")
    centre.refresh_from_db()
    assert (centre.mission_en, centre.host) == ("New mission", aveiro.organisation)


def test_two_centres_of_one_name_have_addresses_of_their_own(egle):
    host = factories.OrganisationFactory(name="Host of both")
    for _ in range(2):
        send(egle, "/en/universities/centres/new/", host="Host of both", name_en="New")
    assert sorted(Centre.objects.values_list("slug", flat=True)) == ["new-2", "new-3"]
    assert host.centres.count() == 2


def test_a_centre_of_which_something_is_told_stays(egle, aveiro):
    centre = Centre.objects.create(host=aveiro.organisation, slug="hub", name_en="Hub")
    news = factories.NewsItemFactory()
    news.centres.add(centre)
    assert client_of(egle).post("/en/universities/centres/hub/remove/").status_code == 409
    news.centres.clear()
    assert client_of(egle).post("/en/universities/centres/hub/remove/").status_code == 302
    assert not Centre.objects.exists()


def test_pages_of_editing_cost_the_same_however_much_is_there(ktu, ruta, django_assert_max_num_queries):
    def count(address):
        client = client_of(ruta)
        with django_assert_max_num_queries(12) as asked:
            assert client.get(address).status_code == 200
        return len(asked)

    pages = [
        UNITS,
        CONTACTS,
        "/en/universities/ktu/edit/centres/",
        f"{UNITS}new/",
        "/en/universities/ktu/edit/figures/",
    ]
    alone = []
    for number in (1, 3):
        for n in range(number):
            unit = factories.UnitFactory(university=ktu)
            Contact.objects.create(university=ktu, name=f"Office {n}", unit=unit)
            Centre.objects.create(host=ktu.organisation, slug=uuid.uuid4().hex, name_en="Hub")
            factories.UnitFactory(university=ktu, parent=unit)
        alone.append([count(address) for address in pages])
    assert alone[0] == alone[1]


def test_a_new_record_begins_empty_and_not_with_what_the_database_would_write(ktu, ruta):
    begun = filled(ruta, f"{CONTACTS}new/")
    assert {begun[name] for name in ("name", "given_name", "family_name", "email", "phone")} == {""}
    assert begun["duty"] == "other"


@pytest.mark.parametrize("person", ["egle", "bruno"])
def test_who_adds_a_centre_comes_to_its_page(aveiro, cast, person):
    by = getattr(cast, person, None) or cast[person]
    host = aveiro.organisation.name if person == "egle" else str(aveiro.organisation_id)
    answer = send(by, "/en/universities/centres/new/", host=host, name_en="Hub of Aveiro")
    centre = Centre.objects.get(name_en="Hub of Aveiro")
    assert answer["Location"] == centre.get_absolute_url()
