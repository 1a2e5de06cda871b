"""The form of a project in a browser, with scripts and without: rows, partners, drafts, leaving, saving."""

import datetime as dt
import re

import pytest

from ground import clock
from projects.models import FormDraft, Milestone, Project
from tests import factories

SETTLED = re.compile("Mark as done ?: Final report")
pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def project(ktu):
    return factories.ProjectFactory(code="FORM-1", lead=ktu, title_en="Before", title_lt="Prieš")


@pytest.fixture
def porto(db):
    return factories.OrganisationFactory(name="Instituto Inventado do Porto", city="Porto", country="PT")


@pytest.fixture
def desk(browse, dainius, project):
    """The open form, with scripts."""
    page = browse(dainius)
    page.said = []
    page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(f"/en/projects/{project.key}/edit/")
    return page


def rows(page, kind):
    return page.locator(f"[data-rows={kind}] > *:not(.row-gone)")


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def save(page):
    press(page, "Save project")
    page.wait_for_url("**/projects/form-1/")


def test_rows_are_added_taken_away_and_brought_back_in_place(desk, project):
    press(desk, "Add a web address")
    assert desk.evaluate("document.activeElement.name") == "websites-0-url"
    desk.keyboard.type("https://one.example/")
    press(desk, "Add a web address")
    desk.keyboard.type("https://two.example/")
    assert rows(desk, "websites").count() == 2
    rows(desk, "websites").first.get_by_role("button", name="Remove").click()
    assert not rows(desk, "websites").first.is_visible()
    assert desk.evaluate("document.activeElement.textContent") == "Undo"
    desk.keyboard.press("Enter")
    assert rows(desk, "websites").first.is_visible()
    rows(desk, "websites").nth(1).get_by_role("button", name="Remove").click()
    save(desk)
    assert [one.url for one in project.websites.all()] == ["https://one.example/"]
    assert desk.said == []


def test_a_partner_is_found_and_added_by_keyboard_alone(desk, project, porto):
    field = desk.get_by_role("combobox", name="Find an organisation to add")
    field.focus()
    desk.keyboard.type("inventado")
    option = desk.get_by_role("option", name=porto.name)
    option.wait_for()
    assert field.get_attribute("aria-expanded") == "true"
    desk.keyboard.press("Escape")
    assert field.get_attribute("aria-expanded") == "false"
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("ArrowDown")
    assert option.get_attribute("aria-selected") == "true"
    assert field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    desk.keyboard.press("Enter")
    assert rows(desk, "partners").count() == 1
    assert porto.name in desk.locator("[data-sought-said]").inner_text()
    desk.keyboard.type("inventado")  # a second time it is there already
    option.wait_for()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    assert "in the list already" in desk.locator("[data-sought-said]").inner_text()
    assert rows(desk, "partners").count() == 1
    save(desk)
    assert project.partnerships.get().organisation == porto
    assert desk.said == []


def test_what_is_typed_becomes_a_draft_and_is_offered_again(desk, project, dainius):
    desk.fill("[name=title_en]", "Half typed")
    desk.get_by_text("Draft saved at").wait_for(timeout=10_000)
    assert dict(FormDraft.objects.get(user=dainius).content)["title_en"] == "Half typed"
    desk.on("dialog", lambda dialog: dialog.accept())
    desk.goto(f"/en/projects/{project.key}/edit/")
    assert desk.input_value("[name=title_en]") == "Before"
    desk.get_by_role("link", name="Continue with the draft").click()
    assert desk.input_value("[name=title_en]") == "Half typed"
    save(desk)
    assert Project.objects.get().title_en == "Half typed"
    assert not FormDraft.objects.exists()


def test_leaving_by_another_way_warns_and_leaving_unchanged_does_not(desk, project):
    asked = []
    desk.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    desk.get_by_role("link", name="Projects").first.click()
    desk.wait_for_url("**/projects/")
    assert asked == []
    desk.goto(f"/en/projects/{project.key}/edit/")
    desk.locator("[name=acronym]").press_sequentially("X")
    desk.get_by_role("link", name="Projects").first.click()
    desk.wait_for_url("**/projects/")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_cancel_asks_only_where_something_was_typed(browse, dainius, project, scripts):
    desk = browse(dainius, scripts=scripts)
    form, page = f"/en/projects/{project.key}/edit/", f"/en/projects/{project.key}/"
    desk.goto(form)
    press(desk, "Cancel")
    desk.wait_for_url(f"**{page}")
    desk.goto(form)
    desk.fill("[name=title_en]", "Second thoughts")
    press(desk, "Cancel")
    assert desk.locator("h1").inner_text() == "Leave without saving?"
    desk.get_by_role("link", name="Go on editing").click()
    assert desk.input_value("[name=title_en]") == "Second thoughts"
    press(desk, "Cancel")
    desk.get_by_role("link", name="Leave and keep the draft").click()
    desk.wait_for_url(f"**{page}")
    assert FormDraft.objects.count() == 1
    desk.goto("/en/my-work/")
    desk.get_by_role("link", name="Continue editing").click()
    assert desk.input_value("[name=title_en]") == "Second thoughts"
    press(desk, "Cancel")
    press(desk, "Discard what I typed")
    desk.wait_for_url(f"**{page}")
    assert not FormDraft.objects.exists()
    assert Project.objects.get().title_en == "Before"


def test_errors_have_the_focus_lead_to_their_field_and_are_kept_when_one_leaves_at_once(desk, project):
    desk.fill("[name=title_en]", "Long work")
    desk.fill("[name=ends_on]", "2001-01-01")
    press(desk, "Save project")
    desk.wait_for_selector(".problem")
    assert desk.title().startswith("Error:")
    desk.wait_for_function("document.activeElement.className.includes('problem')")
    desk.locator(".problem a").first.click()
    desk.wait_for_function("document.activeElement.name === 'ends_on'")
    assert dict(FormDraft.objects.get().content)["title_en"] == "Long work"


def test_buttons_above_a_text_mark_what_is_chosen_and_show_how_it_looks(desk):
    area = desk.locator("[name=description_en]")
    area.fill("Plain words")
    area.evaluate("one => one.setSelectionRange(0, 5)")
    bar = desk.locator(".toolbar").first
    bar.get_by_role("button", name="Bold").click()
    assert area.input_value() == "**Plain** words"
    bar.get_by_role("button", name="Show how it looks").click()
    desk.locator(".text-preview strong", has_text="Plain").wait_for()
    assert not area.is_visible()
    bar.get_by_role("button", name="Show how it looks").click()
    assert area.is_visible()


def test_without_scripts_rows_partners_and_days_are_typed_and_saved_all_the_same(
    browse, dainius, project, porto
):
    desk = browse(dainius, width=360, scripts=False)
    desk.goto(f"/en/projects/{project.key}/edit/")
    desk.fill("[name=title_en]", "After")
    press(desk, "Add a web address")
    desk.fill("[name=websites-0-url]", "https://one.example/")
    press(desk, "Add a web address")
    desk.fill("[name=websites-1-url]", "https://two.example/")
    rows(desk, "websites").first.get_by_role("button", name="Remove").click()
    assert desk.input_value("[name=websites-0-url]") == "https://two.example/"
    desk.fill("#sought", "inventado")
    press(desk, "Find")
    desk.get_by_role("radio").first.check()
    press(desk, "Add this partner")
    assert desk.input_value("[name=title_en]") == "After"
    save(desk)
    project.refresh_from_db()
    assert project.title_en == "After"
    assert [one.url for one in project.websites.all()] == ["https://two.example/"]
    assert project.partnerships.get().organisation == porto


def test_a_report_is_marked_as_done_from_my_work_on_a_phone(browse, dainius, project):
    today = clock.today(project.lead.zone)
    factories.MilestoneFactory(project=project, title_en="Final report", due_on=today - dt.timedelta(days=3))
    phone = browse(dainius, width=360)
    phone.goto("/en/my-work/")
    phone.get_by_role("link", name=SETTLED).click()
    assert phone.input_value("[name=done_on]") == today.isoformat()
    press(phone, "Mark as done")
    phone.wait_for_url("**/my-work/")
    assert phone.get_by_text("Marked as done.").is_visible()
    assert phone.get_by_role("link", name=SETTLED).count() == 0
    assert Milestone.objects.get().done_on == today
