"""The calendar of a university's published deadlines, as programs that subscribe to it get it."""

import datetime as dt
import re

import pytest
from django.test import Client
from icalendar import Calendar

from members.actions import factsheets as actions
from members.models import Factsheet
from tests.members import facts
from tests.members.facts import AUTUMN, DAY, SPRING, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("autumn_2026")]
URL = "/feeds/factsheets/en/ktu.ics"


def unfolded(response):
    """The lines of a calendar (RFC 5545, 3.1), read without the library that wrote them."""
    return re.sub(rb"\r\n[ \t]", b"", response.content).decode().split("\r\n")


def summaries(url=URL):
    return [
        line.removeprefix("SUMMARY:") for line in unfolded(Client().get(url)) if line.startswith("SUMMARY:")
    ]


def test_each_deadline_is_a_whole_day_with_the_page_as_its_address(ktu):
    made = facts.sheet(ktu, AUTUMN)
    first, second = Calendar.from_ical(Client().get(URL).content).walk("VEVENT")
    assert str(first["summary"]) == "KTU, Autumn term: nominations by home universities"
    assert (first["dtstart"].dt, first["dtend"].dt) == (DAY(2027, 4, 15), DAY(2027, 4, 16))
    assert str(second["summary"]) == "KTU, Autumn term: applications of students"
    term = made.terms.get()
    assert [str(entry["uid"]).partition("@")[0] for entry in (first, second)] == [
        f"{term.uuid}-nomination", f"{term.uuid}-application",
    ]  # fmt: skip
    assert str(first["url"]).endswith("/en/universities/ktu/factsheets/2027-2028/")
    assert "academic year 2027/2028" in str(first["description"])


def test_the_lines_are_those_of_the_standard(ktu):
    facts.sheet(ktu, AUTUMN, SPRING)
    response = Client().get(URL)
    lines = unfolded(response)
    assert (lines[0], lines[-2:]) == ("BEGIN:VCALENDAR", ["END:VCALENDAR", ""])
    assert (lines.count("BEGIN:VEVENT"), lines.count("END:VEVENT")) == (4, 4)
    assert "DTSTART;VALUE=DATE:20270415" in lines
    assert all(len(line) <= 75 for line in response.content.split(b"\r\n"))
    uids = [line for line in lines if line.startswith("UID:")]
    assert len(set(uids)) == 4


def test_the_language_is_that_of_the_address_and_its_entries_stay_the_same(ktu):
    facts.sheet(ktu)
    english, lithuanian = (Client().get(f"/feeds/factsheets/{code}/ktu.ics") for code in ("en", "lt"))
    assert "/lt/universities/ktu/" in lithuanian.content.decode().replace("\r\n ", "")
    assert lithuanian["Content-Language"] == "lt"
    assert [line for line in unfolded(english) if line.startswith("UID:")] == [
        line for line in unfolded(lithuanian) if line.startswith("UID:")
    ]


def test_drafts_and_what_was_taken_back_are_not_in_it(ktu, ruta):
    made = facts.sheet(ktu, by=ruta)
    facts.sheet(ktu, SPRING, year="2028/2029", published=False)
    assert len(summaries()) == 2
    actions.unpublish(made, by=ruta)
    assert summaries() == []


def test_deadlines_of_the_past_year_stay_and_older_ones_go(ktu, aveiro, at):
    facts.sheet(ktu)
    facts.sheet(aveiro)
    with at(dt.datetime(2028, 4, 15, 12, tzinfo=dt.UTC)):
        assert len(summaries()) == 2
    with at(dt.datetime(2028, 4, 20, 12, tzinfo=dt.UTC)):
        assert summaries() == ["KTU\\, Autumn term: applications of students"]


def test_it_is_kept_for_an_hour_and_not_sent_again_unchanged(ktu, ruta):
    made = facts.sheet(ktu, by=ruta)
    first = Client().get(URL)
    assert first["Cache-Control"] == "public, max-age=3600"
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    again = Client().get(URL, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    actions.write(made, said(facts.moved(AUTUMN, nomination_until=DAY(2027, 4, 1))), by=ruta, seen=None)
    changed = Client().get(URL, headers={"if-none-match": first["ETag"]})
    assert changed.status_code == 200
    assert "DTSTART;VALUE=DATE:20270401" in unfolded(changed)
    uid = f"UID:{made.terms.get().uuid}-nomination@"
    assert any(line.startswith(uid) for line in unfolded(first))
    assert any(line.startswith(uid) for line in unfolded(changed))


def test_what_was_taken_back_is_asked_for_anew_whatever_date_a_program_has(ktu, ruta):
    made = facts.sheet(ktu, by=ruta)
    date = Client().get(URL)["Last-Modified"]
    actions.unpublish(made, by=ruta)
    later = Client().get(URL, headers={"if-modified-since": date})
    assert (later.status_code, b"VEVENT" in later.content) == (200, False)


def test_a_university_that_is_none_and_a_language_that_is_none_are_not_there(ktu):
    assert Client().get("/feeds/factsheets/en/nothing.ics").status_code == 404
    assert Client().get("/feeds/factsheets/xx/ktu.ics").status_code == 404


def test_it_costs_the_same_queries_for_one_deadline_and_for_many(ktu, django_assert_num_queries):
    facts.sheet(ktu)
    with django_assert_num_queries(2):
        Client().get(URL)
    facts.sheet(ktu, AUTUMN, SPRING, year="2028/2029")
    with django_assert_num_queries(2):
        Client().get(URL)
    assert Factsheet.objects.count() == 2


def test_the_page_links_to_it_once_there_is_something_to_subscribe_to(ktu, ruta):
    made = facts.sheet(ktu, by=ruta)
    shown = Client().get(made.get_absolute_url()).content.decode()
    assert 'href="/feeds/factsheets/en/ktu.ics" download' in shown
    assert re.search(r'href="webcal://[^"/]+/feeds/factsheets/en/ktu.ics"', shown)
