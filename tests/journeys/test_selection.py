"""A coordinator's day in a real browser, with its clicks counted: found by the report, decided, undone, shared out."""

import pytest
from playwright.sync_api import expect

from mobility import actions
from mobility.models import BulkDecision, Review
from tests import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def applications(ktu, aveiro):
    """Three applications, of which one has too few credits."""
    call = factories.CallFactory(
        university=ktu, minimum_ects=60, title_en="Studies abroad", reviewers_wanted=1
    )
    place = factories.PlaceFactory(call=call, host=aveiro, capacity=2)
    made = []
    for n, ects in enumerate([120, 120, 30]):
        person = factories.AppointmentFactory(university=ktu).user
        draft = factories.complete_application(person, place, family_name=f"Person{n}", ects=ects)
        made.append(actions.submit_application(draft, by=person))
    return made


class Hand:
    """Clicks, and counts them."""

    def __init__(self):
        self.clicks = 0

    def click(self, locator):
        locator.first.click()
        self.clicks += 1

    def choose(self, locator, value):
        locator.select_option(value)
        self.clicks += 1


def test_applications_are_decided_by_filters_and_bulk_steps_in_few_clicks(browse, applications, ruta, jonas):
    page, hand = browse(ruta), Hand()
    page.goto("/en/my-work/")
    hand.click(page.locator("main a.button", has_text="Check"))
    hand.click(page.locator("label", has_text="All rules are met"))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 applications")
    assert hand.clicks == 2

    hand = Hand()
    hand.click(page.locator("label", has_text="All that match"))
    hand.choose(page.locator("#step"), "find_eligible")
    hand.click(page.get_by_role("button", name="Preview the mails"))
    expect(page.locator("form details")).to_have_count(2)
    hand.click(page.get_by_role("button", name="Mark as eligible: 2 applications"))
    expect(page.locator("main")).to_contain_text("Nobody else sees this yet")
    assert hand.clicks == 4
    hand.click(page.get_by_role("button", name="Undo"))
    expect(page.locator("main")).to_contain_text("Undone")
    assert hand.clicks == 5
    assert BulkDecision.objects.get().status == "undone"

    hand = Hand()
    hand.click(page.get_by_role("navigation").get_by_role("link", name="Applications", exact=True))
    hand.click(page.get_by_role("link", name="Reviewers", exact=True))
    hand.click(page.get_by_role("button", name="Share out evenly"))
    expect(page.locator("main")).to_contain_text("3 reviews were assigned")
    assert hand.clicks == 3
    assert Review.objects.filter(reviewer=jonas).count() == 3
