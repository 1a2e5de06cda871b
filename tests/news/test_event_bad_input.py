"""Bad input on the pages of events: nonsense in addresses, pictures that are none, hostile HTML. Never a 500."""

import io
import re
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from news.models import Attachment, Event, Topic
from tests import factories

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
NONSENSE = [
    "?series=%00", "?series=1&series=2", "?year=-1", "?year=9999999999999999999999", "?year=%D9%A2%D9%A0",
    "?year=2026e3", "?university=%00", "?university=%ED%A0%80", "?topic=' OR 1=1 --", "?topic=" + "x" * 5000,
    "?way=by-balloon",
    "?after=!!!", "?before=%FF%FE", "?after=" + "A" * 3000, "?q=%F0%9F%8E%88", "?university[]=ktu", "?__class__=x",
    "?topic=%2e%2e%2f", "?page=-1", "?&&&===&", "?" + "&".join(f"a{n}=1" for n in range(900)),
]  # fmt: skip


@pytest.fixture
def event(ktu):
    Topic.objects.create(slug="mobility", name_en="Mobility")
    return factories.EventFactory(slug="open-day", university=ktu, title_en="Open day")


@pytest.mark.parametrize(
    "path",
    [
        "/en/events/", "/en/events/open-day/", "/en/events/open-day/calendar.ics", "/feeds/events/en.ics",
        "/feeds/events/lt/university/ktu.ics", "/feeds/events/en/topic/mobility.ics", "/feeds/news/en.atom",
    ],
)  # fmt: skip
def test_nonsense_in_an_address_is_left_out_or_refused(event, path):
    for query in NONSENSE:
        answer = Client().get(path + query)
        assert answer.status_code < 500, query
        if answer.status_code == 200 and path.endswith(".ics"):
            assert answer.content.startswith(b"BEGIN:VCALENDAR"), query


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/events/xx.ics", "/feeds/events/en/university/nobody.ics", "/feeds/events/en/topic/none.ics",
        "/en/events/none/calendar.ics", "/feeds/news/xx.atom", "/feeds/news/en/topics/none.atom",
        "/en/events/open-day/attachments/5d7e8a52-0a5e-4e6a-8b1e-4f5f3f1f4f10/", "/en/events/open-day/certificates/1/",
        "/feeds/events/en/topic/%00.ics", "/en/events/%ED%A0%80/",
    ],
)  # fmt: skip
def test_what_is_not_there_is_said_plainly(event, path):
    assert Client().get(path).status_code in (302, 400, 404)


def png(width, height):
    """The head of a picture of that size, with one row of nothing."""

    def chunk(kind, content):
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")


def jpeg(exif=b""):
    out = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(out, "JPEG", **({"exif": exif} if exif else {}))
    return out.getvalue()


BROKEN_EXIF = (
    b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\xff\xff" + b"\x01\x12\x00\x03\xff\xff\xff\xff\xff\xff\xff\xff" * 5
)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("huge.png", png(60_000, 60_000)), ("cut.png", png(10, 10)[:30]), ("cut.jpg", jpeg()[:100]),
        ("script.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("script.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"),
        ("page.pdf", b"<html><script>alert(1)</script>"), ("empty.pdf", b""), ("tool.exe", b"MZ\x90\x00"),
        ("active.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"),
    ],
)  # fmt: skip
def test_a_file_that_is_not_what_it_says_is_refused_beside_its_field(event, ieva, name, content):
    answer = sent(ieva, event, paper_file=SimpleUploadedFile(name, content))
    assert answer.status_code == 422
    assert 'id="id_paper_file"' in answer.content.decode()
    assert not Attachment.objects.exists()


def test_a_photograph_with_broken_exif_is_taken_without_it(event, ieva):
    photo = jpeg(BROKEN_EXIF)
    assert b"Exif" in photo
    answer = sent(ieva, event, paper_file=SimpleUploadedFile("../../photo\r\n.jpg", photo, "image/jpeg"))
    assert answer.status_code in (302, 422)
    for paper in Attachment.objects.all():
        file = Client().get(f"/en/events/open-day/attachments/{paper.uuid}/")
        assert b"Exif" not in b"".join(file)
        assert "\r" not in file["Content-Disposition"]


HOSTILE = (
    "<h2 onclick=alert(1)>Programme</h2><p style='position:fixed'>Come <b>all</b> <script>alert(1)</script>"
    "<img src=x onerror=alert(1)><iframe src=//evil.example></iframe><a href='java\tscript:alert(1)'>here</a>"
    "<svg/onload=alert(1)><math><mi xlink:href='data:x,<script>'></math><!--[if IE]><script>1</script><![endif]-->"
)


def test_hostile_html_that_was_pasted_becomes_harmless_markdown(event, ieva):
    assert sent(ieva, event, body_en=HOSTILE).status_code == 302
    event.refresh_from_db()
    page = Client().get("/en/events/open-day/").content.decode()
    prose = re.search(r'<div class="prose">(.*?)</section>', page, re.DOTALL)[1]
    for active in (
        "<script",
        "onclick",
        "onerror",
        "onload",
        "<iframe",
        "javascript:",
        "style=",
        "evil.example",
        "<svg",
    ):
        assert active not in prose.lower()
    assert "Programme" in prose
    assert "<strong>all</strong>" in prose


@pytest.mark.parametrize(
    "more",
    [
        {"title_en": "A\x00B"}, {"title_en": "x" * 201}, {"title_en": "\ufffd"},
        {"city": "K\x00"}, {"city": "x" * 101, "country": "LT"}, {"country": "Kaunas"}, {"country": ["LT", "XX"]},
        {"spot": "\x00"}, {"spot": "9" * 70}, {"first_on": "2026-02-30"}, {"from_time": "25:00"}, {"version": "9" * 40},
        {"zone": "Mars/Olympus"}, {"link": "javascript:alert(1)"}, {"topics": ["-1", "x"]},
    ],
)  # fmt: skip
def test_what_can_not_be_kept_is_refused_and_nothing_changes(event, ieva, more):
    assert sent(ieva, event, **more).status_code in (400, 422)
    event.refresh_from_db()
    assert (event.title_en, event.city, event.version) == ("Open day", "", 1)


def sent(person, event, **more):
    client = Client()
    client.force_login(person, backend=BACKEND)
    data = {
        "version": Event.objects.get(pk=event.pk).version, "title_en": "Open day", "first_on": "2090-01-01",
        "from_time": "14:00", "zone": "Europe/Vilnius",
    }  # fmt: skip
    return client.post("/en/events/open-day/edit/", data | more)
