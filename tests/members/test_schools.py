"""The schools of a group: added once, edited, attached and taken out by those who keep the group."""

import threading
import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connections, transaction
from reversion.models import Version

from audit.models import Event
from members import editing
from members.actions import OnRecord, universities
from members.actions import schools as actions
from members.editing import schools
from members.models import Identifier, Organisation
from tests import factories
from tests.members.sending import client_of, fields_in, filled, page, send

pytestmark = pytest.mark.django_db
SCHOOLS = "/en/universities/group/edit/schools/"


@pytest.fixture
def group():
    made = factories.OrganisationFactory(name="Group of Schools", kind="group", country="FR", city="")
    return factories.UniversityFactory(organisation=made, slug="group", zone="Europe/Paris")


@pytest.fixture
def keeper(group):
    person = factories.UserFactory(name="Keeper")
    factories.AppointmentFactory(user=person, university=group, role="mobility_coordinator")
    return person


@pytest.fixture
def school(group):
    made = factories.OrganisationFactory(
        name="School of Lyon", country="FR", city="Lyon", parent=group.organisation
    )
    Identifier.objects.create(organisation=made, scheme="erasmus", value="F  LYON12")
    Identifier.objects.create(organisation=made, scheme="pic", value="999886089")
    return made


def codes(*rows):
    typed = {"identifiers-TOTAL_FORMS": str(len(rows)), "identifiers-INITIAL_FORMS": "0"}
    for i, (scheme, value) in enumerate(rows):
        typed |= {f"identifiers-{i}-scheme": scheme, f"identifiers-{i}-value": value}
    return typed


def values(name="School of Rennes", country="FR", city="Rennes", identifiers=(), **more):
    empty = dict.fromkeys(editing.schools.PLACE, "")
    rows = [{"scheme": scheme, "value": value} for scheme, value in identifiers]
    return {**empty, "name": name, "country": country, "city": city, "identifiers": rows, **more}


def test_a_school_is_added_with_its_codes_and_shows_at_once(group, keeper):
    form = {
        "name": "School of Rennes", "local_name": "École de Rennes", "local_language": "fr", "city": "Rennes",
        "website": "https://rennes.example/", **codes(("erasmus", "F  RENNES10"), ("pic", "999611482")),
    }  # fmt: skip
    assert filled(keeper, f"{SCHOOLS}new/")["country"] == "FR"
    answer = send(keeper, f"{SCHOOLS}new/", **form)
    assert answer.status_code == 302, answer.content.decode()
    made = Organisation.objects.get(parent=group.organisation)
    assert (made.name, made.local_name, made.kind) == ("School of Rennes", "École de Rennes", "hei")
    text = page(None, "/en/universities/group/")
    assert "School of Rennes" in text
    assert "F  RENNES10" in text
    entry = Event.objects.get(verb="members.add_school")
    assert (entry.actor, entry.details["group"]) == (keeper, str(group))
    assert "School of Rennes" in page(keeper, SCHOOLS)


def test_a_form_sent_twice_makes_one_school(group, keeper):
    form = filled(keeper, f"{SCHOOLS}new/") | {"name": "School of Rennes"}
    for _ in range(2):
        assert client_of(keeper).post(f"{SCHOOLS}new/", form).status_code == 302
    assert Organisation.objects.filter(parent=group.organisation).count() == 1


def test_the_organisation_that_has_the_code_is_offered_and_attached(group, keeper):
    known = factories.OrganisationFactory(name="INSA DE RENNES", country="FR", city="RENNES")
    Identifier.objects.create(organisation=known, scheme="pic", value="999611482")
    answer = send(keeper, f"{SCHOOLS}new/", name="School of Rennes", **codes(("pic", "999611482")))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "It is on record already" in text
    assert "PIC: another organisation already has this code (INSA DE RENNES)." in text
    assert 'value="School of Rennes"' in text
    assert str(known.uuid) in text
    assert "Add it as a new one" not in text
    count = Organisation.objects.count()
    assert client_of(keeper).post(f"{SCHOOLS}attach/", {"organisation": str(known.uuid)}).status_code == 302
    known.refresh_from_db()
    assert known.parent == group.organisation
    assert Organisation.objects.count() == count
    assert Event.objects.get(verb="members.attach_school").subject_uuid == known.uuid


def test_the_same_name_and_country_is_asked_about_once(group, keeper):
    known = factories.OrganisationFactory(name="School of Rennes", country="FR", city="Rennes")
    form = filled(keeper, f"{SCHOOLS}new/") | {"name": "school of rennes"}
    text = client_of(keeper).post(f"{SCHOOLS}new/", form).content.decode()
    assert "Only the name and the country are the same." in text
    assert str(known.uuid) in text
    assert client_of(keeper).post(f"{SCHOOLS}new/", form | {"sure": "1"}).status_code == 302
    assert Organisation.objects.filter(name="school of rennes", parent=group.organisation).count() == 1


def test_the_verb_finds_the_double_by_any_code_and_sure_never_passes_it(group, school, keeper):
    for pair in (("erasmus", "F  LYON12"), ("pic", "999886089")):
        new = Organisation(uuid=uuid.uuid4())
        with pytest.raises(OnRecord) as found:
            actions.add_school(group, new, by=keeper, typed=values(identifiers=[pair]), sure=True)
        assert found.value.organisation == school


@pytest.mark.django_db(transaction=True)
def test_two_who_add_the_same_school_at_once_make_one(group, keeper):
    started, results = threading.Event(), []

    def other():
        started.wait(10)
        try:
            results.append(
                actions.add_school(group, Organisation(uuid=uuid.uuid4()), by=keeper, typed=values())
            )
        except OnRecord as found:
            results.append(found.organisation.name)
        finally:
            connections.close_all()

    thread = threading.Thread(target=other)
    thread.start()
    with transaction.atomic():
        actions.add_school(group, Organisation(uuid=uuid.uuid4()), by=keeper, typed=values())
        started.set()
        thread.join(1)
        assert not results
    thread.join(10)
    assert results == ["School of Rennes"]
    assert Organisation.objects.filter(parent=group.organisation).count() == 1


def test_the_office_edits_everything_and_one_save_is_one_revision(group, school, egle):
    address = f"{SCHOOLS}{school.uuid}/"
    answer = send(
        egle, address, name="INSA Lyon", lithuanian_name="Liono mokykla", city="Villeurbanne", country="FR",
        comment="It moved", **codes(("erasmus", "F  LYON12"), ("ror", "https://ror.org/050jn9y42")),
    )  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    school.refresh_from_db()
    assert (school.name, school.lithuanian_name, school.city) == (
        "INSA Lyon",
        "Liono mokykla",
        "Villeurbanne",
    )
    assert set(school.identifiers.values_list("scheme", flat=True)) == {"erasmus", "ror"}
    assert Version.objects.get_for_object(school).count() == 2
    history = page(egle, f"{address}history/")
    for words in ("It moved", "<del>Lyon</del>", "<ins>Villeurbanne</ins>", "999886089"):
        assert words.lower() in history.lower(), words
    assert Event.objects.get(verb="members.change_school").details["changed"] == [
        "name", "lithuanian_name", "city", "identifiers",
    ]  # fmt: skip


def test_the_coordinator_edits_the_rest_but_not_what_the_office_keeps(group, school, keeper):
    address = f"{SCHOOLS}{school.uuid}/"
    form = filled(keeper, address)
    assert "name" not in form
    assert "F  LYON12" not in form.values()
    answer = send(keeper, address, name="Forged", website="https://lyon.example/",
                  **codes(("schac", "lyon.example")))  # fmt: skip
    assert answer.status_code == 302, answer.content.decode()
    school.refresh_from_db()
    assert (school.name, school.website) == ("School of Lyon", "https://lyon.example/")
    assert set(school.identifiers.values_list("scheme", flat=True)) == {"erasmus", "pic", "schac"}
    assert send(keeper, address, **codes(("pic", "111111111"))).status_code == 422
    with pytest.raises(PermissionDenied):
        schools.write(school, {**schools.read(school, False), "name": "Forged"}, identity=False)


@pytest.mark.parametrize(
    ("scheme", "value", "says"),
    [
        ("erasmus", "FLYON12", "This is not an Erasmus code."),
        ("pic", "12345", "This is not a PIC."),
        ("oid", "10208664", "This is not an OID."),
        ("schac", "https://lyon.example", "This is not a SCHAC domain."),
        ("ror", "https://ror.org/050jn9y43", "The check digits of this ROR id are wrong"),
        ("national", "x" * 101, "at most 100 characters"),
        ("pic", "999000111", "PIC: another organisation already has this code (Holder)."),
    ],
)
def test_wrong_codes_are_refused_beside_the_field_and_stay_typed(group, school, egle, scheme, value, says):
    holder = factories.OrganisationFactory(name="Holder")
    Identifier.objects.create(organisation=holder, scheme="pic", value="999000111")
    answer = send(egle, f"{SCHOOLS}{school.uuid}/", **codes((scheme, value)))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert says in text[text.index('id="id_identifiers-0-value_error"') :][:400]
    assert f'value="{value}"' in text
    assert school.identifiers.count() == 2


def test_of_two_who_change_one_school_the_second_sees_both(group, school, keeper, egle):
    address = f"{SCHOOLS}{school.uuid}/"
    begun = filled(keeper, address)
    send(egle, address, city="Villeurbanne", short_name="INSA Lyon")
    answer = client_of(keeper).post(address, begun | {"city": "Vaulx", "street": "Avenue 1"})
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "<p>Vaulx</p>" in text
    assert "<p>Villeurbanne</p>" in text
    again = fields_in(text)
    assert (again["city"], again["street"], again["short_name"]) == ("Vaulx", "Avenue 1", "INSA Lyon")
    assert client_of(keeper).post(address, again).status_code == 302
    school.refresh_from_db()
    assert (school.city, school.street, school.short_name) == ("Vaulx", "Avenue 1", "INSA Lyon")


def test_what_was_typed_into_a_school_outlives_a_session(group, school, keeper):
    client = client_of(keeper)
    form = filled(keeper, f"{SCHOOLS}{school.uuid}/")
    assert form["typed_by"]
    client.logout()
    answer = client.post(f"{SCHOOLS}{school.uuid}/", form | {"city": "Typed too late"})
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_a_school_is_taken_out_stays_on_record_and_is_put_back(group, school, keeper):
    address = f"{SCHOOLS}{school.uuid}/detach/"
    assert "stays on record" in page(keeper, address)
    answer = client_of(keeper).post(address)
    assert answer["Location"] == f"{SCHOOLS}?detached={school.uuid}"
    school.refresh_from_db()
    assert school.parent is None
    assert school.identifiers.count() == 2
    text = page(keeper, answer["Location"])
    assert "Put it back" in text
    assert "School of Lyon" not in page(None, "/en/universities/group/")
    client_of(keeper).post(f"{SCHOOLS}attach/", {"organisation": str(school.uuid)})
    school.refresh_from_db()
    assert school.parent == group.organisation
    assert "Put it back" not in page(keeper, answer["Location"])
    verbs = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["members.detach_school", "members.attach_school"]
    actions.detach_school(group, school, by=keeper)
    actions.detach_school(group, school, by=keeper)
    assert Event.objects.filter(verb="members.detach_school").count() == 2
    history = Version.objects.get_for_object(school)
    assert history.count() == 4


def test_a_school_that_was_taken_out_meanwhile_is_not_edited(group, school, keeper):
    stored = schools.read(school, False)
    seen = editing.marks(stored)
    actions.detach_school(group, school, by=keeper)
    with pytest.raises(Exception, match="taken out of the group meanwhile"):
        actions.edit_school(group, school, by=keeper, typed={**stored, "city": "Elsewhere"}, seen=seen)
    assert client_of(keeper).get(f"{SCHOOLS}{school.uuid}/").status_code == 404


def test_what_is_typed_into_a_school_that_was_taken_out_is_shown_and_saved_with_it_put_back(
    group, school, keeper, ruta
):
    address = f"{SCHOOLS}{school.uuid}/"
    begun = filled(keeper, address) | {"city": "Villeurbanne", "comment": "It moved"}
    actions.detach_school(group, school, by=keeper)
    answer = client_of(keeper).post(address, begun)
    text = answer.content.decode()
    assert answer.status_code == 410
    assert "<p>Villeurbanne</p>" in text
    school.refresh_from_db()
    assert (school.parent, school.city) == (None, "Lyon")
    again = {name: value for name, value in begun.items() if f'name="{name}" value="{value}"' in text}
    assert again["city"] == "Villeurbanne"
    seen = {"seen": begun["seen"], "put_back": "1"}
    assert client_of(ruta).post(address, again | seen).status_code == 404
    assert client_of(keeper).post(address, again | seen).status_code == 302
    school.refresh_from_db()
    assert (school.parent, school.city) == (group.organisation, "Villeurbanne")


def test_a_school_that_went_to_another_group_is_told_and_not_taken_from_it(group, school, egle):
    address = f"{SCHOOLS}{school.uuid}/"
    begun = filled(egle, address) | {"city": "Villeurbanne", "put_back": "1"}
    Organisation.objects.filter(pk=school.pk).update(parent=factories.OrganisationFactory())
    answer = client_of(egle).post(address, begun)
    text = answer.content.decode()
    assert answer.status_code == 410
    assert "It is part of another group." in text
    assert "<p>Villeurbanne</p>" in text
    assert "Put it back and save this" not in text
    assert "F\u00a0\u00a0LYON12" in text  # a page would draw two plain spaces as one


def test_a_second_click_finds_the_school_taken_out(group, school, keeper):
    address = f"{SCHOOLS}{school.uuid}/detach/"
    for _ in range(2):
        assert client_of(keeper).post(address).status_code == 302
    assert client_of(keeper).get(address).status_code == 404
    assert Event.objects.filter(verb="members.detach_school").count() == 1


def test_a_tree_that_would_become_a_loop_is_refused_beside_the_field(group, school, keeper, ktu):
    roof = factories.OrganisationFactory(name="Roof", country="FR")
    Organisation.objects.filter(pk=group.organisation_id).update(parent=roof)
    elsewhere = factories.OrganisationFactory(name="Of another", parent=factories.OrganisationFactory())
    cases = {
        "Group of Schools": "An organisation cannot be part of itself.",
        "Roof": "An organisation cannot be part of what is part of it.",
        "Of another": "It is part of another group.",
        ktu.organisation.name: "It has a page of its own here",
        "Nobody": "No organisation has this name or code.",
    }
    for named, words in cases.items():
        answer = client_of(keeper).post(f"{SCHOOLS}attach/", {"organisation": named})
        text = answer.content.decode()
        assert answer.status_code == 422
        assert words in text[text.index('id="id_organisation_error"') :][:300]
        assert f'value="{named}"' in text
    elsewhere.refresh_from_db()
    assert elsewhere.parent != group.organisation
    assert client_of(keeper).post(f"{SCHOOLS}attach/", {"organisation": "F  LYON12"}).status_code == 302


@pytest.mark.parametrize("which", ["itself", "above"])
def test_the_database_refuses_a_loop_in_words(group, keeper, monkeypatch, which):
    roof = factories.OrganisationFactory(name="Roof", country="FR")
    Organisation.objects.filter(pk=group.organisation_id).update(parent=roof)
    monkeypatch.setattr(actions, "why_not", lambda *_: "")
    one = roof if which == "above" else group.organisation
    one.refresh_from_db()
    with pytest.raises(universities.Refused, match="An organisation cannot be part of"):
        actions.attach_school(group, one, by=keeper)


def test_nobody_else_adds_edits_attaches_or_takes_out(group, school, ruta):
    there = factories.OrganisationFactory()
    with pytest.raises(PermissionDenied):
        actions.add_school(group, Organisation(uuid=uuid.uuid4()), by=ruta, typed=values())
    with pytest.raises(PermissionDenied):
        actions.edit_school(group, school, by=ruta, typed={}, seen={})
    with pytest.raises(PermissionDenied):
        actions.attach_school(group, there, by=ruta)
    with pytest.raises(PermissionDenied):
        actions.detach_school(group, school, by=ruta)


def test_what_is_no_group_has_no_schools_until_the_office_says_it_is_one(ktu, ruta, egle):
    assert client_of(egle).get("/en/universities/ktu/edit/schools/").status_code == 404
    assert "/edit/schools/" not in page(ruta, "/en/universities/ktu/edit/")
    assert "kind" not in filled(ruta, "/en/universities/ktu/edit/facts/")
    assert send(egle, "/en/universities/ktu/edit/facts/", kind="group").status_code == 302
    assert "/edit/schools/" in page(ruta, "/en/universities/ktu/edit/")
    assert "No schools yet" in page(ruta, "/en/universities/ktu/edit/schools/")


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_schools_asks_the_same_few_questions(group, keeper, number, django_assert_num_queries):
    for n in range(number):
        made = factories.OrganisationFactory(parent=group.organisation)
        Identifier.objects.create(organisation=made, scheme="pic", value=f"99961148{n}")
    client = client_of(keeper)
    client.get(SCHOOLS)
    with django_assert_num_queries(8):
        client.get(SCHOOLS)
