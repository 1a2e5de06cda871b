"""A picture that came with a form that was not saved is kept for who sent it, and for nobody else."""

import datetime as dt
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from documents.actions import path_of
from documents.models import Document
from news import kept_pictures, pictures
from news.models import KeptPicture, NewsItem, Picture
from news.tasks import sweep_drafts
from tests import factories
from tests.accounts.test_kept_forms import STILL_HERE, carried, sign_in
from tests.documents.samples import picture
from tests.news.test_desk import client_of

pytestmark = pytest.mark.django_db
EDIT = "/en/news/draft/edit/"


def sent(**fields):
    return {"version": 1, "title_en": "A draft"} | fields


def photo(width=800, name="lab.jpg"):
    return SimpleUploadedFile(name, picture("JPEG", size=(width, 600)))


def refused(person, **fields):
    """The kept picture of a form that lacked the words of its picture; the page said so."""
    answer = client_of(person).post(EDIT, sent(picture_file=photo(), **fields))
    assert answer.status_code == 422
    kept = KeptPicture.objects.get()
    assert f'name="kept_picture" value="{kept.uuid}"' in answer.content.decode()
    return kept


def of(kept, **fields):
    return sent(kept_picture=str(kept.uuid), **fields)


def files():
    return {one.storage_name for one in Document.objects.all()}


def test_a_picture_of_a_refused_form_is_shown_and_added_when_the_form_is_mended(ieva, draft):
    kept = refused(ieva, summary_en="Kept words")
    client = client_of(ieva)
    shown = client.get(f"/en/news/draft/kept/{kept.uuid}/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert "private, no-store" in shown["Cache-Control"]
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8")
    answer = client.post(EDIT, of(kept))
    assert answer.context["form"].errors.keys() == {"picture_alt_en"}  # its words are asked for all the same
    assert client.post(EDIT, of(kept, picture_alt_lt="Laboratorija")).status_code == 302
    added = Picture.objects.get()
    assert (added.document, added.alt_lt, added.is_lead) == (kept.document, "Laboratorija", True)
    assert added.document.renditions.exists()
    assert not KeptPicture.objects.exists()
    assert client.get(f"/en/news/draft/kept/{kept.uuid}/").status_code == 404


@pytest.mark.parametrize(
    "fault", [{"body_en": "![x](picture:7)"}, {"slug": "preview"}, {"published_at": "soon"}]
)
def test_whatever_refuses_the_form_the_picture_is_kept(ieva, draft, fault):
    refused(ieva, picture_alt_en="A lab", **fault)
    assert not Picture.objects.exists()


def test_it_is_kept_when_somebody_saved_meanwhile(ieva, other, draft):
    client_of(other).post(EDIT, sent(summary_en="Theirs"))
    answer = client_of(ieva).post(EDIT, sent(summary_en="Mine", picture_file=photo(), picture_alt_en="A lab"))
    assert answer.status_code == 409
    kept = KeptPicture.objects.get()
    client_of(ieva).post(EDIT, of(kept, version=2, summary_en="Mine", picture_alt_en="A lab"))
    assert Picture.objects.get().document == kept.document


def test_a_kept_picture_is_its_writers_alone(ieva, other, egle, ruta, draft, ktu):
    kept = refused(ieva)
    path = f"/en/news/draft/kept/{kept.uuid}/"
    for person in (other, egle, ruta):
        assert client_of(person).get(path).status_code in (403, 404)
    assert client_of(other).get(path).status_code == 404
    assert Client().get(path).status_code == 302
    assert client_of(ieva).get(f"/en/news/draft/kept/{uuid.uuid4()}/").status_code == 404
    elsewhere = factories.NewsItemFactory(
        slug="elsewhere", university=ktu, publication="draft", published_at=None
    )
    assert client_of(ieva).get(f"/en/news/elsewhere/kept/{kept.uuid}/").status_code == 404
    answer = client_of(other).post(EDIT, of(kept, picture_alt_en="Mine now"))
    assert answer.status_code == 422
    assert "not kept any more" in answer.content.decode()
    assert f"{kept.uuid}" not in answer.content.decode()
    data = {"version": 1, "title_en": "x", "kept_picture": str(kept.uuid), "picture_alt_en": "Moved"}
    assert client_of(ieva).post(f"/en/news/{elsewhere.slug}/edit/", data).status_code == 422
    assert not Picture.objects.exists()
    assert KeptPicture.objects.get() == kept


@pytest.mark.parametrize("key", ["nonsense", "1", "' OR 1=1", "\x00", "x" * 5000])
def test_a_made_up_key_is_answered_plainly(ieva, draft, key):
    answer = client_of(ieva).post(EDIT, sent(kept_picture=key, picture_alt_en="x"))
    assert answer.status_code == 422
    assert not Picture.objects.exists()


def test_who_may_no_longer_write_no_longer_sees_it(ieva, draft):
    kept = refused(ieva)
    ieva.appointments.all().delete()
    assert client_of(ieva).get(f"/en/news/draft/kept/{kept.uuid}/").status_code == 404


def test_the_same_form_sent_twice_adds_one_picture_and_says_that_it_is_saved(ieva, draft):
    words = {"picture_alt_en": "A lab", "summary_en": "Words"}
    answers = [client_of(ieva).post(EDIT, sent(picture_file=photo(), **words)) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Picture.objects.count() == 1
    assert not KeptPicture.objects.exists()
    draft.refresh_from_db()
    assert draft.version == 2
    changed = client_of(ieva).post(
        EDIT, sent(picture_file=photo(), picture_alt_en="A lab", summary_en="Others")
    )
    assert changed.status_code == 409  # what says more than what is saved is not taken for saved
    assert not KeptPicture.objects.exists()


def test_a_form_that_was_mended_and_sent_twice_uses_its_picture_once(ieva, draft):
    kept = refused(ieva)
    data = of(kept, picture_alt_en="A lab", summary_en="Words")
    answers = [client_of(ieva).post(EDIT, data) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Picture.objects.count() == 1


def test_the_same_refused_form_sent_twice_keeps_its_picture_once(ieva, draft):
    first, second = (refused(ieva) for _ in range(2))
    assert first == second
    assert Document.objects.count() == 1


def test_a_picture_that_the_article_has_is_not_added_again(ieva, draft):
    pictures.add(draft, upload=photo(), alt_en="A lab", alt_lt="", lead=True, by=ieva)
    answer = client_of(ieva).post(EDIT, sent(picture_file=photo(), picture_alt_en="A lab again"))
    assert answer.status_code == 422
    assert "it is picture 1" in answer.content.decode()
    assert (Picture.objects.count(), KeptPicture.objects.count()) == (1, 0)


def test_a_kept_picture_goes_when_it_is_left_out_or_another_is_chosen(
    ieva, draft, django_capture_on_commit_callbacks
):
    for more in ({"kept_left_out": "on"}, {"picture_file": photo(640), "picture_alt_en": "Another"}):
        draft.refresh_from_db()
        kept = refused(ieva)
        path = path_of(kept.document.storage_name)
        with django_capture_on_commit_callbacks(execute=True):
            answer = client_of(ieva).post(EDIT, of(kept) | more | {"version": draft.version})
        assert answer.status_code == 302, answer.context["form"].errors
        assert not KeptPicture.objects.exists()
        assert not path.exists()
    assert [one.alt_en for one in Picture.objects.all()] == ["Another"]


def test_no_more_than_a_few_are_kept_for_one_writer(ieva, draft):
    for width in range(100, 106):
        kept_pictures.keep(draft, photo(width), by=ieva)
    assert sorted(KeptPicture.objects.values_list("document__width", flat=True)) == [102, 103, 104, 105]


def test_it_outlives_a_session_that_ended(ieva, draft):
    client = client_of(ieva)
    proof = re.search(r'name="typed_by" value="([^"]+)"', client.get(EDIT).content.decode())[1]
    client.logout()
    answer = client.post(
        EDIT, sent(typed_by=proof, picture_file=photo(), picture_alt_en="A lab", body_en="Long")
    )
    assert "/accounts/login/" in answer["Location"]
    sign_in(client, ieva)
    page = client.get(EDIT)
    text = page.content.decode()
    assert STILL_HERE in text
    assert "Choose these files again" not in text
    assert client.post(EDIT, carried(page)).status_code == 302
    assert (Picture.objects.get().alt_en, NewsItem.objects.get(pk=draft.pk).body_en) == ("A lab", "Long")


def test_without_the_proof_or_the_right_nothing_is_kept_of_a_late_form(ieva, ana, draft):
    client = client_of(ieva)
    proof = re.search(r'name="typed_by" value="([^"]+)"', client.get(EDIT).content.decode())[1]
    client.logout()
    client.post(EDIT, sent(typed_by="made up", picture_file=photo()))
    ieva.appointments.all().delete()
    client.post(EDIT, sent(typed_by=proof, picture_file=photo()))
    assert not Document.objects.exists()


@pytest.mark.parametrize("content", [b"MZ program", b"<svg onload=alert(1)>"])
def test_a_late_file_that_is_no_picture_is_named_to_be_chosen_again(ieva, draft, content):
    client = client_of(ieva)
    proof = re.search(r'name="typed_by" value="([^"]+)"', client.get(EDIT).content.decode())[1]
    client.logout()
    client.post(EDIT, sent(typed_by=proof, picture_file=SimpleUploadedFile("lab.jpg", content)))
    sign_in(client, ieva)
    assert "Choose these files again" in client.get(EDIT).content.decode()
    assert not Document.objects.exists()


def test_it_waits_with_the_draft_and_goes_with_it(ieva, draft):
    kept = refused(ieva)
    client = client_of(ieva)
    client.post("/en/news/draft/draft/", of(kept, body_en="Half"), headers={"accept": "application/json"})
    key = f'value="{kept.uuid}"'
    assert key not in client.get(EDIT).content.decode()
    assert key in client.get(f"{EDIT}?draft=continue").content.decode()
    client.post("/en/news/draft/draft/", {"discard": "1"})
    assert not Document.objects.exists()


@pytest.mark.parametrize("loss", ["age", "article", "writer"])
def test_what_nobody_can_use_is_swept_away_with_its_file(
    ieva, draft, at, loss, django_capture_on_commit_callbacks
):
    kept = refused(ieva)
    path = path_of(kept.document.storage_name)
    sweep_drafts()
    assert path.exists()
    later = kept.kept_at + dt.timedelta(days=31 if loss == "age" else 0)
    if loss == "article":
        draft.delete()
    if loss == "writer":
        KeptPicture.objects.update(user=None)
    with at(later), django_capture_on_commit_callbacks(execute=True):
        sweep_drafts()
    assert not path.exists()
    assert not Document.objects.exists()


def test_who_deletes_an_article_deletes_what_is_kept_for_it(
    ieva, laima, draft, ktu, django_capture_on_commit_callbacks
):
    other = factories.NewsItemFactory(slug="other", university=ktu, publication="draft", published_at=None)
    kept = [refused(ieva), kept_pictures.keep(other, photo(300), by=ieva)]
    paths = [path_of(one.document.storage_name) for one in kept]
    client = client_of(laima)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"/admin/news/newsitem/{draft.pk}/delete/", {"post": "yes"})
    assert [path.exists() for path in paths] == [False, True]
    chosen = {"action": "delete_selected", "_selected_action": [other.pk], "post": "yes"}
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/admin/news/newsitem/", chosen)
    assert not any(path.exists() for path in paths)
    assert not NewsItem.objects.exists()
