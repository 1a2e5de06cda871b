import datetime as dt

import pytest

from tests import factories

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
