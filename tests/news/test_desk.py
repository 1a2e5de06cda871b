import uuid

import pytest
from django.test import Client

from news.models import NewsItem, Topic
from tests import factories

pytestmark = pytest.mark.django_db


def client_of(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def sent(ktu, **fields):
    return {"token": uuid.uuid4(), "university": ktu.pk, "title_en": "New labs open"} | fields


def test_an_editor_writes_hands_in_and_another_publishes(ieva, other, ktu):
    topic = Topic.objects.create(slug="research", name_en="Research")
    response = client_of(ieva).post("/en/news/new/", sent(ktu, title_lt="Naujos"))
    assert response["Location"] == "/en/news/new-labs-open/edit/"
    data = {
        "version": 1,
        "title_en": "New labs open",
        "body_lt": "Tekstas",
        "title_lt": "Naujos",
        "topics": [topic.pk],
    }
    assert client_of(ieva).post("/en/news/new-labs-open/edit/", data).status_code == 302
    page = client_of(ieva).get("/en/news/new-labs-open/").content.decode()
    assert "Hand in for review" in page
    assert "Publish</button>" not in page
    client_of(ieva).post("/en/news/new-labs-open/step/", {"step": "hand_in"})
    assert client_of(ieva).post("/en/news/new-labs-open/step/", {"step": "publish"}).status_code == 403
    assert Client().get("/en/news/new-labs-open/").status_code == 404
    assert "New labs open" in client_of(other).get("/en/news/desk/").content.decode()
    page = client_of(other).post("/en/news/new-labs-open/step/", {"step": "publish"}, follow=True)
    assert "The text was published." in page.content.decode()
    assert Client().get("/en/news/new-labs-open/").status_code == 200


def test_the_same_form_sent_twice_makes_one_item(ieva, ktu):
    data = sent(ktu)
    locations = {client_of(ieva).post("/en/news/new/", data)["Location"] for _ in range(2)}
    assert locations == {"/en/news/new-labs-open/edit/"}
    assert NewsItem.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title_en": "x" * 201}, "at most 200 characters"),
        ({"title_en": "a\x00b"}, "can&#x27;t be stored"),
        ({"university": ""}, "Choose an answer to “Published by”."),
        ({"university": "999999"}, "Select a valid choice"),
        ({"university": "abc"}, "Select a valid choice"),
        ({"token": "nonsense"}, "valid UUID"),
    ],
)
def test_bad_input_begins_nothing_and_nothing_is_lost(ieva, ktu, fields, words):
    response = client_of(ieva).post("/en/news/new/", sent(ktu, title_lt="Paliktas tekstas") | fields)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert "Paliktas tekstas" in text
    assert not NewsItem.objects.exists()


def test_without_a_title_nothing_is_begun(ieva, ktu):
    response = client_of(ieva).post("/en/news/new/", sent(ktu, title_en=""))
    assert "Write the title in at least one language." in response.content.decode()
    assert not NewsItem.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title_en": "", "summary_en": ""}, "Write the title in at least one language."),
        (
            {"title_en": "", "summary_en": "", "body_lt": "Tekstas"},
            "Write the title in the language of the text.",
        ),
        ({"summary_en": "x" * 501}, "at most 500 characters"),
        ({"body_en": "x" * 20_001}, "at most 20000 characters"),
        ({"topics": ["999"]}, "Select a valid choice"),
        ({"projects": "NO-SUCH"}, "There is no project with the number NO-SUCH."),
        ({"published_at": "yesterday"}, "Enter a real date and time"),
        ({"published_at": "2026-03-29 03:30"}, "skipped or comes twice"),
        ({"slug": "a b"}, "slug"),
        ({"body_en": "![x](https://other.example/a.png)"}, "is not one of this article"),
        ({"body_en": "![x](picture:7)"}, "doesn&#x27;t have"),
    ],
)
def test_bad_input_is_answered_beside_the_field_and_nothing_is_lost(ieva, draft, fields, words):
    data = {"version": 1, "title_en": "Changed", "summary_en": "Kept words"} | fields
    response = client_of(ieva).post("/en/news/draft/edit/", data)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert "summary_en" in fields or "Kept words" in text
    assert "<title>Error: " in text
    draft.refresh_from_db()
    assert (draft.title_en, draft.version) == ("A draft", 1)


def test_the_university_of_another_editor_is_not_offered(ieva, ktu, aveiro):
    assert "Aveiro" not in client_of(ieva).get("/en/news/new/").content.decode()
    assert client_of(ieva).post("/en/news/new/", sent(aveiro)).status_code == 422


def test_the_office_may_write_for_the_alliance(egle, ktu):
    assert client_of(egle).post("/en/news/new/", sent(ktu, university="")).status_code == 302
    assert NewsItem.objects.get().university is None


@pytest.mark.parametrize("persona", ["ana", "dainius", "ruta", "jonas", "tomas", "bruno"])
def test_who_writes_nothing_gets_no_desk(request, persona, draft):
    client = client_of(request.getfixturevalue(persona))
    assert client.get("/en/news/desk/").status_code == 404
    assert client.get("/en/news/new/").status_code == 403
    assert client.get("/en/news/draft/edit/").status_code == 404
    assert client.post("/en/news/draft/step/", {"step": "hand_in"}).status_code == 404
    draft.refresh_from_db()
    assert draft.publication == "draft"


def test_a_stranger_is_asked_to_sign_in(draft):
    for path in ("/en/news/desk/", "/en/news/new/", "/en/news/draft/edit/"):
        assert "/accounts/login/" in Client().get(path)["Location"]


def test_the_desk_costs_the_same_with_one_row_and_with_three(ieva, ktu, django_assert_num_queries):
    client = client_of(ieva)
    for number in (1, 2):
        for _n in range(number):
            for state in ("draft", "in_review"):
                factories.NewsItemFactory(university=ktu, author=ieva, publication=state, published_at=None)
        with django_assert_num_queries(11):
            client.get("/en/news/desk/")


def test_an_editor_changes_the_text(ieva, draft):
    client = client_of(ieva)
    assert 'value="A draft"' in client.get("/en/news/draft/edit/").content.decode()
    response = client.post("/en/news/draft/edit/", {"version": 1, "title_en": "A better draft"})
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.title_en == "A better draft"


def test_posting_every_field_of_the_model_changes_only_those_of_the_form(ieva, egle, draft, aveiro):
    data = {"version": 1, "title_en": "T", "publication": "published", "author": egle.pk,
            "university": aveiro.pk, "returned_because": "x", "is_demo": "1", "uuid": uuid.uuid4()}  # fmt: skip
    before = (
        draft.publication,
        draft.slug,
        draft.university_id,
        draft.published_at,
        draft.is_demo,
        draft.uuid,
    )
    assert client_of(ieva).post("/en/news/draft/edit/", data).status_code == 302
    draft.refresh_from_db()
    assert (
        draft.publication,
        draft.slug,
        draft.university_id,
        draft.published_at,
        draft.is_demo,
        draft.uuid,
    ) == before
    assert draft.author == ieva


def test_both_versions_are_shown_when_somebody_saved_meanwhile(ieva, other, draft):
    client_of(other).post("/en/news/draft/edit/", {"version": 1, "title_en": "Theirs"})
    response = client_of(ieva).post("/en/news/draft/edit/", {"version": 1, "title_en": "Mine"})
    text = response.content.decode()
    assert response.status_code == 409
    assert "Theirs" in text
    assert 'value="Mine"' in text
    assert 'name="version" value="2"' in text
    assert client_of(ieva).post("/en/news/draft/edit/", {"version": 2, "title_en": "Mine"}).status_code == 302


@pytest.mark.parametrize("version", ["", "abc", "0", "99999999999999"])
def test_a_version_that_is_none_is_refused(ieva, draft, version):
    assert (
        client_of(ieva).post("/en/news/draft/edit/", {"version": version, "title_en": "X"}).status_code == 422
    )


@pytest.mark.parametrize("step", ["", "nonsense", "publish", "\x00"])
def test_an_unknown_step_is_answered_with_409_and_a_word(ieva, draft, step):
    response = client_of(ieva).post("/en/news/draft/step/", {"step": step})
    assert response.status_code == 409
    assert "not possible in the present state" in response.content.decode()


def test_a_published_item_is_closed_to_its_editor_and_open_to_the_office(ieva, egle, ktu):
    factories.NewsItemFactory(slug="out", university=ktu)
    assert client_of(ieva).get("/en/news/out/edit/").status_code == 403
    assert client_of(egle).get("/en/news/out/edit/").status_code == 200


def test_the_desk_says_what_waits_for_whom(ieva, other, egle, ktu):
    factories.NewsItemFactory(
        title_en="Mine", university=ktu, author=ieva, publication="in_review", published_at=None
    )
    factories.NewsItemFactory(
        title_en="Theirs", university=ktu, author=other, publication="in_review", published_at=None
    )
    factories.NewsItemFactory(
        title_en="Later", university=ktu, published_at=factories.LONG_AGO.replace(year=2090)
    )
    factories.NewsItemFactory(title_en="Old one", university=ktu, publication="archived")
    factories.NewsItemFactory(title_en="Foreign")
    text = client_of(ieva).get("/en/news/desk/").content.decode()
    mine, theirs = text.index("Mine"), text.index("Theirs")
    waits = sorted((mine, theirs))
    first, second = text[waits[0] : waits[1]], text[waits[1] :]
    assert "Waits for another editor or the office" in (first if mine < theirs else second)
    assert "Waits for you: read and publish" in (second if mine < theirs else first)
    assert "Comes out: 1 " in text
    assert "Old one" in text
    assert "Foreign" not in text
    text = client_of(ieva).get("/en/news/desk/?whose=mine").content.decode()
    assert "Mine" in text
    assert "Theirs" not in text


def test_a_partner_tells_news_when_those_of_the_alliance_say_so(egle, ieva, ktu):
    partner = factories.OrganisationFactory(name="City of Kaunas")
    assert (
        client_of(egle).post("/en/news/new/", sent(ktu, university="", partner="city of kaunas")).status_code
        == 302
    )
    assert NewsItem.objects.get().partner == partner
    assert (
        client_of(egle).post("/en/news/new/", sent(ktu, university="", partner="Nobody")).status_code == 422
    )
    assert client_of(egle).post("/en/news/new/", sent(ktu, partner="City of Kaunas")).status_code == 422
    client_of(ieva).post("/en/news/new/", sent(ktu, title_en="Own", partner="City of Kaunas"))
    assert NewsItem.objects.get(title_en="Own").partner is None
