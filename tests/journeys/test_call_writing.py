"""A coordinator writes a call with rows of every kind on a phone, without JavaScript, and publishes it."""

from dataclasses import replace

import pytest

from ground import clock
from members.models.exchange import year_of, year_on
from mobility.models import Call
from tests import factories
from tests.members import agreeing

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def year(ktu, aveiro, ruta, bruno):
    """Next year, in which KTU sends two people to Aveiro."""
    for university in (ktu, aveiro):
        factories.MembershipFactory(university=university)
    next_one = year_of(int(year_on(clock.today("Europe/Vilnius"))[:4]) + 1)
    years = {"first_year": next_one, "last_year": next_one}
    agreeing.agreed(ktu, aveiro, ruta, bruno, replace(agreeing.STUDIES, places=2, **years), **years)
    return next_one


def press(page, words):
    page.get_by_role("button", name=words, exact=True).last.click()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"wider than the phone after {words}"


def write_rows(page):
    """One row of each kind; what was typed before stays at every step."""
    page.locator("[name=summary_en]").fill("A term in Aveiro.")
    page.get_by_role("button", name="Add places").first.click()
    assert page.locator("[name=places-0-capacity]").input_value() == "2"
    press(page, "Add a language")
    page.locator("[name=languages-0-language]").select_option("en")
    press(page, "Add a document")
    page.locator("[name=documents-0-name_en]").fill("Transcript")
    press(page, "Add a question")
    page.locator("[name=questions-0-text_en]").fill("Which city?")
    page.locator("[name=questions-0-kind]").select_option("choice")
    page.locator("[name=questions-0-options_en]").fill("Aveiro\nPorto")
    press(page, "Add a criterion")
    page.locator("[name=criteria-0-name_en]").fill("Motivation")
    assert page.locator("[name=summary_en]").input_value() == "A term in Aveiro."
    assert page.locator("[name=documents-0-name_en]").input_value() == "Transcript"


def test_a_call_is_written_on_a_phone_without_javascript(browse, ruta, year):
    page = browse(ruta, width=360, scripts=False)
    page.goto("/en/mobility/calls/")
    page.locator("main").get_by_role("link", name="New call").click()
    page.locator("[name=title_en]").fill("Studies in Aveiro")
    page.get_by_label("Academic year").select_option(year)
    press(page, "Begin the draft")
    write_rows(page)
    press(page, "Save and preview")
    assert "Say by when you decide." in page.locator("main").inner_text()
    page.get_by_role("link", name="Edit the call").click()
    closes = Call.objects.get().closes_at
    page.locator("[name=decision_on]").fill(str(closes.date().replace(year=closes.year + 1)))
    press(page, "Save and preview")
    assert "Which city?" in page.locator("main").inner_text()
    press(page, "Publish the call")
    call = Call.objects.get()
    assert (call.publication, call.places.get().capacity) == ("published", 2)
    assert [one.words_en for one in call.questions.get().options.all()] == ["Aveiro", "Porto"]
    assert page.get_by_role("heading", name="Studies in Aveiro").is_visible()
