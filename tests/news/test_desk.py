import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from members.models import Role
from news.models import Attachment, NewsItem, Topic
from tests import factories
from tests.world import PDF

pytestmark = pytest.mark.django_db


def client_of(person):
    client = Client()
    client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def draft(ktu, ieva):
    return factories.NewsItemFactory(
        slug="draft", university=ktu, publication="draft", published_at=None, author=ieva, title_en="A draft"
    )


@pytest.fixture
def other(ktu):
    person = factories.UserFactory(name="Kita Redaktorė")
    factories.AppointmentFactory(user=person, role=Role.EDITOR, university=ktu)
    return person


def sent(ktu, **fields):
    return {"token": uuid.uuid4(), "university": ktu.pk, "title_en": "New labs open"} | fields


def test_an_editor_writes_hands_in_and_another_publishes(ieva, other, ktu):
    topic = Topic.objects.create(slug="research", name_en="Research")
    response = client_of(ieva).post(
        "/en/news/new/", sent(ktu, body_lt="Tekstas", title_lt="Naujos", topics=[topic.pk])
    )
    assert response["Location"] == "/en/news/new-labs-open/"
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
    assert locations == {"/en/news/new-labs-open/"}
    assert NewsItem.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title_en": "", "body_en": ""}, "Write the title in at least one language."),
        ({"title_en": "", "body_lt": "Tekstas"}, "Write the title in the language of the text."),
        ({"title_en": "x" * 201}, "at most 200 characters"),
        ({"summary_en": "x" * 501}, "at most 500 characters"),
        ({"body_en": "x" * 20_001}, "at most 20000 characters"),
        ({"title_en": "a\x00b"}, "can&#x27;t be stored"),
        ({"university": ""}, "Choose an answer to “Published by”."),
        ({"university": "999999"}, "Select a valid choice"),
        ({"university": "abc"}, "Select a valid choice"),
        ({"token": "nonsense"}, "valid UUID"),
        ({"topics": ["999"]}, "Select a valid choice"),
    ],
)
def test_bad_input_is_answered_beside_the_field_and_nothing_is_lost(ieva, ktu, fields, words):
    response = client_of(ieva).post("/en/news/new/", sent(ktu, body_en="Kept text") | fields)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert "body_en" in fields or "Kept text" in text
    assert "<title>Error: " in text
    assert not NewsItem.objects.exists()


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
        with django_assert_num_queries(7):
            client.get("/en/news/desk/")


def test_an_editor_changes_the_text(ieva, draft):
    client = client_of(ieva)
    assert 'value="A draft"' in client.get("/en/news/draft/edit/").content.decode()
    response = client.post("/en/news/draft/edit/", {"version": 1, "title_en": "A better draft"})
    assert response.status_code == 302
    draft.refresh_from_db()
    assert draft.title_en == "A better draft"


def test_posting_every_field_of_the_model_changes_only_those_of_the_form(ieva, egle, draft, aveiro):
    data = {"version": 1, "title_en": "T", "publication": "published", "slug": "x", "author": egle.pk,
            "university": aveiro.pk, "published_at": "2020-01-01", "is_demo": "1", "uuid": uuid.uuid4()}  # fmt: skip
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


def test_a_paper_is_added_and_removed(ieva, draft):
    client = client_of(ieva)
    data = {"file": SimpleUploadedFile("paper.pdf", PDF), "name_en": "The paper"}
    assert client.post("/en/news/draft/attachments/", data).status_code == 302
    attachment = Attachment.objects.get()
    assert "The paper" in client.get("/en/news/draft/edit/").content.decode()
    assert client.post(f"/en/news/draft/attachments/{attachment.uuid}/remove/").status_code == 302
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("content", [b"", b"MZ program", b"<svg onload=alert(1)>", b"GIF89a"])
def test_a_file_of_the_wrong_kind_is_refused_beside_the_field(ieva, draft, content):
    response = client_of(ieva).post(
        "/en/news/draft/attachments/", {"file": SimpleUploadedFile("x.pdf", content)}
    )
    assert response.status_code == 422
    assert not Attachment.objects.exists()


def test_the_paper_of_another_item_is_not_removed(ieva, draft, ktu):
    other = factories.NewsItemFactory(slug="two", university=ktu, publication="draft", published_at=None)
    client_of(ieva).post("/en/news/two/attachments/", {"file": SimpleUploadedFile("paper.pdf", PDF)})
    paper = other.attachments.get()
    assert client_of(ieva).post(f"/en/news/draft/attachments/{paper.uuid}/remove/").status_code == 404
    assert Attachment.objects.exists()
