"""The personal calendar of project dates: its address, what it holds, and for how long."""

import datetime as dt
import logging
import re

import pytest
from django.test import Client
from icalendar import Calendar

from alliance_portal.logs import formatter
from ground import clock
from members.models import Appointment
from notifications import tokens
from projects.dates_feed import PURPOSE
from projects.models import Follower, Milestone, Sharing, TeamMember
from tests import factories
from tests.projects.conftest import NOON

pytestmark = pytest.mark.django_db
PAGE = "/en/projects/calendar/"


def address(user):
    return f"/calendar/projects/{tokens.issue(user, PURPOSE)}.ics"


def entries(url):
    response = Client().get(url)
    assert response.status_code == 200
    return Calendar.from_ical(response.content).walk("VEVENT")


def summaries(url):
    return [str(entry["summary"]) for entry in entries(url)]


def follow(user, project):
    Follower.objects.create(user=user, project=project, since=clock.now())


def due(project, title="Report", on=dt.date(2026, 12, 1), **fields):
    return factories.MilestoneFactory(project=project, title_en=title, due_on=on, **fields)


@pytest.fixture
def now(at):
    with at(NOON):
        yield NOON


def test_manager_gets_milestones_and_ends_of_the_universitys_projects(now, dainius, project):
    milestone = project.milestones.get()
    first, last = entries(address(dainius))
    assert str(first["summary"]) == "Final report (S-NET-24-50)"
    assert first["dtstart"].dt == dt.date(2026, 4, 30)
    assert first["dtend"].dt == dt.date(2026, 5, 1)
    assert str(first["uid"]).startswith(f"{milestone.uuid}@")
    assert str(first["url"]).endswith("/en/projects/s-net-24-50/")
    assert "Membership of a network" in str(first["description"])
    assert str(last["summary"]) == "The funding period ends (S-NET-24-50)"
    assert last["dtstart"].dt == dt.date(2026, 3, 1)
    assert str(last["uid"]).startswith(f"{project.uuid}-end@")


def test_done_milestones_say_so(now, dainius, ktu):
    due(factories.ProjectFactory(lead=ktu, code="X-1"), done_on=dt.date(2026, 11, 2))
    assert summaries(address(dainius))[0] == "Done: Report (X-1)"
    assert "Done on 2 November 2026." in str(entries(address(dainius))[0]["description"])


def test_words_are_in_the_language_of_the_owner(now, dainius, project):
    dainius.language = "lt"
    dainius.save()
    first, _last = entries(address(dainius))
    assert "/lt/projects/" in str(first["url"])
    assert "Narystė tinkle" in str(first["description"])


def test_uids_and_bytes_stay_while_nothing_changes(now, dainius, project, at):
    url = address(dainius)
    before = Client().get(url)
    with at(NOON + dt.timedelta(hours=5)):
        after = Client().get(url)
    assert before.content == after.content
    assert before["ETag"] == after["ETag"]


def test_calendar_that_did_not_change_is_not_sent_again(now, dainius, project):
    url = address(dainius)
    first = Client().get(url)
    again = Client().get(url, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    Milestone.objects.update(due_on=dt.date(2026, 5, 15))
    assert Client().get(url, headers={"if-none-match": first["ETag"]}).status_code == 200


def test_an_old_copy_is_never_kept_for_its_date_alone(now, dainius, project, aveiro):
    follow(dainius, factories.ProjectFactory(code="FOL-1", lead=aveiro))  # the youngest, and it stays
    url = address(dainius)
    date = Client().get(url)["Last-Modified"]
    Appointment.objects.filter(user=dainius).update(valid_until=NOON - dt.timedelta(days=1))
    later = Client().get(url, headers={"if-modified-since": date})
    assert later.status_code == 200
    assert (b"FOL-1" in later.content, b"S-NET-24-50" in later.content) == (True, False)


def test_followed_headed_and_shared_projects_are_there_and_no_others(now, dainius, ana, aveiro, ktu):
    made = {
        n: factories.ProjectFactory(code=n, lead=aveiro) for n in ("FOL-1", "HEAD-1", "SHARED-1", "OTHER-1")
    }
    TeamMember.objects.create(project=made["HEAD-1"], user=ana, name="Ana", part="head")
    TeamMember.objects.create(project=made["OTHER-1"], user=ana, name="Ana", part="member")
    follow(ana, made["FOL-1"])
    Sharing.objects.create(project=made["SHARED-1"], university=ktu, shared_at=NOON)

    def codes(user):
        return {re.search(r"\((.*)\)", words)[1] for words in summaries(address(user))}

    assert codes(ana) == {"FOL-1", "HEAD-1"}
    assert codes(dainius) == {"SHARED-1"}


def test_office_gets_what_it_follows_not_everything(now, egle, ktu):
    factories.ProjectFactory(code="ONE", lead=ktu)
    follow(egle, factories.ProjectFactory(code="TWO", lead=ktu))
    assert summaries(address(egle)) == ["The funding period ends (TWO)"]


def test_ended_appointment_gives_nothing_any_more(now, dainius, project):
    url = address(dainius)
    assert len(entries(url)) == 2
    Appointment.objects.filter(user=dainius).update(valid_until=NOON - dt.timedelta(minutes=1))
    assert entries(url) == []


def test_draft_shows_to_those_who_keep_it_alone(now, dainius, ana, ktu):
    draft = factories.ProjectFactory(code="DRAFT", lead=ktu, publication="draft")
    TeamMember.objects.create(project=draft, user=ana, name="Ana", part="head")
    follow(ana, draft)
    assert entries(address(ana)) == []
    assert summaries(address(dainius)) == ["The funding period ends (DRAFT)"]


def test_dates_of_long_ago_are_left_out(now, dainius, ktu):
    project = factories.ProjectFactory(lead=ktu, starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2024, 1, 1))
    due(project, on=dt.date(2023, 1, 1))
    due(project, "Audit", on=dt.date(2026, 1, 1))
    assert [s.split(" (")[0] for s in summaries(address(dainius))] == ["Audit"]


@pytest.mark.parametrize("rows", [1, 3])
def test_calendar_takes_five_queries_however_much_it_holds(
    now, rows, dainius, ktu, django_assert_num_queries
):
    for _i in range(rows):
        due(factories.ProjectFactory(lead=ktu))
    url = address(dainius)
    with django_assert_num_queries(5):  # token, appointments, milestones, ends (the moment is held)
        assert len(entries(url)) == 2 * rows


HOSTILE = 'a\r\nATTENDEE:mailto:x@y.example\nBEGIN:VEVENT,;:\\" ž\u2028b'


def test_text_cannot_add_lines_of_its_own(now, dainius, ktu):
    project = factories.ProjectFactory(lead=ktu, title_en=HOSTILE)
    due(project, HOSTILE)
    response = Client().get(address(dainius))
    milestone, end = Calendar.from_ical(response.content).walk("VEVENT")
    assert "attendee" not in milestone
    assert "ATTENDEE:mailto:x@y.example" in str(milestone["summary"])
    assert HOSTILE.replace("\r\n", "\n") in str(end["description"])
    lines = response.content.replace(b"\r\n ", b"").split(b"\r\n")
    assert not any(line.startswith(b"ATTENDEE") for line in lines)
    assert sum(line == b"BEGIN:VEVENT" for line in lines) == 2


@pytest.mark.parametrize("token", ["x", "x" * 500, "%00", "..%2f", "ž", "a b", "'--"])
def test_unknown_address_is_not_there(db, token):
    assert Client().get(f"/calendar/projects/{token}.ics").status_code == 404


def test_withdrawn_replaced_and_foreign_addresses_are_not_there(now, dainius, project):
    first = address(dainius)
    second = address(dainius)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    tokens.revoke(dainius, PURPOSE)
    assert Client().get(second).status_code == 404
    other = tokens.issue(dainius, "something.else")
    assert Client().get(f"/calendar/projects/{other}.ics").status_code == 404


def test_address_of_somebody_who_was_shut_out_is_not_there(now, dainius, project):
    url = address(dainius)
    dainius.is_active = False
    dainius.save()
    assert Client().get(url).status_code == 404


def test_calendar_is_kept_by_no_proxy_and_found_by_no_search(now, dainius, project):
    response = Client().get(address(dainius))
    assert response["Cache-Control"] == "private, no-cache"
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert "Set-Cookie" not in response
    assert Client().post(address(dainius)).status_code == 405
    assert Client().head(address(dainius)).status_code == 200


def test_address_is_shown_once_and_never_in_the_page_again(client, dainius):
    client.force_login(dainius)
    assert b"Make an address" in client.get(PAGE).content
    made = client.post(PAGE, {"step": "make"})
    url = re.search(r"/calendar/projects/[\w-]{43}\.ics", made.content.decode())[0]
    assert Client().get(url).status_code == 200
    assert "webcal://" in made.content.decode()
    assert "no-store" in made["Cache-Control"]
    again = client.get(PAGE).content.decode()
    assert "/calendar/projects/" not in again.replace(PAGE, "")
    assert "Make a new address" in again


def test_two_clicks_leave_one_address_the_one_shown_last(client, dainius):
    client.force_login(dainius)
    pages = [client.post(PAGE, {"step": "make"}).content.decode() for _i in range(2)]
    first, second = (re.search(r"/calendar/projects/[\w-]+\.ics", page)[0] for page in pages)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200


def test_withdrawing_says_so_and_ends_the_address(client, dainius):
    client.force_login(dainius)
    url = address(dainius)
    page = client.post(PAGE, {"step": "withdraw"}, follow=True)
    assert "The address was withdrawn" in page.content.decode()
    assert Client().get(url).status_code == 404


@pytest.mark.parametrize(
    "data", [{}, {"step": "become_rector"}, {"step": "\x00"}, {"step": ["make", "look"]}]
)
def test_step_that_is_not_offered_changes_nothing(client, dainius, data):
    client.force_login(dainius)
    assert client.post(PAGE, data).status_code == 422
    assert not dainius.secret_tokens.exists()


@pytest.mark.parametrize(
    "path", ["/calendar/projects/made-up-secret.ics", "/calendar/projects/made-up-secret.ics?x=1"]
)
def test_address_stands_in_no_line_of_the_logs(db, path, caplog):
    with caplog.at_level(logging.DEBUG):
        Client().get(path)
    lines = [formatter().format(record) for record in caplog.records]
    assert any("Not Found" in line for line in lines)
    assert not any("made-up-secret" in line for line in lines)


def test_roles_that_manage_no_projects_get_nothing_of_the_university(now, cast, project):
    for persona in ("ana", "ruta", "jonas", "ieva", "chiara", "manager", "former", "egle", "laima"):
        assert entries(address(cast[persona])) == [], persona
