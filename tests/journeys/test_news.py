"""News and events in a real browser: from the first word to the reader, refused forms, paper, and what is found."""

import datetime as dt
from contextlib import contextmanager
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from alliance_portal.pages import listing
from documents import tasks
from ground import clock
from news import actions
from news.models import NewsItem
from tests import factories
from tests.documents.samples import picture
from tests.journeys.test_pages import SEEN, problems
from tests.world import PDF

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PAPER = {"name": "paper.pdf", "mimeType": "application/pdf", "buffer": PDF}
NARROW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def photo():
    return {"name": "lab.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG", size=(800, 600))}


@pytest.fixture
def other(ktu):
    person = factories.UserFactory(name="Kita Redaktorė")
    factories.AppointmentFactory(user=person, role="editor", university=ktu)
    return person


@contextmanager
def moment(monkeypatch, when):
    """The clock that the server reads stands at `when`."""
    with monkeypatch.context() as held:
        held.setattr(clock, "read", lambda: when)
        yield


def press(page, words):
    page.get_by_role("button", name=words, exact=True).first.click()
    assert page.evaluate(NARROW) <= 0, f"wider than the screen after {words}"


def write(page, when):
    """An article in both languages with a paper, a picture and its moment; the editor's way through the form."""
    page.goto("/en/news/new/")
    page.locator("[name=title_en]").fill("Wind over the islands")
    page.locator("[name=title_lt]").fill("Vėjas virš salų")
    press(page, "Begin the draft")
    for name, words in {
        "summary_en": "A field trip.", "summary_lt": "Išvyka.", "body_en": "We **measured** wind.",
        "body_lt": "Matavome **vėją**.", "picture_alt_en": "A mast", "picture_alt_lt": "Stiebas",
        "paper_name_en": "The measurements", "paper_name_lt": "Matavimai",
        "published_at": when.astimezone(ZoneInfo("Europe/Vilnius")).strftime("%Y-%m-%d %H:%M"),
    }.items():  # fmt: skip
        page.locator(f"[name={name}]").fill(words)
    page.locator("[name=picture_file]").set_input_files(photo())
    page.locator("[name=paper_file]").set_input_files(PAPER)
    press(page, "Save and look at it")


@pytest.mark.parametrize(
    ("scripts", "width"), [(False, 360), (True, 1280)], ids=["without scripts", "with scripts"]
)
def test_an_article_is_written_scheduled_approved_and_read(browse, ieva, other, monkeypatch, scripts, width):
    when = clock.read().replace(second=0, microsecond=0) + dt.timedelta(days=2)
    editor, approver = (browse(one, width=width, scripts=scripts) for one in (ieva, other))
    reader = browse(width=width, scripts=scripts)
    write(editor, when)
    item = NewsItem.objects.get()
    assert editor.url.endswith(item.get_absolute_url())
    assert reader.goto(f"/en/news/{item.slug}/").status == 404
    press(editor, "Hand in for review")
    approver.goto("/en/my-work/")
    approver.locator("main li", has_text="Wind over the islands").get_by_role("link").last.click()
    approver.goto(f"/en/news/{item.slug}/")
    press(approver, "Publish")
    tasks.make_renditions()
    assert "Everybody sees it from" in approver.locator("main").inner_text()
    assert reader.goto(f"/en/news/{item.slug}/").status == 404  # not yet
    assert "Wind over" not in reader.request.get("/feeds/news/en.atom").text()
    with moment(monkeypatch, when):
        is_read(reader, item)


@pytest.mark.parametrize(
    ("scripts", "width"), [(False, 360), (True, 1280)], ids=["without scripts", "with scripts"]
)
def test_a_picture_of_a_refused_form_is_there_when_the_form_is_mended(browse, ieva, scripts, width):
    item = factories.NewsItemFactory(slug="draft", university=ieva.appointments.get().university,
                                     publication="draft", published_at=None, title_en="A draft")  # fmt: skip
    page = browse(ieva, width=width, scripts=scripts)
    page.goto("/en/news/draft/edit/")
    page.locator("[name=picture_file]").set_input_files(photo())
    page.locator("[name=paper_file]").set_input_files(PAPER)
    press(page, "Save the text")
    assert page.title().startswith("Error: ")
    page.locator(".picture-small img").evaluate("e => e.decode()")  # fails where no picture came
    assert "Choose the file paper.pdf again" in page.locator("main").inner_text()
    page.locator("[name=picture_alt_en]").fill("A mast")
    press(page, "Save and look at it")
    assert page.locator(".figure img").get_attribute("alt") == "A mast"
    assert item.pictures.count() == 1


def is_read(reader, item):
    for path, title, words, paper, alt in (
        ("/en/", "Wind over the islands", "measured", "The measurements", "A mast"),
        ("/lt/", "Vėjas virš salų", "vėją", "Matavimai", "Stiebas"),
    ):
        reader.goto(path)
        assert reader.locator("main .card a", has_text=title).count() == 1
        reader.goto(f"{path}news/")
        reader.locator("main .card a", has_text=title).click()
        assert reader.locator("h1").inner_text() == title
        assert reader.locator(".prose strong").inner_text() == words
        assert reader.locator(".figure img").get_attribute("alt") == alt
        reader.locator(".figure img").evaluate("e => e.decode()")  # fails where no picture came
        link = reader.locator("main a", has_text=paper).first.get_attribute("href")
        assert reader.request.get(link).body().startswith(b"%PDF")
        assert title in reader.request.get(f"/feeds/news{path[:3]}.atom").text()
        reader.goto(f"{path}search/?q=wind%20islands")
        assert reader.locator("main a", has_text=title).count() == 1
        assert f"{path}news/{item.slug}/" in reader.request.get("/sitemap.xml").text()


@pytest.mark.parametrize(("language", "theme", "width"), SEEN, ids=lambda value: str(value))
def test_lists_with_something_in_them_are_accessible_and_clean(
    browse, live_server, records, language, theme, width, monkeypatch
):
    monkeypatch.setattr(listing, "SIZE", 1)
    records.news.projects.add(records.project)
    records.event.projects.add(records.project)
    factories.NewsItemFactory(title_en="News again", title_lt="Dar naujienų", summary_lt="Tekstas")
    page = browse(width=width, theme=theme)
    page.url_of_server = live_server.url
    found = []
    for path in (
        f"news/?project={records.project.key}", f"events/?project={records.project.key}", "events/?year=2090",
        "search/news/?q=news", "search/places/?q=aveiro", f"projects/{records.project.key}/",
        f"universities/{records.ktu.slug}/", "news/?topic=nothing",
    ):  # fmt: skip
        found += problems(page, f"/{language}/{path}", theme)
    assert not found, "\n".join(found)


# Who sends what where: a field that is left empty or makes no sense brings the form back.
REFUSED = [
    ("ieva", "news/new/", {"title_en": ""}),
    ("ieva", "news/draft-news/edit/", {"title_en": ""}),
    ("ieva", "events/new/", {"title_en": ""}),
    ("ieva", "events/draft-event/edit/", {"title_en": ""}),
    ("ieva", "events/open-day/registration/", {"capacity": "-1"}),
    ("ieva", "events/open-day/follow-up/", {}),
    ("nobody", "events/open-day/register/", {}),
    ("nobody", "news/newsletter/", {"email": "no address"}),
    ("egle", "news/desk/lead/?item=published-news", {"until": "1999-01-01 10:00"}),
    ("egle", "news/topics/", {}),
]
SEND = """(form, typed) => {
    for (const [name, value] of Object.entries(typed)) form.elements[name].value = value;
    form.submit();
}"""


def sent_back(page, typed):
    """How a form is visited that was sent and came back. Sent without its scripts, which would stop it before."""

    def visit(address):
        page.goto(address)
        form = page.locator("main form.form[method=post]").first
        assert form.count(), f"there is no form at {address}"
        with page.expect_navigation() as sent:
            form.evaluate(SEND, typed)
        return sent.value

    return visit


@pytest.mark.parametrize(("language", "theme", "width"), SEEN, ids=lambda value: str(value))
def test_forms_that_come_back_are_accessible_and_clean(
    browse, live_server, cast, records, language, theme, width
):
    pages, found = {}, []
    for name, path, typed in REFUSED:
        if name not in pages:
            pages[name] = browse(cast[name], width=width, theme=theme)
            pages[name].url_of_server = live_server.url
        page, answers = pages[name], []

        def visit(address, page=page, typed=typed, answers=answers):
            answers.append(sent_back(page, typed)(address))
            return answers[0]

        found += problems(page, f"/{language}/{path}", theme, visit)
        if answers[0].status != 422:
            found.append(f"{path} answers {answers[0].status}")
        if not page.locator("main [aria-invalid=true], main .problem").count():
            found.append(f"{path} doesn't say what is wrong")
    assert not found, "\n".join(found)


def test_an_article_on_paper_is_the_article_alone(browse, ktu, egle):
    item = factories.NewsItemFactory(slug="story", title_en="Story", body_en="The text.", university=ktu)
    factories.NewsItemFactory(title_en="Another", university=ktu)
    upload = SimpleUploadedFile("paper.pdf", PDF)
    actions.attach(item, upload=upload, title_en="Paper", title_lt="", by=egle)
    page = browse(egle)
    page.goto("/en/news/story/")
    page.emulate_media(media="print")
    assert page.locator("h1", has_text="Story").is_visible()
    assert page.locator(".prose", has_text="The text.").is_visible()
    assert page.get_by_role("link", name="Paper").first.is_visible()
    for hidden in (".share", ".utility", ".crumbs", ".card", ".notice"):
        shown = page.locator(hidden)
        assert not any(shown.nth(n).is_visible() for n in range(shown.count())), hidden


def test_results_are_turned_page_by_page_with_the_keyboard_alone(browse, ktu):
    for n in range(30):
        factories.NewsItemFactory(
            title_en=f"Narwhal {n:02}", published_at=factories.LONG_AGO + dt.timedelta(days=n)
        )
    page = browse(width=360)
    page.goto("/en/search/?q=narwhal")
    link = page.get_by_role("link", name="Show all")
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/news/?q=narwhal")
    assert page.locator("main .ruled > li").count() == 25
    page.get_by_role("link", name="Next page").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**after=*")
    assert page.locator("main .ruled > li").count() == 5
