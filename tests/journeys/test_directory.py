"""The directory in a browser: the map by keyboard, and the comparison without scripts and on a phone."""

import datetime as dt

import pytest

from members.models import Factsheet, FactsheetTerm
from tests import factories
from tests.journeys.test_pages import AXE, RULES

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def two(ktu, aveiro):
    for university, place in ((ktu, (54.9, 23.9)), (aveiro, (40.6, -8.6))):
        university.latitude, university.longitude = place
        university.save()
        factories.MembershipFactory(university=university)
        sheet = Factsheet.objects.create(
            university=university, year="2026/2027", is_published=True, housing_en="Ask early.",
            housing_website="https://housing.example/rooms/",
        )  # fmt: skip
        FactsheetTerm.objects.create(factsheet=sheet, term="autumn", application_until=dt.date(2026, 5, 15))
    return ktu, aveiro


def test_the_map_is_passed_or_walked_by_keyboard(browse, two):
    page = browse(width=360)
    page.goto("/en/universities/")
    page.locator(".map-skip").focus()
    page.keyboard.press("Tab")
    focused = "document.activeElement.getAttribute('aria-label')"
    assert page.evaluate(focused) == "KTU, Kaunas University of Technology"
    page.keyboard.press("Tab")
    assert page.evaluate(focused) == "UA, University of Aveiro"
    page.locator(".map-skip").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'list'")
    page.locator(".map a[href$='/ktu/']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/universities/ktu/")


def test_two_are_ticked_and_compared_without_scripts(browse, two):
    page = browse(width=360, scripts=False)
    page.goto("/en/universities/")
    page.get_by_label("Compare: Kaunas University of Technology").check()
    page.get_by_label("Compare: University of Aveiro").check()
    page.get_by_role("button", name="Compare those ticked").click()
    assert page.url.endswith("/en/universities/compare/?u=ktu&u=aveiro")
    assert page.get_by_role("row", name="Housing").get_by_role("cell").count() == 2
    page.get_by_label("Where you study now").select_option("ktu")
    page.get_by_role("button", name="Show", exact=True).click()
    assert page.get_by_text("Agreed with KTU, each year").is_visible()


@pytest.mark.parametrize(("language", "theme", "width"), [("lt", "dark", 360), ("en", "light", 1280)])
def test_the_comparison_is_accessible_and_within_its_width(browse, two, language, theme, width):
    page = browse(width=width, theme=theme)
    page.goto(f"/{language}/universities/compare/?u=ktu&u=aveiro&home=ktu&year=2026-2027")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.evaluate(AXE)
    assert page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"] == []
