import datetime as dt

import pytest
from allauth.account.models import EmailAddress

from members.models import Role
from tests import factories
from tests.members import agreeing, facts

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def test_visitor_is_asked_to_sign_in(client):
    assert client.get("/en/my-work/").status_code == 302


def test_nothing_waits_for_a_new_person(client, db):
    client.force_login(factories.UserFactory())
    response = client.get("/en/my-work/")
    assert response.status_code == 200
    assert b"Nothing waits for you" in response.content


def test_a_person_without_a_role_is_led_to_the_university_and_to_the_contacts(client, db):
    client.force_login(factories.UserFactory())
    text = client.get("/en/my-work/").content.decode()
    notice = text[text.index("Your account has no role yet") :].partition("Nothing waits for you")[0]
    assert '<a href="/en/universities/">' in notice
    assert '<a href="/en/contacts/">Ask the portal\'s contacts</a>' in notice


def test_late_things_come_first_then_by_date_then_what_has_none(client, dainius, ktu, at):
    factories.ProjectFactory(lead=ktu, title_en="Draft", publication="draft")
    ending = factories.ProjectFactory(lead=ktu, title_en="Ending", ends_on=dt.date(2027, 1, 10))
    factories.MilestoneFactory(project=ending, title_en="Late report", due_on=dt.date(2026, 11, 1))
    factories.MilestoneFactory(project=ending, title_en="Soon due", due_on=dt.date(2026, 12, 1))
    client.force_login(dainius)
    with at(NOON):
        response = client.get("/en/my-work/")
    assert [item.what for item in response.context["items"]] == ["Late report", "Soon due", "Ending", "Draft"]
    assert b"21 days overdue" in response.content
    assert b"Nothing waits" not in response.content


def test_entries_lead_to_pages_that_open(client, dainius, ktu, at):
    ending = factories.ProjectFactory(lead=ktu, ends_on=dt.date(2027, 1, 10))
    factories.MilestoneFactory(project=ending, due_on=dt.date(2026, 11, 1))
    client.force_login(dainius)
    with at(NOON):
        for item in client.get("/en/my-work/").context["items"]:
            assert client.get(item.url).status_code == 200


@pytest.mark.parametrize("who", ["ana", "dainius", "jonas", "ieva", "tomas", "egle", "laima"])
def test_whoever_looks_asks_six_times(who, request, client, django_assert_num_queries):
    client.force_login(request.getfixturevalue(who))
    with django_assert_num_queries(6):  # session, person, moment, roles, all that waits, messages
        client.get("/en/my-work/")


def test_who_has_no_role_yet_asks_eight_times(client, django_assert_num_queries):
    person = factories.UserFactory()
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    client.force_login(person)
    with django_assert_num_queries(8):  # and the step that follows sign-up, and whether a role is asked for
        client.get("/en/my-work/")


@pytest.mark.parametrize("rows", [1, 3])
def test_who_holds_many_roles_asks_twice_more_for_one_thing_of_each_kind_and_for_three(
    rows, client, ruta, ana, ktu, aveiro, at, django_assert_num_queries
):
    for role in (Role.PROJECT_MANAGER, Role.EDITOR, Role.REVIEWER):
        factories.AppointmentFactory(user=ruta, role=role, university=ktu)
    for n in range(rows):
        agreeing.sent(ktu, aveiro, ruta)
        project = factories.ProjectFactory(lead=ktu, ends_on=dt.date(2027, 1, 10))
        factories.MilestoneFactory(project=project, due_on=dt.date(2026, 12, 1))
        factories.NewsItemFactory(university=ktu, publication="in_review")
        facts.sheet(ktu, year=f"{2027 + n}/{2028 + n}", published=False)
        call = factories.CallFactory(university=ktu)
        for person in (ana, factories.UserFactory()):
            factories.ApplicationFactory(
                call=call, applicant=person, status="submitted", submitted_at=NOON, snapshot={},
                snapshot_sha256="0" * 64,
            )  # fmt: skip
    client.force_login(ruta)
    with at(NOON), django_assert_num_queries(7):  # and two more for agreements; the moment is given here
        response = client.get("/en/my-work/")
    found = [item.kind for item in response.context["items"]]
    for kind in ("agreement_approve", "milestone", "news.item", "factsheet", "check"):
        assert found.count(kind) == rows, kind


@pytest.mark.parametrize(
    ("persona", "there"), [("egle", True), ("laima", True), ("ruta", False), ("ieva", False)]
)
def test_the_office_goes_on_to_the_pages_of_the_portal(request, client, persona, there):
    client.force_login(
        request.getfixturevalue(persona), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    assert ('href="/en/texts/"' in client.get("/en/my-work/").content.decode()) is there
