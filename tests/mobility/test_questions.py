"""The call's own questions: asked, answered, required, in the snapshot."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.models import Document
from mobility import actions, parts
from mobility.models import Answer, Application
from tests.documents.samples import pdf
from tests.mobility.test_pages_applying import part, save, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(client, ana):
    client.force_login(ana)
    return client


@pytest.fixture
def asked(call):
    """One question of each kind."""
    made = {kind: call.questions.create(kind=kind, text_en=f"The {kind} one", text_lt=f"{kind} klausimas")
            for kind in ("short", "long", "choice", "choices", "file")}  # fmt: skip
    for kind in ("choice", "choices"):
        made[kind].options.create(words_en="Red", words_lt="Raudona")
        made[kind].options.create(words_en="Green", words_lt="Žalia", position=2)
    return made


def name(question):
    return f"q-{question.uuid}"


def answers(asked, **more):
    red, green = asked["choices"].options.all()
    return {
        name(asked["short"]): "Short", name(asked["long"]): "Long\nindeed",
        name(asked["choice"]): str(asked["choice"].options.first().uuid),
        name(asked["choices"]): [str(red.uuid), str(green.uuid)],
    } | more  # fmt: skip


def send(site, draft, question, content):
    data = {"asked": question.uuid, "file": SimpleUploadedFile("plan.pdf", content)}
    return site.post(url(draft, "application_files"), data)


def test_every_kind_is_answered_and_shown_as_submitted(site, draft, asked):
    assert save(site, draft, "questions", **answers(asked)).status_code == 302
    assert send(site, draft, asked["file"], pdf()).status_code == 302
    assert save(site, draft, "questions", **answers(asked)).status_code == 302, "the file stays"
    one = Application.objects.get()
    assert site.post(url(one, "application_submit"), {"version": one.version}).status_code == 302
    text = site.get(url(one)).content.decode()
    for words in ("The short one", "Short", "indeed", "Red", "Green", "plan.pdf"):
        assert words in text
    kept = Application.objects.get().snapshot["questions"]
    assert [row["kind"] for row in kept] == ["short", "long", "choice", "choices", "file"]
    assert kept[3]["options"][1]["words_lt"] == "Žalia"
    assert kept[0]["text_lt"] == "short klausimas"


def test_what_is_required_is_missing_until_it_is_answered(site, draft, asked):
    fields = {one.field for one in parts.missing(Application.objects.with_parts().get())}
    assert fields == {name(question) for question in asked.values()}
    text = site.get(part(draft, "questions")).content.decode()
    for question in asked.values():
        assert f'id="id_{name(question)}' in text
    type(asked["long"]).objects.update(is_required=False)
    assert parts.missing(Application.objects.with_parts().get()) == []
    assert "(optional)" in site.get(part(draft, "questions")).content.decode()


@pytest.mark.parametrize("kind", ["choice", "choices"])
@pytest.mark.parametrize("chosen", ["x", "7f0c5a1e-3d8c-4a57-9a55-0d7b8f1f2a10", "\x00"])
def test_answer_that_is_no_choice_is_refused(kind, chosen, site, draft, asked):
    assert save(site, draft, "questions", **{name(asked[kind]): chosen}).status_code == 422
    assert not Answer.objects.exists()


def test_answers_are_emptied_and_too_long_ones_told(site, draft, asked):
    save(site, draft, "questions", **answers(asked))
    assert Answer.objects.count() == 4
    assert (
        save(site, draft, "questions", **answers(asked, **{name(asked["short"]): "x" * 301})).status_code
        == 422
    )
    save(site, draft, "questions", draft="1")
    assert not Answer.objects.exists()


def test_file_is_replaced_read_by_the_coordinator_once_submitted_and_removed(
    site, client, draft, asked, ruta, ana
):
    type(asked["file"]).objects.exclude(kind="file").delete()
    send(site, draft, asked["file"], pdf())
    send(site, draft, asked["file"], pdf(2))
    document = Document.objects.get()
    address = url(draft, "application_document", document.uuid)
    assert site.get(address).getvalue().startswith(b"%PDF")
    client.force_login(ruta)
    assert client.get(address).status_code == 404
    actions.submit_application(draft, by=ana)
    assert client.get(address).getvalue().startswith(b"%PDF")
    assert Application.objects.get().readings.get().reader == ruta
    page = client.get(url(draft, "application_review")).content.decode()
    assert address in page
    assert "replaced since" not in page
    client.force_login(ana)
    assert "Rūta" in client.get(url(draft)).content.decode()
    assert client.post(url(draft, "application_document_remove", document.uuid)).status_code == 409
    actions.take_back_application(Application.objects.get(), by=ana)
    assert client.post(url(draft, "application_document_remove", document.uuid)).status_code == 302
    assert not Document.objects.exists()


def test_wrong_file_is_told_to_a_script_in_words(site, draft, asked):
    data = {"asked": asked["file"].uuid, "file": SimpleUploadedFile("a.pdf", b"MZ\x90")}
    answer = site.post(url(draft, "application_files"), data, headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert "PDF, JPEG or PNG" in answer.json()["words"]
    assert send(site, draft, asked["file"], b"").status_code == 422
    assert send(site, draft, asked["short"], pdf()).status_code == 404
