"""The list of projects in a real browser: typed in, narrowed, gone back in, kept and taken away as a file."""

import csv
import datetime as dt
import io
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tests import factories

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
WIDTHS = [1280, 360]


@pytest.fixture
def projects(ktu, aveiro):
    """Thirty projects at two universities, of which two have an apple in the title."""
    day = dt.date(2020, 1, 1)
    for i in range(28):
        factories.ProjectFactory(lead=ktu, code=f"N-{i:02}", title_en=f"Number {i}", starts_on=day)
    factories.ProjectFactory(lead=ktu, code="APPLE-1", title_en="Apple orchard", starts_on=day)
    factories.ProjectFactory(lead=aveiro, code="APPLE-2", title_en="Apple press", starts_on=day)


def asked(page):
    """The query in the address, without a cursor."""
    return {
        name: values
        for name, values in parse_qs(urlsplit(page.url).query).items()
        if name not in ("after", "before")
    }


def codes(page):
    return page.locator("#results .ruled .row > .meta:last-child").all_inner_texts()


def choose(page, university):
    """Tick a university among the filters, whose box and group are closed on a phone."""
    box = page.locator("details.facets-box")
    if box.get_attribute("open") is None:
        box.locator("> summary").click()
    group = page.locator("details.facet:has(input[name=university])")
    if group.get_attribute("open") is None:
        group.locator("> summary").click()
    group.locator(f"input[value={university}]").check()


def taken(page):
    """The rows of the CSV that the page offers."""
    page.locator(".tools-files > summary").click()
    with page.expect_download() as download:
        page.locator(".tools-files a", has_text="CSV").click()
    text = Path(download.value.path()).read_bytes().decode("utf-8-sig")
    return [row["code"] for row in csv.DictReader(io.StringIO(text, newline=""))]


def wide(page):
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


@pytest.mark.parametrize("width", WIDTHS)
def test_the_list_follows_what_is_typed_and_chosen_and_the_way_back_undoes_it(browse, projects, width):
    page = browse(width=width)
    page.goto("/en/projects/")
    page.locator("#q").press_sequentially("apple", delay=30)
    page.wait_for_url("**q=apple*")
    page.locator("[data-announce]", has_text="2 projects").wait_for()
    assert codes(page) == ["APPLE-1", "APPLE-2"] or codes(page) == ["APPLE-2", "APPLE-1"]
    choose(page, "aveiro")
    page.locator("[data-announce]", has_text="1 project").wait_for()
    assert codes(page) == ["APPLE-2"]
    assert asked(page) == {"q": ["apple"], "university": ["aveiro"]}
    expect(page.locator("#announcement")).to_have_text("1 project")
    assert taken(page) == ["APPLE-2"]
    assert not wide(page)
    page.go_back()
    page.locator("[data-announce]", has_text="2 projects").wait_for()
    assert asked(page) == {"q": ["apple"]}
    expect(page.locator("input[name=university][value=aveiro]")).not_to_be_checked()


def test_no_choice_is_lost_that_was_made_before_the_script_for_it_was_there(browse, projects):
    page, held = browse(width=1280), []
    page.route("**/htmx*.js", lambda route: held.append(route))
    page.goto("/en/projects/")
    assert not held, "a reader who narrows nothing loads nothing for it"
    choose(page, "aveiro")
    expect(page.locator("input[name=university][value=aveiro]")).to_be_checked()
    page.wait_for_function("document.querySelector('script[src*=htmx]')")
    held[0].continue_()
    page.wait_for_url("**university=aveiro*")
    page.locator("[data-announce]", has_text="1 project").wait_for()
    assert codes(page) == ["APPLE-2"]


def test_the_way_back_works_after_the_page_was_loaded_anew(browse, projects):
    page = browse(width=1280)
    page.goto("/en/projects/")
    choose(page, "aveiro")
    page.locator("[data-announce]", has_text="1 project").wait_for()
    page.reload()
    page.go_back()
    page.locator("[data-announce]", has_text="30 projects").wait_for()


@pytest.mark.parametrize("width", WIDTHS)
def test_the_list_does_the_same_without_scripts(browse, projects, width):
    page = browse(width=width, scripts=False)
    page.goto("/en/projects/")
    page.locator("a[rel=next]").click()
    assert len(codes(page)) == 5
    page.locator("#q").fill("apple")
    page.locator("search button").click()
    assert asked(page) == {"q": ["apple"]}
    choose(page, "aveiro")
    page.locator("#filters button:visible").first.click()
    assert codes(page) == ["APPLE-2"]
    assert asked(page) == {"q": ["apple"], "university": ["aveiro"]}
    assert taken(page) == ["APPLE-2"]
    page.go_back()
    assert sorted(codes(page)) == ["APPLE-1", "APPLE-2"]


@pytest.mark.parametrize(("width", "scripts"), [(1280, True), (360, True), (360, False)])
def test_a_filter_is_saved_found_again_and_taken_back(browse, projects, dainius, width, scripts):
    page = browse(dainius, width=width, scripts=scripts)
    page.goto("/en/projects/?university=aveiro&sort=code")
    page.get_by_role("link", name="Save this filter").click()
    page.locator("main input[name=name]").fill("Only Aveiro")
    page.locator("main form button[type=submit]").first.click()
    page.goto("/en/projects/")
    page.get_by_role("link", name="Only Aveiro").click()
    assert asked(page) == {"university": ["aveiro"], "sort": ["code"]}
    assert codes(page) == ["APPLE-2"]
    assert page.get_by_role("link", name="Save this filter").count() == 0
    assert not wide(page) if scripts else True
