"""The home page on a phone: the next deadline is seen without scrolling, nothing moves, an empty portal is whole."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents import actions as documents
from ground import clock
from news.models import Picture
from tests import factories
from tests.documents.samples import picture

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
DAY = dt.timedelta(days=1)
WIDTH, HEIGHT = 360, 740
MOVED = """() => new Promise(done => { let moved = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) moved += one.value })
    .observe({type: "layout-shift", buffered: true});
  setTimeout(() => done(moved), 400) })"""


def filled(person):
    """Fourteen members, a call with a long name, an event, and an article with a picture that leads."""
    for _n in range(14):
        factories.MembershipFactory()
    university = factories.UniversityFactory()
    now = clock.now()
    factories.CallFactory(
        university=university, closes_at=now + 12 * DAY,
        title_en="Studies and traineeships abroad in the autumn and spring terms of 2027/2028, second round",
        title_lt="Studijos ir praktika užsienyje 2027–2028 m. rudens ir pavasario semestrais, antrasis etapas",
    )  # fmt: skip
    factories.EventFactory(starts_at=now + 3 * DAY)
    for n in range(5):
        item = factories.NewsItemFactory(university=university, published_at=now - n * DAY)
        upload = SimpleUploadedFile("picture.png", picture("PNG"))
        document = documents.store(upload, by=person, image_only=True)
        Picture.objects.create(item=item, number=1, is_lead=True, alt_en="A picture", document=document)


@pytest.mark.parametrize("language", ["en", "lt"])
def test_the_next_deadline_is_in_the_first_screen_of_a_phone(browse, egle, language):
    filled(egle)
    page = browse(width=WIDTH)
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.goto(f"/{language}/")
    for part in ("[data-next-call] a", "[data-next-call] .tag"):
        box = page.locator(part).bounding_box()
        assert box["y"] + box["height"] <= HEIGHT, f"{part} ends {box['y'] + box['height']} px down"
    assert page.evaluate("scrollY") == 0


@pytest.mark.parametrize("width", [WIDTH, 1280])
def test_nothing_moves_and_what_is_above_the_fold_is_not_lazy(browse, egle, width):
    filled(egle)
    page = browse(width=width)
    page.goto("/en/")
    assert page.evaluate(MOVED) <= 0.001
    lead = page.locator(".front img")
    assert lead.get_attribute("loading") is None
    assert lead.get_attribute("width")
    assert page.locator(".thirds img").count() == 3
    assert {one.get_attribute("loading") for one in page.locator(".thirds img").all()} == {"lazy"}
    page.locator(".thirds img").last.scroll_into_view_if_needed()
    page.locator(".thirds img").last.evaluate("image => image.decode()")
    assert page.evaluate(MOVED) <= 0.001


@pytest.mark.parametrize("language", ["en", "lt"])
def test_an_empty_portal_looks_whole(browse, db, language):
    page = browse(width=WIDTH)
    page.goto(f"/{language}/")
    assert page.locator("main h1").count() == 1
    assert page.locator("main .numbers, main .ticket, main .map, main img").count() == 0
    assert page.locator("main .muted").count() == 3  # no call, no project, no news: said each once
