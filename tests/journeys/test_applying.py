"""Whole applications in a real browser: by keyboard alone, and of staff on a phone without scripts."""

import pytest

from mobility.models import Application
from tests import factories
from tests.documents.samples import pdf, picture
from tests.journeys.test_pages import problems

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
SAVE = "form[data-draft] .actions button"
FOCUSED = "selector => document.activeElement.matches(selector)"


@pytest.fixture
def call(ktu, aveiro, trento):
    """KTU's call with places at two hosts, a paper and a question of each kind."""
    call = factories.CallFactory(university=ktu, title_en="Studies abroad", title_lt="Studijos svetur")
    for host in (aveiro, trento):
        factories.PlaceFactory(call=call, host=host, field=factories.FieldFactory())
    factories.RequiredDocumentFactory(call=call)
    call.questions.create(kind="short", text_en="Who helps you there?", text_lt="Kas jums padės?")
    return call


def tab_to(page, selector):
    """Over the skip link, then Tab until the focus is there, as somebody without a mouse goes; the focused element."""
    if page.evaluate(FOCUSED, "body"):
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
    for _ in range(150):
        if page.evaluate(FOCUSED, selector):
            return page.locator(selector).first
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {selector} by keyboard on {page.url}")


def enter(page, selector):
    """Go to a link or button and press Enter; the page it leads to is there whole."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page, answers):
    for name, words in answers.items():
        tab_to(page, f"[name='{name}']")
        page.keyboard.type(words)


def test_an_application_is_made_by_keyboard_alone(browse, call, ana):
    page = browse(ana, width=1280)
    # The browser tells of choosers from now on, not just as the key falls.
    page.on("filechooser", lambda _chooser: None)
    page.goto(f"/en/mobility/calls/{call.slug}/")
    enter(page, "main .actions a.button")
    enter(page, "main .actions form button")
    parts = {
        "personal": {"given_name": "Ana", "birth_date": "05312004", "nationality": "Lithuania"},
        "studies": {
            "study_programme": "Informatics",
            "level": "Bachelor",
            "field": "Software",
            "ects": "120",
        },
        "languages": {"form-0-language": "English", "form-0-level": "C1"},
        "wishes": {"wish_1": "University of Aveiro", "wish_2": "University of Trento"},
        "motivation": {"motivation": "I want to learn how others teach machines to see."},
        "questions": {f"q-{call.questions.get().uuid}": "My aunt."},
    }
    for slug, answers in parts.items():
        enter(page, f".tasks a[href$='/{slug}/']")
        write(page, answers)
        if slug == "wishes":
            tab_to(page, "button[value=up-2]")
            page.keyboard.press("Enter")  # by script: the row moves and keeps the focus
            assert page.evaluate(FOCUSED, "button[value^=up], button[name=move]")
        enter(page, SAVE)
    enter(page, ".tasks a[href$='/documents/']")
    tab_to(page, "[type=file]")
    with page.expect_file_chooser() as chosen:
        page.keyboard.press("Enter")
    chosen.value.set_files({"name": "transcript.png", "mimeType": "image/png", "buffer": picture("PNG")})
    tab_to(page, "form.upload [type=submit]")
    page.keyboard.press("Enter")
    page.locator("details[data-look][open] img").wait_for()  # what was just sent is shown
    enter(page, "main .actions a.button")
    enter(page, ".tasks a[href$='/declarations/']")
    for name in ("declared_true", "declared_privacy"):
        tab_to(page, f"[name={name}]")
        page.keyboard.press("Space")
    enter(page, SAVE)
    enter(page, ".tasks a[href$='/check/']")
    assert not page.locator(".problem").count(), page.locator(".problem").inner_text()
    enter(page, "form[action$='/submit/'] button")
    made = Application.objects.get(applicant=ana)
    assert page.url.endswith("/receipt/")
    assert made.status == "submitted"
    hosts = [wish.place.host.slug for wish in made.wishes.order_by("rank")]
    assert hosts == ["trento", "aveiro"]


def test_staff_apply_on_a_phone_without_scripts(browse, ktu, aveiro, tomas):
    call = factories.CallFactory(university=ktu, slug="teaching", kind="staff_teaching")
    place = factories.PlaceFactory(call=call, host=aveiro)
    phone = browse(tomas, width=360, scripts=False)
    phone.goto("/en/mobility/calls/teaching/")
    phone.locator("main .actions a.button").first.click()
    phone.locator("main .actions form button").first.click()
    home = phone.url
    answers = {
        "personal": {"given_name": "Tomas", "birth_date": "1980-05-31", "nationality": "LT"},
        "work": {"work_unit": "Informatics, lecturer", "seniority": "senior", "planned_days": "5", "hours": "8",
                 "work_goals": "To teach together.", "work_plan": "Eight hours of lectures."},
        "languages": {"form-0-language": "en", "form-0-level": "C1"},
        "wishes": {"wish_1": str(place.uuid)}, "motivation": {"motivation": "Robots."},
        "declarations": {"declared_true": "on", "declared_privacy": "on"},
    }  # fmt: skip
    for slug, fields in answers.items():
        phone.goto(home)
        phone.locator(f".tasks a[href$='/{slug}/']").click()
        assert phone.evaluate("document.documentElement.scrollWidth") <= 360
        for name, value in fields.items():
            field = phone.locator(f"main [name='{name}']")
            if value == "on":
                field.check()
            elif field.evaluate("e => e.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)
        phone.locator("form[data-draft] > .actions button").click()
        assert phone.url == home
    phone.locator(".tasks a[href$='/check/']").click()
    assert not phone.locator(".problem").count(), phone.locator(".problem").inner_text()
    phone.locator("form[action$='/submit/'] button").click()
    assert phone.url.endswith("/receipt/")
    assert Application.objects.get(applicant=tomas).status == "submitted"


@pytest.mark.parametrize(("language", "theme", "width"), [("en", "light", 1280), ("lt", "dark", 360)])
def test_pages_of_the_form_that_no_table_lists_are_accessible(
    browse, live_server, call, ana, tomas, ktu, aveiro, language, theme, width
):
    from mobility import actions
    from tests.documents.samples import upload

    call.questions.create(kind="file", text_en="Your plan", text_lt="Jūsų planas")
    draft = factories.complete_application(ana, call.places.first())
    actions.attach_document(draft, call.required_documents.get(), upload(pdf(2)), by=ana)
    staff = factories.CallFactory(university=ktu, kind="staff_teaching")
    other = factories.complete_application(tomas, factories.PlaceFactory(call=staff, host=aveiro))
    found = []
    for person, of, pages in (
        (
            ana,
            draft,
            (
                "studies",
                "languages",
                "wishes",
                "motivation",
                "documents",
                "questions",
                "files",
                "declarations",
            ),
        ),
        (tomas, other, ("work", "wishes", "check")),
    ):
        page = browse(person, width=width, theme=theme)
        page.url_of_server = live_server.url
        for slug in pages:
            found += problems(page, f"/{language}/mobility/applications/{of.uuid}/{slug}/", theme)
        found += problems(page, f"/{language}/mobility/applications/", theme)
    assert not found, "\n".join(found)
