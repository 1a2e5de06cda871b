"""Files of events, their place on the map, and drafts of their form."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from news import actions, exports
from news.happening import where
from news.models import Attachment, Event, ItemDraft
from tests import factories
from tests.world import _pdf

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
JSON = {"Accept": "application/json"}


def signed_in(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.fixture
def event(ktu):
    return factories.EventFactory(slug="open-day", university=ktu)


def sent(event, **more):
    return {
        "version": event.version, "title_en": "Open day", "first_on": "2090-01-01", "from_time": "14:00",
        "zone": "Europe/Vilnius", **more,
    }  # fmt: skip


def pdf(name="programme.pdf"):
    return SimpleUploadedFile(name, _pdf(), "application/pdf")


# Files


def test_a_file_is_added_shown_with_its_kind_and_size_downloaded_and_taken_away(event, ieva):
    client = signed_in(ieva)
    answer = client.post(
        "/en/events/open-day/edit/", sent(event, paper_file=pdf(), paper_name_en="Programme")
    )
    assert answer.status_code == 302
    paper = event.attachments.get()
    page = client.get("/en/events/open-day/").content.decode()
    assert re.search(r">Programme</a>.*PDF, \d+ ", page)
    file = Client().get(f"/en/events/open-day/attachments/{paper.uuid}/")
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
    assert file["Content-Disposition"].startswith("attachment")
    assert b"".join(file).startswith(b"%PDF")
    event.refresh_from_db()
    client.post("/en/events/open-day/edit/", sent(event, **{f"paper{paper.pk}_remove": "on"}))
    assert not Attachment.objects.exists()


def test_a_file_of_the_wrong_kind_is_refused_beside_its_field_and_nothing_is_saved(event, ieva):
    script = SimpleUploadedFile("logo.svg", b"<svg><script>alert(1)</script></svg>", "image/svg+xml")
    answer = signed_in(ieva).post(
        "/en/events/open-day/edit/", sent(event, title_en="Changed", paper_file=script)
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(r'id="id_paper_file_error".*?<p>', page) or "PDF" in page
    assert 'value="Changed"' in page
    event.refresh_from_db()
    assert event.title_en != "Changed"
    assert not Attachment.objects.exists()


def test_a_file_of_a_draft_is_for_its_editors_and_of_no_other_event(ktu, ieva, ana):
    draft = factories.EventFactory(slug="draft", university=ktu, publication="draft")
    paper = actions.attach(draft, upload=pdf(), title_en="", title_lt="", by=ieva)
    path = f"/en/events/draft/attachments/{paper.uuid}/"
    file = signed_in(ieva).get(path)
    assert file.status_code == 200
    assert list(file)
    assert signed_in(ana).get(path).status_code == Client().get(path).status_code == 404
    factories.EventFactory(slug="other")
    assert signed_in(ieva).get(path.replace("draft", "other", 1)).status_code == 404


def test_the_database_itself_refuses_a_file_and_a_draft_of_nothing_or_of_both(event, ieva):
    paper = actions.attach(event, upload=pdf(), title_en="", title_lt="", by=ieva)
    item = factories.NewsItemFactory()
    with pytest.raises(IntegrityError, match="news_attachment_of_one"), transaction.atomic():
        Attachment.objects.filter(pk=paper.pk).update(item=item)
    with pytest.raises(IntegrityError, match="news_draft_of_one"), transaction.atomic():
        ItemDraft.objects.create(user=ieva, saved_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


def test_the_page_costs_the_same_with_one_file_and_with_three(event, ieva, django_assert_num_queries):
    for number in (1, 2):
        for _n in range(number):
            actions.attach(event, upload=pdf(), title_en="", title_lt="", by=ieva)
        with django_assert_num_queries(5):
            assert Client().get("/en/events/open-day/").status_code == 200


# The place


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("54.8985, 23.9036", (54.8985, 23.9036)), ("54,8985 23,9036", (54.8985, 23.9036)),
        ("54.8985,23.9036", (54.8985, 23.9036)), ("-33.5; -70.6", (-33.5, -70.6)),
    ],
)  # fmt: skip
def test_coordinates_are_taken_as_people_write_them(event, ieva, typed, found):
    answer = signed_in(ieva).post("/en/events/open-day/edit/", sent(event, spot=typed))
    assert answer.status_code == 302
    event.refresh_from_db()
    assert event.spot == found


@pytest.mark.parametrize("typed", ["here", "91, 0", "0, 181", "1 2 3", "nan, nan", "1e9, 2", "54.9", "inf 0"])
def test_what_is_no_place_on_earth_is_refused_beside_its_field(event, ieva, typed):
    answer = signed_in(ieva).post("/en/events/open-day/edit/", sent(event, spot=typed))
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.content.decode()


def test_a_city_is_found_by_the_portal_s_own_map_and_told_to_calendars(event, ieva):
    client = signed_in(ieva)
    assert client.post("/en/events/open-day/edit/", sent(event, city="Kaunas")).status_code == 422
    client.post("/en/events/open-day/edit/", sent(event, city="Kaunas", country="LT"))
    event.refresh_from_db()
    page = client.get("/en/events/open-day/").content.decode()
    assert 'aria-label="Where the event takes place"' in page
    assert re.search(r'href="https://www\.openstreetmap\.org/\?mlat=54\.\d+&amp;mlon=23\.', page)
    assert "openstreetmap" not in " ".join(re.findall(r"(?:src|<link)[^>]*", page))
    assert '"addressLocality":' in page.replace(" ", "")[:100_000]
    assert b"GEO:54." in exports.calendar([event], name="x", base_url="https://portal.example")


def test_a_city_that_the_map_does_not_know_is_said_and_can_be_looked_for_outside(event, ieva):
    client = signed_in(ieva)
    told = client.post(
        "/en/events/open-day/edit/", sent(event, city="Nowhereville", country="LT"), follow=True
    )
    page = told.content.decode()
    assert "know this city" in page
    assert "search?query=Nowhereville" in page
    event.refresh_from_db()
    assert where.pins_of(event) == []


def test_the_database_itself_refuses_half_a_place(event):
    with pytest.raises(IntegrityError, match="news_event_coordinates"), transaction.atomic():
        Event.objects.update(latitude=1)
    with pytest.raises(IntegrityError, match="news_event_city_in_country"), transaction.atomic():
        Event.objects.update(city="Kaunas")


# Drafts of the form


def test_what_is_typed_is_kept_offered_and_forgotten_after_saving(event, ieva, egle):
    client = signed_in(ieva)
    answer = client.post("/en/events/open-day/draft/", sent(event, body_en="Half a sent"), headers=JSON)
    assert re.fullmatch(r"Draft saved at \d\d:\d\d\.", answer.json()["words"])
    page = client.get("/en/events/open-day/edit/").content.decode()
    assert "You typed more than you saved" in page
    assert "Half a sent" not in page
    assert "Half a sent" in client.get("/en/events/open-day/edit/?draft=continue").content.decode()
    assert "You typed more" not in signed_in(egle).get("/en/events/open-day/edit/").content.decode()
    client.post("/en/events/open-day/edit/", sent(event, body_en="Half a sentence more."))
    assert not ItemDraft.objects.exists()


def test_a_box_that_was_unticked_stays_so_in_the_draft(event, ieva):
    Event.objects.filter(pk=event.pk).update(is_online=True)
    client = signed_in(ieva)
    client.post("/en/events/open-day/draft/", sent(event), headers=JSON)
    page = client.get("/en/events/open-day/edit/?draft=continue").content.decode()
    assert not re.search(r'name="is_online"[^>]*checked', page)


def test_the_draft_is_thrown_away_without_scripts_too(event, ieva):
    client = signed_in(ieva)
    assert client.post("/en/events/open-day/draft/", sent(event))["Location"].endswith("edit/?draft=continue")
    assert client.post("/en/events/open-day/draft/", {"discard": "1"}).status_code == 302
    assert not ItemDraft.objects.exists()


def test_who_is_signed_out_is_sent_to_sign_in_and_nothing_is_kept(event):
    answer = Client().post("/en/events/open-day/draft/", sent(event), headers=JSON)
    assert answer.status_code == 302
    assert not ItemDraft.objects.exists()


def test_markdown_is_shown_as_it_will_look_without_anything_active(event, ieva):
    answer = signed_in(ieva).post(
        "/en/events/open-day/text/",
        {"text": "**Come** <script>alert(1)</script><img src=x onerror=alert(1)>"},
    )
    html = answer.json()["html"]
    assert "<strong>Come</strong>" in html or "Come" in html
    assert "<script" not in html
    assert "onerror" not in html
