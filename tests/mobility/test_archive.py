"""The documents of a call as a ZIP: its length is told, its names tell no person, what is lost is told in it."""

import io
import zipfile

import pytest

from documents.actions import path_of
from documents.models import Document
from ground.lasting import Lasting
from mobility import actions
from mobility.models import Application, Reading
from mobility.review import archive
from tests import factories
from tests.documents.samples import pdf, picture, upload
from tests.mobility.test_pages_table import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(call, place):
    """`sent(n)`: as many submitted applications, each with two papers and a file that answers a question."""
    papers = [
        factories.RequiredDocumentFactory(call=call, name_en=name)
        for name in ("Transcript / of ../records", "Photo")
    ]
    question = call.questions.create(kind="file", text_en="Your study plan, ąžuolas?")

    def make(count):
        made = []
        for n in range(count):
            person = factories.AppointmentFactory(university=call.university).user
            draft = factories.complete_application(person, place, family_name=f"Slaptasis{n}")
            for asked, content in zip(papers, (pdf(n + 1), picture("PNG")), strict=True):
                actions.attach_document(draft, asked, upload(content, f"Slaptasis{n}.pdf"), by=person)
            actions.attach_answer(draft, question, upload(pdf(2), "Slaptasis.pdf"), by=person)
            made.append(actions.submit_application(Application.objects.get(pk=draft.pk), by=person))
        return made

    return make


def taken(desk, call):
    """The archive and the length that was told before it began."""
    response = desk.get(url(call, "applications_archive"), headers={"accept-encoding": "gzip"})
    whole = response.getvalue()
    assert response["Content-Length"] == str(len(whole))
    assert "Content-Encoding" not in response
    return zipfile.ZipFile(io.BytesIO(whole))


def test_names_say_the_reference_and_what_was_asked_for(desk, call, sent):
    (one,) = sent(1)
    made = taken(desk, call)
    kinds = ["1-transcript-of-records.pdf", "2-photo.png", "3-your-study-plan-azuolas.pdf"]
    assert made.namelist() == [f"{one.reference}/{kind}" for kind in kinds]
    assert made.testzip() is None
    assert made.read(made.namelist()[0]) == pdf(1)


def test_names_tell_no_person_where_the_call_is_anonymous(desk, call, sent):
    call.is_anonymous = True
    call.save()
    (one,) = sent(1)
    told = " ".join(taken(desk, call).namelist())
    for words in ("Slaptasis", "Ana", one.applicant.email, str(one.uuid)):
        assert words not in told


def test_file_that_is_lost_or_was_replaced_is_told_within_the_archive(desk, call, sent):
    one, other = sent(2)
    lost = one.documents.order_by("pk").first().document
    path_of(lost.storage_name).unlink()
    gone = other.documents.order_by("pk").last()
    key = gone.document_id
    gone.delete()
    Document.objects.get(pk=key).delete()
    made = taken(desk, call)
    assert len(made.namelist()) == 5
    told = made.read("missing.txt").decode("utf-8-sig")
    assert f"{one.reference}/1-transcript-of-records.pdf: lost" in told
    assert f"{other.reference}/2-photo.png: replaced or removed since" in told


@pytest.mark.parametrize("limit", [1500, 4000, 10**9])
def test_length_is_told_right_where_offsets_are_far(limit, desk, call, sent, monkeypatch, ruta):
    sent(2)
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", limit)
    made = archive.Archive(Application.objects.filter(call=call), ["id"], by=ruta)
    assert made.length == len(b"".join(made.pieces()))


@pytest.mark.parametrize("rows", [1, 3])
def test_archive_costs_the_same_for_one_row_and_three(rows, desk, call, sent, django_assert_num_queries):
    sent(rows)
    with django_assert_num_queries(13):
        taken(desk, call)


def test_who_stops_the_download_stops_the_work_and_gives_the_turn_back(
    call, sent, settings, tmp_path, monkeypatch, ruta
):
    monkeypatch.setattr(archive, "BATCH", 1)
    settings.DATA_DIR = tmp_path
    sent(3)
    rows = Application.objects.filter(call=call)
    body = Lasting(archive.Archive(rows, ["id"], by=ruta).pieces(), name="applications")
    next(body)
    body.close()
    assert Reading.objects.filter(what="archive").count() == 1, (
        "only what begins to leave is written down as taken"
    )
    Lasting(iter([]), name="applications").close()
