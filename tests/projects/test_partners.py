"""Partners of a project: found while typing, or put on record as a new organisation."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from members import actions as members
from members import doubles
from members.doubles import Newcomer
from members.models import Identifier, Organisation
from projects.models import Project
from tests import factories
from tests.projects.sending import fields, with_rows

pytestmark = pytest.mark.django_db
NEW = "/en/projects/new/"
EDIT = "/en/projects/s-net-24-50/edit/"
FIND = "/en/projects/new/organisations/"


@pytest.fixture
def manager(client, dainius):
    client.force_login(dainius)
    return client


def typed(client, **changed):
    return fields(client.get(NEW)) | {
        "code": "TRY-1", "title_en": "A try", "starts_on": "2026-01-01", "ends_on": "2026-12-31", **changed,
    }  # fmt: skip


@pytest.fixture
def siauliai(db):
    organisation = factories.OrganisationFactory(name="Šiaulių kolegija", country="LT", city="Šiauliai")
    Identifier.objects.create(organisation=organisation, scheme="erasmus", value="LT SIAULIA02")
    Identifier.objects.create(organisation=organisation, scheme="pic", value="999876543")
    return organisation


# While typing


@pytest.mark.parametrize("sought", ["siauliu", "ŠIAULIŲ", "kolegija siau", "LT SIAULIA02", "999876543"])
def test_organisation_is_offered_while_its_name_city_or_code_is_typed(sought, manager, siauliai):
    answer = manager.get(FIND, {"q": sought}).json()
    assert [one["name"] for one in answer["organisations"]] == ["Šiaulių kolegija"]
    assert answer["organisations"][0] | {"id": 0} == {
        "id": 0, "name": "Šiaulių kolegija", "about": "Šiauliai, Lithuania", "codes": "LT SIAULIA02 · 999876543",
    }  # fmt: skip
    assert answer["words"] == "1 organisation matches."


def test_at_most_twelve_are_offered_and_the_number_of_queries_is_the_same_for_one_and_for_many(
    manager, siauliai
):
    with CaptureQueriesContext(connection) as one:
        manager.get(FIND, {"q": "siauliu"})
    for i in range(14):
        factories.OrganisationFactory(name=f"Common name {i}")
    with CaptureQueriesContext(connection) as many:
        answer = manager.get(FIND, {"q": "common"}).json()
    assert len(answer["organisations"]) == 12
    assert "There are more" in answer["words"]
    about = [
        q
        for q in many.captured_queries
        if "members_organisation" in q["sql"] or "members_identifier" in q["sql"]
    ]
    assert (len(about), len(one)) == (2, len(many))


@pytest.mark.parametrize("sought", ["", "s", "\x00&|!:*(", "zzz qqq", "x" * 5000])
def test_what_finds_nothing_is_answered_in_words(sought, manager, siauliai):
    answer = manager.get(FIND, {"q": sought})
    assert answer.status_code == 200
    assert answer.json()["organisations"] == []
    assert answer.json()["words"].startswith("No organisation matches")


@pytest.mark.parametrize(("person", "status"), [("ana", 403), ("ruta", 403), ("egle", 200)])
def test_organisations_are_offered_to_those_who_keep_projects(person, status, client, db, request):
    client.force_login(request.getfixturevalue(person))
    assert client.get(FIND, {"q": "ab"}).status_code == status


# A new one

NOVA = {"new-name": "Nova Dirbtuvė", "new-country": "LT", "new-city": "Utena", "new-pic": ""}


def test_organisation_on_no_list_is_put_on_record_with_the_project(manager, dainius):
    step = manager.post(NEW, typed(manager) | NOVA | {"step": "new-partner"})
    data = fields(step)
    assert (data["partners-0-name"], data["partners-0-country"]) == ("Nova Dirbtuvė", "LT")
    assert b"put on record when you save" in step.content
    assert not Organisation.objects.filter(name="Nova Dirbtuvė").exists()
    response = manager.post(NEW, data | {"partners-0-part": "associated"})
    assert response.status_code == 302
    made = Project.objects.get().partnerships.get().organisation
    assert (made.name, str(made.country), made.city, made.kind) == ("Nova Dirbtuvė", "LT", "Utena", "other")
    assert Event.objects.get(verb="members.add_organisation").actor == dainius
    assert Project.objects.search("dirbtuve").exists()


def test_form_with_a_new_organisation_sent_twice_makes_one(manager):
    data = fields(manager.post(NEW, typed(manager) | NOVA | {"step": "new-partner"}))
    for _time in range(2):
        assert manager.post(NEW, data).status_code == 302
    assert Organisation.objects.filter(name="Nova Dirbtuvė").count() == 1


def test_likely_doubles_are_shown_before_a_new_organisation_is_taken(manager, siauliai):
    new = NOVA | {"new-name": "SIAULIU KOLEGIJA"}
    step = manager.post(NEW, typed(manager) | new | {"step": "new-partner"})
    assert step.context["editor"].search.matches == [siauliai]
    assert "partners-0-name" not in fields(step)
    assert b"None of these: add the new one" in step.content
    sure = fields(manager.post(NEW, fields(step) | {"step": "sure-partner"}))
    assert sure["partners-0-name"] == "SIAULIU KOLEGIJA"
    assert manager.post(NEW, sure).status_code == 302
    assert Organisation.objects.filter(country="LT").count() >= 2


def test_one_with_the_same_pic_is_never_made_again(manager, siauliai, dainius):
    new = NOVA | {"new-pic": "999876543"}
    for step in ("new-partner", "sure-partner"):
        answer = manager.post(NEW, typed(manager) | new | {"step": step})
        assert "partners-0-name" not in fields(answer)
        assert b"with this PIC is on record already" in answer.content
    row = {"name": "Other", "country": "LT", "pic": "999876543", "sure": "on", "part": "associated"}
    response = manager.post(NEW, with_rows(typed(manager), "partners", row))
    assert response.status_code == 422
    assert "is on record already" in response.content.decode()
    with pytest.raises(members.OnRecord):
        members.add_organisation(Newcomer("Other", "LT", pic="999876543"), by=dainius, sure=True)


def test_one_of_the_same_name_that_came_meanwhile_is_said_beside_the_row(manager):
    data = fields(manager.post(NEW, typed(manager) | NOVA | {"step": "new-partner"}))
    factories.OrganisationFactory(name="NOVA DIRBTUVE", country="LT")
    response = manager.post(NEW, data)
    assert response.status_code == 422
    assert "NOVA DIRBTUVE” is on record already" in response.content.decode()
    assert not Project.objects.exists()


def test_one_that_comes_between_check_and_save_is_said_in_words(manager, monkeypatch):
    data = fields(manager.post(NEW, typed(manager) | NOVA | {"step": "new-partner"}))
    real = members.add_organisation

    def overtaken(newcomer, **more):
        factories.OrganisationFactory(name="Nova dirbtuvė", country="LT")
        return real(newcomer, **more)

    monkeypatch.setattr(members, "add_organisation", overtaken)
    response = manager.post(NEW, data)
    assert response.status_code == 422
    assert "is on record already" in response.content.decode()
    assert not Project.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"new-name": ""}, {"new-name": "x" * 301}, {"new-name": "A\x00"}, {"new-name": "—"}, {"new-country": ""},
        {"new-country": "XX"}, {"new-pic": "12"}, {"new-pic": "abcdefghi"}, {"new-city": "x" * 151},
    ],
)  # fmt: skip
def test_wrong_new_organisation_is_said_and_stays_typed(wrong, manager):
    response = manager.post(NEW, typed(manager) | NOVA | wrong | {"step": "new-partner"})
    assert response.status_code == 200
    assert "partners-0-name" not in fields(response)
    assert response.context["editor"].search.newcomer.errors


@pytest.mark.parametrize(
    "row",
    [
        {"name": "x" * 301, "country": "LT"}, {"name": "A\x00", "country": "LT"}, {"name": "A", "country": "ZZ"},
        {"name": "A", "country": "LT", "pic": "1"}, {"name": "A"}, {"name": "—", "country": "LT"},
    ],
)  # fmt: skip
def test_wrong_row_of_a_new_organisation_is_refused(row, manager):
    response = manager.post(NEW, with_rows(typed(manager), "partners", row | {"part": "associated"}))
    assert response.status_code == 422
    assert not Project.objects.exists()
    assert b"There is a problem" in response.content


def test_the_same_new_organisation_twice_is_refused_as_a_set(manager):
    rows = [{"name": n, "country": "LT", "part": "associated"} for n in ("Nova", "NOVA")]
    response = manager.post(NEW, with_rows(typed(manager), "partners", *rows))
    assert response.status_code == 422
    assert response.context["partners"].non_form_errors()


def test_putting_on_record_is_for_those_who_keep_projects(ana):
    from django.core.exceptions import PermissionDenied

    with pytest.raises(PermissionDenied):
        members.add_organisation(Newcomer("Mine", "LT"), by=ana)


def test_doubles_are_looked_for_in_one_query(siauliai, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = doubles.likely(
            [Newcomer("Siauliu", "LT"), Newcomer("x", "PL", pic="999876543"), Newcomer("—", "LT")]
        )
    assert found == [siauliai]
    assert doubles.same(found[0], Newcomer("Siauliu", "LT")) == ""
    with django_assert_num_queries(0):
        assert doubles.likely([]) == []


# Gone meanwhile


def test_partner_whose_organisation_was_deleted_is_said_and_can_be_removed(manager, project, siauliai):
    data = fields(
        manager.post(EDIT, fields(manager.get(EDIT)) | {"step": "add-partners", "found": str(siauliai.pk)})
    )
    row = next(n for n, value in data.items() if value == str(siauliai.pk)).split("-")[1]
    siauliai.delete()
    response = manager.post(EDIT, data)
    assert response.status_code == 422
    assert b"no longer on record" in response.content
    again = fields(manager.post(EDIT, data | {"step": f"remove-partners-{row}"}))
    assert again["partners-TOTAL_FORMS"] == "1"
    assert manager.post(EDIT, again).status_code == 302


def test_organisation_deleted_between_check_and_save_is_said_in_words(
    manager, project, siauliai, monkeypatch
):
    from projects.forms.partner_rows import PartnerForm

    data = with_rows(
        fields(manager.get(EDIT)), "partners", {"organisation_id": 999_999_999, "part": "associated"}
    )
    monkeypatch.setattr(PartnerForm, "clean", lambda self: None)
    response = manager.post(EDIT, data)
    assert response.status_code == 422
    assert b"no longer on record. Choose again" in response.content


# Departments


def test_departments_of_lead_sharing_and_partner_universities_can_be_chosen_by_university(
    manager, project, aveiro, trento, ktu
):
    from projects.models import Sharing

    units = [factories.UnitFactory(university=u, name_en=f"Unit {u.slug}") for u in (ktu, aveiro, trento)]
    shown = manager.get(EDIT).content.decode()
    assert [f"Unit {u.slug}" in shown for u in (ktu, aveiro, trento)] == [True, True, False]
    assert "<optgroup" in shown
    Sharing.objects.create(project=project, university=trento, shared_at="2026-01-01T00:00Z")
    rows = [{"unit_id": unit.pk} for unit in units]
    assert manager.post(EDIT, with_rows(fields(manager.get(EDIT)), "departments", *rows)).status_code == 302
    assert project.departments.count() == 3


def test_names_in_lists_are_in_the_language_of_the_reader(manager, project, ktu):
    organisation = ktu.organisation
    organisation.local_name, organisation.local_language = "Kauno technologijos universitetas", "lt"
    organisation.save()
    factories.UnitFactory(university=ktu, name_en="Library", name_lt="Biblioteka")
    shown = manager.get("/lt/projects/s-net-24-50/edit/").content.decode()
    assert ">Kauno technologijos universitetas</option>" in shown
    assert ">Biblioteka</option>" in shown
    assert ">Library</option>" not in shown
