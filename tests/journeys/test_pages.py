"""Every page of the access table in a browser: accessible, within its width, clean under the policy, and ours alone."""

import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Error

from tests.access_table import TABLE
from tests.world import CAST

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

AXE = (Path(__file__).resolve().parent.parent / "vendor" / "axe.min.js").read_text()
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# `resultTypes` changes no finding: it saves the description of what is right.
RUN = "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})"
SEEN = [("en", "light", 1280), ("lt", "dark", 360)]
# Answers in HTML that stand within a page (axe looks at them there, in the journey of the search).
WITHIN = {"pages:suggestions"}
NARROWEST = 320
BEYOND = "document.documentElement.scrollWidth - innerWidth"


def room_of(row) -> str:
    """The room of an address; what belongs to none (feeds, signing in) has none."""
    return row.name.partition(":")[0] if ":" in row.name else "none"


def reader_of(row) -> str | None:
    """Who opens a page: the first of the cast who gets 200."""
    return next((name for name in CAST if row.method == "get" and row.expected(name) == 200), None)


# Each room has a test of its own, so that all processes have work to the end.
ROOMS = sorted({room_of(row) for row in TABLE if reader_of(row)})


def problems(page, address: str, theme: str, visit=None) -> list[str]:
    """What a reader, a screen reader or the security policy would complain about at `address`.

    `visit` gets there another way than by its address (a form that comes back); it gives the answer.
    """
    said: list[str] = []
    foreign: list[str] = []

    def on_console(message):
        if message.type in ("error", "warning"):
            said.append(message.text)

    def on_request(request):
        if not request.url.startswith((page.url_of_server, "data:")):
            foreign.append(request.url)

    page.on("console", on_console)
    page.on("request", on_request)
    try:
        response = (visit or page.goto)(address)
    except Error as error:
        if "Download is starting" in error.message:
            return []
        raise
    finally:
        page.remove_listener("console", on_console)
        page.remove_listener("request", on_request)
    if response is None or "text/html" not in response.headers.get("content-type", ""):
        return []
    if (
        response.status >= 400
    ):  # whether it may be read is the access table's business; here it is how it looks
        said = [text for text in said if "Failed to load resource" not in text]
    found = [f"console: {text[:200]}" for text in said] + [f"asks others: {url}" for url in foreign]
    if (beyond := page.evaluate(BEYOND)) > 0:
        found.append(f"{beyond} px wider than the screen")
    if (headings := page.locator("h1").count()) != 1:
        found.append(f"{headings} first-level headings")
    page.evaluate(AXE)
    result = page.evaluate(RUN, RULES)
    for violation in result["violations"]:
        found += [f"{violation['id']}: {node['html'][:160]}" for node in violation["nodes"][:3]]
    found += too_wide_when_narrowest(page)
    return [f"{address} ({theme}): {problem}" for problem in found]


def too_wide_when_narrowest(page) -> list[str]:
    """A page seen on a phone must also fit the narrowest screen, which the same visit shows."""
    size = page.viewport_size
    if size["width"] > 400:
        return []
    page.set_viewport_size({"width": NARROWEST, "height": size["height"]})
    page.wait_for_function(f"innerWidth === {NARROWEST}")
    beyond = page.evaluate(BEYOND)
    page.set_viewport_size(size)
    return [f"{beyond} px wider than a screen of {NARROWEST} px"] if beyond > 0 else []


def readable(records, room):
    """Address and reader of every page of a room that somebody may open.

    PDFs are left out: the browser's own viewer would be tested.
    """
    for row in TABLE:
        if room_of(row) == room and row.name not in WITHIN and (reader := reader_of(row)):
            address = reverse(row.name, kwargs=row.args(records))
            if not address.endswith(".pdf"):
                yield reader, address


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize(("language", "theme", "width"), SEEN, ids=lambda value: str(value))
def test_every_page_is_accessible_and_clean(browse, live_server, cast, records, language, theme, width, room):
    pages, found = {}, []
    with translation.override(language):
        addresses = sorted({*readable(records, room)})
    if room == "none":
        addresses.append(("nobody", f"/{language}/no-such-page/"))
    for reader, address in addresses:
        if reader not in pages:
            pages[reader] = browse(cast[reader], width=width, theme=theme)
            pages[reader].url_of_server = live_server.url
        found += problems(pages[reader], address, theme)
    assert addresses
    assert not found, "\n".join(found)


def test_a_page_that_fits_a_phone_but_not_the_narrowest_screen_is_seen(browse, db):
    page = browse(width=360)
    page.set_content('<body style="margin:0"><p style="width:340px">Wide</p>')
    assert page.evaluate(BEYOND) == 0
    assert too_wide_when_narrowest(page) == [f"20 px wider than a screen of {NARROWEST} px"]
    assert page.viewport_size["width"] == 360


def test_the_menu_of_a_phone_opens_without_scripts(browse, db):
    page = browse(width=360, scripts=False)
    page.goto("/en/accessibility/")
    menu = page.locator("details.menu")
    assert not menu.locator("nav a").first.is_visible()
    menu.locator("summary").click()
    assert menu.locator("nav a", has_text="Projects").is_visible()
    assert page.locator("nav.nav").is_hidden()


def test_the_theme_is_switched_and_kept(browse, db):
    page = browse(theme="light")
    page.goto("/en/accessibility/")
    page.locator("[data-theme-switch]").click()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.goto("/en/privacy/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 22, 30)"


def test_slash_goes_to_the_search_field_unless_somebody_types(browse, db):
    page = browse()
    page.goto("/en/accessibility/")
    page.keyboard.press("/")
    focused = "document.activeElement.id"
    assert page.evaluate(focused) == "site-search"
    page.keyboard.type("a/b")
    assert page.input_value("#site-search") == "a/b"


def test_the_language_switch_keeps_the_page_and_its_query(browse, db):
    page = browse()
    page.goto("/en/components/?q=a%20b&x=1")
    page.locator(".utility a[hreflang=lt]").click()
    assert re.search(r"/lt/components/\?q=a(%20|\+)b&x=1$", page.url)
    assert page.locator("html").get_attribute("lang") == "lt"


def test_the_first_stop_of_the_keyboard_leads_to_the_content(browse, db):
    page = browse()
    page.goto("/en/accessibility/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'main'")


def test_the_list_of_errors_has_the_focus_and_leads_to_the_field(browse, db):
    page = browse()
    page.goto("/en/components/")
    assert "problem" in page.evaluate("document.activeElement.className")
    page.locator(".problem a").first.click()
    page.wait_for_function("document.activeElement.id === 'id_sent-title_en'")


def test_the_counter_says_what_is_left(browse, db):
    page = browse()
    page.goto("/en/components/")
    page.fill("#id_why", "x" * 590)
    line = page.locator("[data-counter=id_why]")
    line.get_by_text("Characters left: 10").wait_for()
    page.fill("#id_why", "x" * 605)
    line.get_by_text("Characters too many: 5").wait_for()
