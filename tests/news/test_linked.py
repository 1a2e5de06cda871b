"""What search engines are told of articles and events: what they ask for is there, in the forms that they read."""

import datetime as dt
import io
import json
import re
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from documents import tasks
from members.models import Organisation
from news import pictures, social
from news.models import Speaker
from tests import factories
from tests.documents.samples import picture

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 7, 1, 12, tzinfo=dt.UTC)
# developers.google.com/search/docs/appearance/structured-data: what is required and what is recommended.
ARTICLE = {
    "headline",
    "image",
    "datePublished",
    "dateModified",
    "author",
    "publisher",
    "mainEntityOfPage",
    "description",
}
EVENT = {"name", "startDate", "location", "eventStatus", "eventAttendanceMode", "image", "organizer", "description",
         "url", "endDate"}  # fmt: skip
ZONED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


def data(path):
    response = Client().get(path)
    assert response.status_code == 200
    (block,) = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', response.content.decode(), re.DOTALL
    )
    told = json.loads(block)
    assert told.pop("@context") == "https://schema.org"
    return told


def opens(address):
    parts = urlsplit(address)
    assert parts.scheme in ("http", "https")
    response = Client().get(parts.path)
    assert (
        response.getvalue()
    )  # read to its end: closed by hand, it would close the connection of the test too
    return response


def event(**fields):
    return factories.EventFactory(
        slug="day", title_en="Open day", title_lt="Atvirų durų diena", summary_en="Come in.", summary_lt="Užeikite.",
        zone="Europe/Vilnius", **{"starts_at": NOON, "ends_at": NOON + dt.timedelta(hours=3)} | fields,
    )  # fmt: skip


@pytest.mark.parametrize("code", ["en", "lt"])
def test_an_article_says_all_that_is_asked_for(code, ktu, egle):
    item = factories.NewsItemFactory(
        slug="story", title_en="Story", title_lt="Istorija", summary_en="In short.", summary_lt="Trumpai.",
        university=ktu, published_at=NOON,
    )  # fmt: skip
    pictures.add(item, upload=photo(), alt_en="A lab", alt_lt="Laboratorija", lead=True, by=egle)
    tasks.make_renditions()
    told = data(f"/{code}/news/story/")
    assert told["@type"] == "NewsArticle"
    assert told.keys() >= ARTICLE
    assert told["headline"] == {"en": "Story", "lt": "Istorija"}[code]
    assert told["inLanguage"] == code
    assert told["datePublished"] == "2026-07-01T15:00:00+03:00"  # noon in Vilnius' summer
    assert ZONED.fullmatch(told["dateModified"])
    assert told["dateModified"] >= told["datePublished"]
    assert told["author"]["name"] == ktu.organisation.name
    assert all(told[one]["@type"] == "Organization" and told[one]["name"] for one in ("author", "publisher"))
    assert len(told["image"]) == 2
    for image in told["image"]:
        assert opens(image)["Content-Type"].startswith("image/")
    assert urlsplit(told["url"]).path == f"/{code}/news/story/"


def photo():
    return SimpleUploadedFile("lab.jpg", picture("JPEG", size=(800, 600)))


@pytest.mark.parametrize("code", ["en", "lt"])
def test_an_event_at_a_place_says_all_that_is_asked_for(code, ktu):
    found = event(place_en="Hall 1", place_lt="1 salė", university=ktu)
    Speaker.objects.create(event=found, name="Ona Kalbėtoja")
    told = data(f"/{code}/events/day/")
    assert told["@type"] == "Event"
    assert told.keys() >= EVENT | {"performer"}
    assert (told["startDate"], told["endDate"]) == ("2026-07-01T15:00:00+03:00", "2026-07-01T18:00:00+03:00")
    words = {"en": "Hall 1", "lt": "1 salė"}[code]
    assert told["location"] == {"@type": "Place", "name": words, "address": words}
    assert told["eventStatus"] == "https://schema.org/EventScheduled"
    assert told["eventAttendanceMode"] == "https://schema.org/OfflineEventAttendanceMode"
    assert told["organizer"]["name"] == ktu.organisation.name
    assert opens(told["image"][0])["Content-Type"] == "image/png"
    assert "offers" not in told


@pytest.mark.parametrize(
    ("fields", "mode", "kinds"),
    [
        ({"is_online": True, "link": "https://meet.example/x"}, "Online", ["VirtualLocation"]),
        ({"is_online": True}, "Online", ["VirtualLocation"]),
        ({"is_online": True, "place_en": "Hall"}, "Mixed", ["Place", "VirtualLocation"]),
        ({}, "Offline", ["Place"]),
    ],
)
def test_an_event_is_somewhere(fields, mode, kinds):
    event(**fields)
    told = data("/en/events/day/")
    where = told["location"] if isinstance(told["location"], list) else [told["location"]]
    assert [one["@type"] for one in where] == kinds
    assert all(one.get("url", "").startswith("http") for one in where if one["@type"] == "VirtualLocation")
    assert all(one["name"] and one["address"] for one in where if one["@type"] == "Place")
    assert told["eventAttendanceMode"] == f"https://schema.org/{mode}EventAttendanceMode"


def test_days_without_hours_are_days():
    event(starts_at=None, ends_at=None, starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 7, 3))
    told = data("/en/events/day/")
    assert (told["startDate"], told["endDate"]) == ("2026-07-01", "2026-07-03")


def test_a_cancelled_event_says_so():
    event(cancelled_at=NOON)
    assert data("/en/events/day/")["eventStatus"] == "https://schema.org/EventCancelled"


@pytest.mark.parametrize(
    ("fields", "availability"),
    [({}, "InStock"), ({"taken": 10}, "SoldOut"), ({"closes_at": NOON - dt.timedelta(days=9)}, "OutOfStock"),
     ({"capacity": None}, "InStock")],
)  # fmt: skip
def test_where_people_register_machines_are_told_of_places_and_until_when(fields, availability, at):
    opened = NOON - dt.timedelta(days=30)
    found = event()
    admission = factories.AdmissionFactory(
        event=found, opens_at=opened, **{k: v for k, v in fields.items() if k != "taken"}
    )
    if "taken" in fields:
        type(admission).objects.filter(pk=admission.pk).update(taken=fields["taken"])
    with at(NOON - dt.timedelta(days=2)):
        told = data("/en/events/day/")
    offer = told["offers"]
    assert offer["availability"] == f"https://schema.org/{availability}"
    assert (offer["price"], offer["priceCurrency"]) == ("0", "EUR")
    assert ZONED.fullmatch(offer["validFrom"])
    assert ZONED.fullmatch(offer["validThrough"])
    assert urlsplit(offer["url"]).path == "/en/events/day/register/"
    if admission.capacity:
        assert told["maximumAttendeeCapacity"] == 10
        assert told["remainingAttendeeCapacity"] == 10 - fields.get("taken", 0)


@pytest.mark.parametrize("path", ["/en/events/day/", "/lt/events/day/"])
def test_an_event_names_its_one_address_and_its_other_language_and_brings_a_picture(path, client):
    found = event(organiser=Organisation.objects.create(name="Ž" * 200, country="LT"))
    text = client.get(path).content.decode()
    assert re.search(rf'<link rel="canonical" href="[^"]+{path}">', text)
    for code in ("en", "lt"):
        assert re.search(rf'hreflang="{code}" href="[^"]+/{code}/events/day/"', text)
    image = re.search(r'property="og:image" content="[^"]+?(/pictures/events/[^"]+)"', text)[1]
    response = client.get(image)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    with Image.open(io.BytesIO(response.content)) as drawn:
        assert drawn.size == (1200, 630)
    assert 'id="share-address"' in text
    assert client.get("/pictures/events/en/day/0000.png")["Location"].endswith(f"{social.digest(found)}.png")
    assert client.get("/pictures/events/xx/day/0000.png").status_code == 404


def test_a_draft_tells_machines_nothing(client, ieva, ktu):
    event(publication="draft", university=ktu)
    client.force_login(ieva, backend="allauth.account.auth_backends.AuthenticationBackend")
    text = client.get("/en/events/day/").content.decode()
    assert "ld+json" not in text
    assert "og:image" not in text


def test_kin_come_before_others(ktu, aveiro):
    project = factories.ProjectFactory()
    event().projects.add(project)
    for n in range(3):
        factories.EventFactory(title_en=f"Sooner {n}", starts_at=dt.datetime(2089, 1, 1 + n, tzinfo=dt.UTC))
    factories.EventFactory(title_en="Of the same project").projects.add(project)
    text = Client().get("/en/events/day/").content.decode()
    assert text.index("Of the same project") < text.index("Sooner 0")
    assert "Sooner 2" not in text
    story = factories.NewsItemFactory(slug="story", university=ktu)
    story.projects.add(project)
    newer = factories.LONG_AGO + dt.timedelta(days=9)
    factories.NewsItemFactory(title_en="Of the university", university=ktu, published_at=newer)
    factories.NewsItemFactory(title_en="Of another", university=aveiro, published_at=newer)
    factories.NewsItemFactory(title_en="About the project").projects.add(project)
    text = Client().get("/en/news/story/").content.decode()
    assert text.index("About the project") < text.index("Of the university")
    assert "Of another" not in text
