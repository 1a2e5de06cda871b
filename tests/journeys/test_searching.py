"""Suggestions while typing, with the keyboard alone, and the page behind them without scripts."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.journeys.test_pages import AXE, RULES, RUN

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [1280, 360])
def test_somebody_types_with_a_wrong_letter_and_opens_what_is_suggested(browse, ktu, width):
    project = factories.ProjectFactory(lead=ktu, title_en="Hydrogen for the islands")
    page = browse(width=width)
    page.goto("/en/search/")
    field = page.locator("#search-all")
    field.press_sequentially("hydrogne")
    option = page.get_by_role("option")
    expect(option).to_have_count(1)
    expect(field).to_have_attribute("aria-expanded", "true")
    page.evaluate(AXE)
    assert page.evaluate(RUN, RULES)["violations"] == []
    field.press("Escape")
    expect(option).to_be_hidden()
    expect(field).to_have_value("hydrogne")
    field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    field.press("Enter")
    page.wait_for_url(f"**{project.get_absolute_url()}")
