"""A coordinator writes a call with rows of every kind on a phone, without JavaScript, and publishes it."""

from dataclasses import replace

import pytest

from ground import clock
from members.models.exchange import year_of, year_on
from mobility.models import Call, CallDraft
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


def test_what_is_typed_is_kept_while_rows_are_folded_and_found(browse, ruta, ktu, aveiro):
    call = factories.CallFactory(university=ktu, publication="draft", title_en="Studies")
    for level in range(4, 9):
        factories.PlaceFactory(call=call, host=aveiro, level=level)
    german = factories.UniversityFactory(organisation__name="Bavarian School")
    factories.PlaceFactory(call=call, host=german, level=6)
    page = browse(ruta, width=360)
    page.goto(f"/en/mobility/calls/{call.slug}/edit/")
    rows = page.locator("#places-rows .fold")
    assert (rows.count(), page.locator("#places-rows .fold[open]").count()) == (6, 0)
    page.locator("#places-wanted").fill("bavarian")
    assert page.locator("#places-rows .fold:visible").count() == 1
    assert page.locator("[data-fold-said]").inner_text() == "1 of 6 places are shown"
    page.locator("#places-wanted").press("Enter")
    assert not page.locator("[data-draft-said]").inner_text()  # looking for a place is no typing
    page.locator("[name=title_en]").fill("Kept while typing")
    page.locator("[data-draft-said]").filter(has_text="Saved").wait_for()
    page.locator("button[value=add-criteria]").click()
    page.locator("[name=criteria-0-name_en]").fill("Grades")
    for _ in range(40):
        page.wait_for_timeout(250)
        if ["criteria-0-name_en", "Grades"] in CallDraft.objects.get().content:
            break
    page.on("dialog", lambda asked: asked.accept())
    page.reload()
    assert page.get_by_text("You were writing here").is_visible()
    assert page.locator("[name=criteria-0-name_en]").input_value() == "Grades"
    press(page, "Discard it and show what is saved")
    assert page.locator("[name=title_en]").input_value() == "Studies"
