"""The whole form of an article, as an editor uses it."""

import datetime as dt
import json
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from audit.models import Event as Line
from documents.models import Document
from members.models import Centre
from news import actions, drafts, pictures, saving
from news.models import Attachment, ItemDraft, NewsItem, Picture, Topic
from news.views.articles import find_item
from tests import factories
from tests.documents.samples import picture
from tests.news.test_desk import client_of
from tests.world import PDF

pytestmark = pytest.mark.django_db
EDIT = "/en/news/draft/edit/"
JSON = {"accept": "application/json"}


def sent(**fields):
    return {"version": 1, "title_en": "A draft"} | fields


def photo(name="lab.jpg", content=None):
    return SimpleUploadedFile(name, picture("JPEG", size=(800, 600)) if content is None else content)


def test_an_editor_writes_and_schedules_an_article_with_picture_and_paper_in_both_languages(
    ieva, other, draft, at
):
    client = client_of(ieva)
    topic, project, call = (
        Topic.objects.create(slug="t", name_en="T"),
        factories.ProjectFactory(),
        factories.CallFactory(),
    )
    data = sent(
        title_lt="Juodraštis", summary_en="Short", summary_lt="Trumpai", body_en="Text", body_lt="Tekstas",
        topics=[topic.pk], projects=project.code, calls=[call.pk], published_at="2090-05-01 09:00",
        pinned_until="2090-05-10 09:00", picture_file=photo(), picture_alt_en="A lab", picture_alt_lt="Laboratorija",
        paper_file=SimpleUploadedFile("paper.pdf", PDF), paper_name_en="The paper", paper_name_lt="Dokumentas",
    )  # fmt: skip
    response = client.post(EDIT, data)
    assert response.status_code == 302, response.context["form"].errors
    page = client.get(EDIT).content.decode()
    assert "![A lab](picture:1)" in page
    assert "![Laboratorija](picture:1)" in page
    data = sent(
        version=2, title_lt="Juodraštis", body_en="Text\n\n![A lab](picture:1)", pic1_alt_en="A lab", lead="1",
        projects=project.code, calls=[call.pk], topics=[topic.pk], published_at="2090-05-01 09:00",
    )  # fmt: skip
    assert client.post(EDIT, data).status_code == 302
    client.post("/en/news/draft/step/", {"step": "hand_in"})
    client_of(other).post("/en/news/draft/step/", {"step": "publish"})
    item = NewsItem.objects.get(slug="draft")
    assert item.published_at == dt.datetime(2090, 5, 1, 6, tzinfo=dt.UTC)  # 09:00 in Vilnius
    assert (item.pictures.get().is_lead, item.attachments.get().title_lt) == (True, "Dokumentas")
    assert Client().get("/en/news/draft/").status_code == 404
    assert "Everybody sees it from 1 May 2090" in client.get("/en/news/draft/").content.decode()
    with at(item.published_at):
        text = Client().get("/en/news/draft/").content.decode()
    for words in (
        'alt="A lab"',
        "The paper",
        "PDF, ",
        project.title_en,
        "og:image",
        '"@type": "NewsArticle"',
    ):
        assert words in text


@pytest.mark.parametrize("content", [b"", b"MZ program", b"<svg onload=alert(1)>", b"GIF89a"])
def test_a_file_of_the_wrong_kind_is_refused_beside_the_field_and_nothing_is_kept(ieva, draft, content):
    for name in ("picture_file", "paper_file"):
        data = sent(title_en="Changed", picture_alt_en="x", **{name: photo("x.pdf", content)})
        response = client_of(ieva).post(EDIT, data)
        assert response.status_code == 422
        assert response.context["form"].errors[name]
        assert 'value="Changed"' in response.content.decode()
    draft.refresh_from_db()
    assert (draft.title_en, draft.version) == ("A draft", 1)
    assert not any(model.objects.exists() for model in (Document, Attachment, Picture))


def test_a_picture_without_words_is_refused_beside_the_field(ieva, draft):
    response = client_of(ieva).post(EDIT, sent(picture_file=photo()))
    assert response.status_code == 422
    assert "Say in words what the picture shows" in response.content.decode()
    assert not Picture.objects.exists()


def test_papers_and_pictures_are_removed_by_their_boxes(ieva, draft):
    client = client_of(ieva)
    client.post(
        EDIT, sent(picture_file=photo(), picture_alt_en="x", paper_file=SimpleUploadedFile("p.pdf", PDF))
    )
    paper = Attachment.objects.get()
    data = sent(version=2, pic1_alt_en="x", pic1_remove="on", **{f"paper{paper.pk}_remove": "on"})
    assert client.post(EDIT, data).status_code == 302
    assert not any(model.objects.exists() for model in (Document, Attachment, Picture))


def seen(item, person):
    return saving.marks(find_item(person, item.slug))


def test_what_two_writers_changed_apart_is_all_kept(ieva, other, draft):
    base = seen(draft, ieva)
    client_of(other).post(EDIT, sent(base=base, summary_en="Their summary"))
    response = client_of(ieva).post(EDIT, sent(base=base, body_en="My text"))
    text = response.content.decode()
    assert response.status_code == 409
    assert "You changed different things" in text
    assert "Their summary" in text
    form = response.context["form"]
    files = ("picture_file", "paper_file")
    shown = {name: form[name].value() for name in form.fields if name not in files}
    again = {name: value for name, value in shown.items() if value not in (None, "", [])}
    assert (again["version"], again["summary_en"], again["body_en"]) == (2, "Their summary", "My text")
    response = client_of(ieva).post(EDIT, again)
    assert response.status_code == 302, response.context["form"].errors
    draft.refresh_from_db()
    assert (draft.summary_en, draft.body_en) == ("Their summary", "My text")


def test_what_both_changed_is_shown_in_both_versions(ieva, other, draft):
    base = seen(draft, ieva)
    client_of(other).post(EDIT, sent(base=base, title_en="Their title"))
    text = client_of(ieva).post(EDIT, sent(base=base, title_en="My title")).content.decode()
    assert "<del>" in text
    assert "Their" in text
    assert 'value="My title"' in text


def test_linked_records_that_both_changed_are_shown_by_their_names(ieva, other, draft, ktu, aveiro):
    hub = Centre.objects.create(host=ktu.organisation, slug="hub", name_en="Hub of both")
    call = factories.CallFactory(title_en="Autumn call")
    base = seen(draft, ieva)
    client_of(other).post(EDIT, sent(base=base, universities=[ktu.pk], centres=[hub.pk]))
    mine = sent(base=base, universities=[aveiro.pk], centres=[], calls=[call.pk], summary_en="x")
    response = client_of(ieva).post(EDIT, mine)
    shown = response.content.decode()
    told = shown[shown.index("Saved meanwhile") : shown.index("<form", shown.index("Saved meanwhile"))]
    for words in ("Kaunas University of Technology", "University of Aveiro"):
        assert set(words.split()) <= set(re.findall(r"\w+", told))
    assert not re.search(rf"<(del|ins)>[^<]*\b({ktu.pk}|{aveiro.pk})\b", told)


def test_titles_of_attachments_are_changed_in_both_languages(ieva, draft):
    paper = attached(draft, ieva)
    name = f"paper{paper.pk}"
    assert 'value="The paper"' in client_of(ieva).get(EDIT).content.decode()
    data = sent(**{f"{name}_title_en": "Renamed", f"{name}_title_lt": "Pervadintas"})
    assert client_of(ieva).post(EDIT, data).status_code == 302
    paper.refresh_from_db()
    assert (paper.title_en, paper.title_lt) == ("Renamed", "Pervadintas")
    assert Line.objects.filter(verb="news.entitle").count() == 1
    client_of(ieva).post(EDIT, data | {"version": 2})
    assert Line.objects.filter(verb="news.entitle").count() == 1  # nothing changed


def test_an_attachment_without_a_title_is_refused_beside_the_field_and_nothing_is_lost(ieva, draft):
    paper = attached(draft, ieva)
    name = f"paper{paper.pk}"
    for title in ("", "x" * 201):
        data = sent(title_en="My typed title", **{f"{name}_title_en": title, f"{name}_title_lt": " "})
        response = client_of(ieva).post(EDIT, data)
        assert response.status_code == 422
        assert response.context["form"].errors.keys() == {f"{name}_title_en"}
        assert "My typed title" in response.content.decode()
    paper.refresh_from_db()
    assert paper.title_en == "The paper"


def test_a_form_drawn_before_an_attachment_came_leaves_it_as_it_is(ieva, draft):
    paper = attached(draft, ieva)
    assert client_of(ieva).post(EDIT, sent()).status_code == 302
    paper.refresh_from_db()
    assert paper.title_en == "The paper"


def test_nobody_else_renames_an_attachment(ieva, ana, draft):
    paper = attached(draft, ieva)
    with pytest.raises(PermissionDenied):
        actions.entitle(paper, title_en="Mine", title_lt="", by=ana)


def attached(item, by):
    upload = SimpleUploadedFile("paper.pdf", PDF)
    return actions.attach(item, upload=upload, title_en="The paper", title_lt="", by=by)


def test_links_that_the_editor_cannot_see_stay(ieva, draft):
    hidden = factories.ProjectFactory(publication="draft")
    draft.projects.add(hidden)
    assert hidden.code not in client_of(ieva).get(EDIT).content.decode()
    client_of(ieva).post(EDIT, sent())
    assert list(draft.projects.all()) == [hidden]


def test_what_is_typed_is_kept_offered_and_forgotten_after_saving(ieva, other, draft):
    client = client_of(ieva)
    answer = client.post(
        "/en/news/draft/draft/",
        sent(body_en="Half a sent", topics=[]),
        headers=JSON,
    )
    assert answer.json()["words"].startswith("Draft saved at ")
    assert "You typed more than you saved" in client.get(EDIT).content.decode()
    assert "Half a sent" not in client.get(EDIT).content.decode()
    assert "Half a sent" in client.get(f"{EDIT}?draft=continue").content.decode()
    assert "Half a sent" not in client_of(other).get(f"{EDIT}?draft=continue").content.decode()
    client.post(EDIT, sent(body_en="A whole sentence."))
    assert not ItemDraft.objects.exists()


def test_a_sign_that_cannot_be_stored_costs_no_draft(ieva, draft):
    client = client_of(ieva)
    answer = client.post("/en/news/draft/draft/", sent(body_en="Half\0 a sent"), headers=JSON)
    assert answer.status_code == 200
    assert "Half a sent" in client.get(f"{EDIT}?draft=continue").content.decode()


def test_a_draft_is_thrown_away_when_its_writer_says_so_or_nobody_touched_it(ieva, draft, at):
    client = client_of(ieva)
    client.post("/en/news/draft/draft/", sent(), headers=JSON)
    client.post("/en/news/draft/draft/", {"discard": "1"})
    assert not ItemDraft.objects.exists()
    client.post("/en/news/draft/draft/", sent(), headers=JSON)
    kept = ItemDraft.objects.get()
    with at(kept.saved_at + dt.timedelta(days=31)):
        assert drafts.sweep() == 1
    big = client.post("/en/news/draft/draft/", sent(body_en="x" * 600_000), headers=JSON)
    assert big.status_code == 413


def test_what_was_typed_outlives_a_session_that_ended(ieva, draft):
    client = client_of(ieva)
    page = client.get(EDIT).content.decode()
    proof = page.partition('name="typed_by" value="')[2].partition('"')[0]
    client.logout()
    response = client.post(EDIT, sent(body_en="Typed for an hour", typed_by=proof))
    assert "/accounts/login/" in response["Location"]
    client.force_login(ieva, backend="allauth.account.auth_backends.AuthenticationBackend")
    assert "Typed for an hour" in client.get(EDIT).content.decode()


def test_how_it_will_look_is_told_with_pictures_and_what_is_wrong(ieva, draft):
    pictures.add(draft, upload=photo(), alt_en="A lab", alt_lt="", lead=False, by=ieva)
    look = (
        client_of(ieva)
        .post("/en/news/draft/text/", {"text": "**b**\n\n![A lab](picture:1)\n\n![](picture:2)"})
        .json()
    )
    assert "<strong>b</strong>" in look["html"]
    assert "<figure" in look["html"]
    assert "picture 2" in look["problem"]


def test_pasted_html_comes_back_as_markdown(ieva):
    html = "<p class=MsoNormal>Hello <b>you</b><script>alert(1)</script></p>"
    answer = client_of(ieva).post("/en/news/pasted/", {"html": html})
    assert json.loads(answer.content) == {"text": "Hello **you**"}


def test_projects_are_found_by_the_beginning_of_their_words(ieva):
    factories.ProjectFactory(code="ABC-1", title_en="Robots that listen")
    factories.ProjectFactory(code="HID-1", title_en="Robots that hide", publication="draft")
    found = client_of(ieva).get("/en/news/links/?q=robot").json()["found"]
    assert found == [{"code": "ABC-1", "title": "Robots that listen"}]
    assert client_of(ieva).get("/en/news/links/?q=%00").json() == {"found": []}


def test_history_tells_each_save_and_brings_an_earlier_text_back(ieva, draft):
    client = client_of(ieva)
    client.post(EDIT, sent(body_en="First words of it"))
    client.post(EDIT, sent(version=2, body_en="Other words of it"))
    page = client.get("/en/news/draft/history/")
    text = page.content.decode()
    assert "<del>First</del>" in text
    assert "<ins>Other</ins>" in text
    number = page.context["changes"][-1].number
    path = f"/en/news/draft/history/{number}/"
    assert "What would change" in client.get(path).content.decode()
    assert client.post(path, {"version": "2"}).status_code == 409
    assert client.post(path, {"version": "3"}).status_code == 302
    draft.refresh_from_db()
    assert (draft.body_en, draft.version) == ("First words of it", 4)
    assert client.get("/en/news/draft/history/999999/").status_code == 404


def test_history_says_moments_in_words_and_only_when_they_changed(ieva, other, draft):
    client = client_of(ieva)
    client.post(EDIT, sent())
    client.post(EDIT, sent(version=2, published_at="2090-05-01 09:00"))
    client.post("/en/news/draft/step/", {"step": "hand_in"})
    client_of(other).post("/en/news/draft/step/", {"step": "publish"})
    changes = client.get("/en/news/draft/history/").context["changes"]
    told = [one for change in changes for one in change.differences or () if one.label == "Published at"]
    assert ["".join(piece.words for piece in one.pieces) for one in told] == [
        "1 May 2090, 09:00 (Vilnius time)"
    ]


def test_who_approves_sees_when_it_comes_out_and_is_told_so(ieva, other, draft):
    client = client_of(ieva)
    client.post(EDIT, sent(published_at="2090-05-01 09:00"))
    client.post("/en/news/draft/step/", {"step": "hand_in"})
    page = client_of(other).get("/en/news/draft/").content.decode()
    assert "Once it is approved, everybody sees it from 1 May 2090, 09:00 (Vilnius time)." in page
    page = client_of(other).post("/en/news/draft/step/", {"step": "publish"}, follow=True).content.decode()
    assert "The text was approved. Everybody sees it from 1 May 2090, 09:00 (Vilnius time)." in page
    assert "The text was published." not in page


def test_an_old_address_leads_to_the_new_one_for_those_who_may_see_it(ieva, draft):
    client = client_of(ieva)
    assert client.post(EDIT, sent(slug="new-address"))["Location"] == "/en/news/new-address/edit/"
    assert Client().get("/en/news/draft/").status_code == 404
    NewsItem.objects.update(publication="published", published_at=factories.LONG_AGO)
    moved = Client().get("/en/news/draft/")
    assert (moved.status_code, moved["Location"]) == (301, "/en/news/new-address/")


def test_an_editor_reads_why_a_published_text_is_not_changed_at_once(ieva, other, egle, ana, draft):
    words = "This text is approved, so it is not changed here."
    draft.publication, draft.published_at = "published", factories.LONG_AGO
    draft.save()
    for person, told in ((ieva, True), (other, True), (egle, False), (ana, False)):
        assert (words in client_of(person).get("/en/news/draft/").content.decode()) is told
    assert words not in Client().get("/en/news/draft/").content.decode()
    assert client_of(ieva).get(EDIT).status_code == 403
    assert client_of(egle).get(EDIT).status_code == 200
