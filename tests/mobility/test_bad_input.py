"""What no browser sends, on every page of the form: told in words, nothing half stored, the page good as before."""

import io
from urllib.parse import quote, urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms.models import model_to_dict
from PIL import Image

from documents.models import Document
from members.models import OrganisationalUnit
from mobility import actions
from mobility.models import Answer, Application, Wish
from tests import factories
from tests.documents.samples import archive, pdf, picture, upload
from tests.mobility.test_pages_applying import languages, part, seen, url

pytestmark = pytest.mark.django_db

STUDENT = ("personal", "studies", "languages", "wishes", "motivation", "questions", "declarations")
STAFF = ("personal", "work", "languages", "wishes", "motivation", "declarations")
PAGES = [*[("student", slug) for slug in STUDENT], ("staff", "work"), ("staff", "wishes")]
STRANGE = {
    "a NUL": "a%00b", "half of a pair": "a%ED%A0%80b", "no UTF-8": "%FF%FE", "turned direction": quote("a\u202eb"),
    "marks of direction": quote("\u200fa\u200e"), "emoji": quote("🎓👩‍🎓"), "a megabyte": "x" * 1_000_000,
    "a megabyte of words": "x+" * 500_000, "negative": "-5", "huge": "9" * 400, "beyond a float": "1e999",
    "no number": "NaN", "infinite": "Infinity", "no such day": "2026-02-30", "no such year": "0000-00-00",
    "far future": "99999-12-31", "markup": quote("<script>alert(1)</script>{{ 7*7 }}{% debug %}"),
    "a list": quote("[1, 2]"), "a uuid": "7f0c5a1e-3d8c-4a57-9a55-0d7b8f1f2a10", "spaces": "+++", "nothing": "",
}  # fmt: skip
# These no field takes, wherever they stand.
NEVER = {"a NUL", "half of a pair", "no UTF-8"}
# These are ticked or not, or may be left unsaid, whatever they hold.
LENIENT = {"declared_true", "declared_privacy", "fewer_opportunities", "form-INITIAL_FORMS"}


@pytest.fixture
def forms(call, place, staff_call, ana, tomas, aveiro, client):
    """`forms("student")`: the browser of somebody, their whole draft, and what they send with each page of it."""

    def make(who):
        if who == "staff":
            person, where = tomas, factories.PlaceFactory(call=staff_call, host=aveiro)
        else:
            person, where = ana, place
            for kind in ("short", "long", "choice", "choices", "file"):
                asked = call.questions.create(kind=kind, text_en=f"The {kind} one")
                if kind.startswith("choice"):
                    asked.options.create(words_en="Red")
        OrganisationalUnit.objects.create(university=call.university, name_en="Faculty of Informatics")
        draft = factories.complete_application(person, where)
        client.force_login(person)
        return client, draft, _whole(draft, where)

    return make


def _whole(draft, where):
    """What a browser sends with each page."""
    own = model_to_dict(draft)
    fields = {
        "personal": ["given_name", "family_name", "birth_date", "nationality", "phone", "gender", "unit",
                     "fewer_opportunities"],
        "studies": ["study_programme", "level", "field", "ects", "earlier_months"],
        "work": ["work_unit", "seniority", "planned_days", "hours", "work_goals", "work_value", "work_plan",
                 "work_outcomes"],
        "motivation": ["motivation"],
    }  # fmt: skip
    sent = {
        slug: {name: "" if own[name] is None else str(own[name]) for name in names}
        for slug, names in fields.items()
    }
    sent["declarations"] = {"declared_true": "on", "declared_privacy": "on"}
    sent["languages"] = languages(("en", "C1"), ("lt", "B2"))
    sent["wishes"] = {"wish_1": str(where.uuid), "wish_2": ""}
    sent["questions"] = {f"q-{one.uuid}": _answer(one) for one in draft.call.questions.exclude(kind="file")}
    return sent


def _answer(question):
    option = question.options.first()
    return str(option.uuid) if option else "Because."


def post(site, address, pairs):
    """Send pairs as they stand: what is strange in them is quoted already."""
    body = "&".join(f"{name}={value}" for name, value in pairs)
    return site.post(address, body, content_type="application/x-www-form-urlencoded")


def quoted(data):
    return [(name, quote(str(value))) for name, value in data.items()]


def state(draft):
    """Everything that the application holds."""
    rows = [
        sorted(map(str, draft.languages.values_list("language", "level"))),
        sorted(map(str, Wish.objects.filter(application=draft).values_list("place", "rank"))),
        sorted(map(str, Answer.objects.filter(application=draft).values_list("question", "text", "options"))),
    ]
    return Application.objects.filter(pk=draft.pk).values().get(), rows


@pytest.mark.parametrize(("who", "slug"), PAGES)
def test_whatever_stands_in_a_field_is_saved_or_told(who, slug, forms):
    site, draft, sent = forms(who)
    page, before = part(draft, slug), state(draft)
    shown = seen(site.get(page))
    for kind, name in asked_of(sent[slug]):
        pairs = [(one, value) for one, value in quoted(sent[slug]) if one != name]
        response = post(site, page, [("seen", shown), *pairs, (name, STRANGE[kind])])
        assert response.status_code in (302, 422), (name, kind)
        if kind in NEVER and name not in LENIENT:
            assert response.status_code == 422, (name, kind)
        if response.status_code == 302:
            before, shown = state(draft), seen(site.get(page))
        assert state(draft) == before, f"{name}, {kind}: refused, and stored"
        draft.part_drafts.all().delete()
    for address in (page, url(draft), url(draft, "application_check")):
        assert site.get(address).status_code == 200


def asked_of(sent):
    """Every strange value in the first field, those that are strange to most fields in every other."""
    most = (
        "a NUL",
        "half of a pair",
        "turned direction",
        "emoji",
        "negative",
        "huge",
        "no such day",
        "markup",
    )
    return [(kind, name) for n, name in enumerate(sent) for kind in (most if n else STRANGE)]


@pytest.mark.parametrize(("who", "slug"), PAGES)
def test_whatever_is_typed_is_kept_or_told_and_shown_again(who, slug, forms):
    site, draft, sent = forms(who)
    shown = seen(site.get(part(draft, slug)))
    for kind, value in STRANGE.items():
        fields = list(sent[slug])[: 1 if len(value) > 9000 else None]
        pairs = [("seen", shown), *((name, value) for name in fields)]
        response = post(site, url(draft, "application_draft", slug), pairs)
        assert response.status_code in (200, 413), kind
        assert response.json()["words"]
        assert site.get(part(draft, slug)).status_code == 200, kind
        draft.part_drafts.all().delete()


@pytest.mark.parametrize(("who", "slug"), PAGES)
def test_fields_that_come_twice_or_not_at_all_are_saved_or_told(who, slug, forms):
    site, draft, sent = forms(who)
    page = part(draft, slug)
    for pairs in ([*quoted(sent[slug])] * 2, [], [(name, "") for name in sent[slug]] + quoted(sent[slug])):
        response = post(site, page, [("seen", seen(site.get(page))), *pairs])
        assert response.status_code in (302, 422)
        assert site.get(page).status_code == 200
        draft.part_drafts.all().delete()
    for strange in ("seen", "draft", "keeper", "move", "from"):
        data = [*quoted(sent[slug]), (strange, "%00"), (strange, quote("../\u202e" * 50))]
        assert post(site, page, data).status_code in (302, 409, 422)


def test_more_than_the_portal_reads_is_refused_before_it_is_read(forms):
    site, draft, _sent = forms("student")
    before = state(draft)
    body = urlencode({"motivation": "x" * (3 * 1024 * 1024)})
    response = site.post(part(draft, "motivation"), body, content_type="application/x-www-form-urlencoded")
    assert response.status_code in (400, 413)
    assert state(draft) == before


# What belongs to others


def test_questions_and_options_of_another_call_are_none_of_this_one(forms, ktu):
    site, draft, sent = forms("student")
    other = factories.CallFactory(university=ktu)
    theirs = other.questions.create(kind="choice", text_en="Theirs")
    option = theirs.options.create(words_en="Blue")
    mine = draft.call.questions.get(kind="choice")
    page = part(draft, "questions")
    data = {"seen": seen(site.get(page)), **sent["questions"], f"q-{theirs.uuid}": str(option.uuid)}
    assert site.post(page, data).status_code == 302
    assert not Answer.objects.filter(question=theirs).exists()
    data = {"seen": seen(site.get(page)), **sent["questions"], f"q-{mine.uuid}": str(option.uuid)}
    assert site.post(page, data).status_code == 422


def test_units_of_another_university_are_no_choice(forms, aveiro):
    site, draft, sent = forms("student")
    theirs = OrganisationalUnit.objects.create(university=aveiro, name_en="Theirs")
    page = part(draft, "personal")
    data = {"seen": seen(site.get(page)), **sent["personal"], "unit": str(theirs.pk)}
    assert site.post(page, data).status_code == 422


def test_nobody_uploads_to_removes_or_reads_what_is_in_the_draft_of_another(forms, call, tomas):
    site, draft, _sent = forms("student")
    asked = factories.RequiredDocumentFactory(call=call)
    paper = actions.attach_document(draft, asked, upload(), by=draft.applicant)
    question = call.questions.get(kind="file")
    site.force_login(tomas)
    for name, of in (("application_documents", asked), ("application_files", question)):
        assert site.post(url(draft, name), {"asked": of.uuid, "file": upload()}).status_code == 404
    key = paper.document.uuid
    assert site.get(url(draft, "application_document", key)).status_code == 404
    assert site.post(url(draft, "application_document_remove", key)).status_code == 404
    assert Document.objects.count() == 1


def test_document_of_another_is_not_reached_by_way_of_ones_own_application(
    forms, call, tomas, staff_call, aveiro
):
    site, draft, _sent = forms("student")
    asked = factories.RequiredDocumentFactory(call=staff_call)
    theirs = factories.complete_application(tomas, factories.PlaceFactory(call=staff_call, host=aveiro))
    key = actions.attach_document(theirs, asked, upload(), by=tomas).document.uuid
    assert site.get(url(draft, "application_document", key)).status_code == 404
    site.post(url(draft, "application_document_remove", key))
    assert Document.objects.filter(uuid=key).exists()
    assert (
        site.post(url(draft, "application_documents"), {"asked": asked.uuid, "file": upload()}).status_code
        == 404
    )


# Files

FLOOD = (8001, 5000)
FILES = {
    "renamed program": (b"MZ\x90\x00" + b"\x00" * 500, "PDF, JPEG or PNG"),
    "script": (b"#!/bin/sh\nrm -rf /\n", "PDF, JPEG or PNG"),
    "page": (b"<!doctype html><script>alert(1)</script>", "PDF, JPEG or PNG"),
    "PDF and ZIP": (pdf() + archive(), "hidden"),
    "picture and ZIP": (picture() + archive(), "hidden"),
    "GIF and script": (b"GIF89a=1;alert(1)//" + b"\x00" * 100, "PDF, JPEG or PNG"),
    "page in a PDF": (b"%PDF-1.7\n<script>alert(1)</script>\n" + pdf(), "something else"),
    "encrypted": (pdf(password="secret"), "password"),
    "5,000 pages": (pdf(5000), "too many pages"),
    "flood of pixels": (picture("PNG", size=FLOOD, mode="1"), "40 million"),
    "nothing": (b"", "empty"),
    "half a picture": (picture("PNG", size=(400, 400))[:60], "can&#x27;t be read"),
}


@pytest.mark.parametrize("page", ["application_documents", "application_files"])
def test_file_that_is_not_what_it_says_is_refused_beside_its_field(page, forms, call):
    site, draft, _sent = forms("student")
    asked = (
        factories.RequiredDocumentFactory(call=call)
        if page == "application_documents"
        else call.questions.get(kind="file")
    )
    for kind, (content, words) in FILES.items():
        file = SimpleUploadedFile("a\u202efdp.exe", content, content_type="application/pdf")
        response = site.post(url(draft, page), {"asked": asked.uuid, "file": file})
        assert response.status_code == 422, kind
        assert words in response.content.decode(), kind
    assert not Document.objects.exists()


@pytest.mark.parametrize("page", ["application_documents", "application_files"])
def test_file_of_exactly_the_limit_is_taken_and_one_octet_more_is_not(page, forms, call, settings):
    site, draft, _sent = forms("student")
    asked = (
        factories.RequiredDocumentFactory(call=call)
        if page == "application_documents"
        else call.questions.get(kind="file")
    )
    content = pdf(2)
    for limit, status in ((len(content) - 1, 422), (len(content), 302)):
        settings.DOCUMENT_MAX_BYTES = limit
        file = SimpleUploadedFile("a.pdf", content)
        assert site.post(url(draft, page), {"asked": asked.uuid, "file": file}).status_code == status
    assert Document.objects.get().size == len(content)


def test_picture_is_stored_without_what_it_tells_of_its_owner(forms, call):
    site, draft, _sent = forms("student")
    asked = factories.RequiredDocumentFactory(call=call)
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    file = SimpleUploadedFile("me.jpg", picture(exif=exif.tobytes()))
    site.post(url(draft, "application_documents"), {"asked": asked.uuid, "file": file})
    stored = site.get(url(draft, "application_document", Document.objects.get().uuid)).getvalue()
    assert b"where I live" not in stored
    assert Image.open(io.BytesIO(stored)).format == "JPEG"


# Messages and appeals


@pytest.mark.parametrize("page", ["application_messages", "application_appeal"])
def test_words_to_the_coordinators_are_sent_or_told(page, client, ana, in_state):
    application = in_state("ineligible")
    client.force_login(ana)
    told = NEVER | {"nothing", "spaces", "a megabyte", "a megabyte of words"}
    for kind in sorted(told):
        assert post(client, url(application, page), [("text", STRANGE[kind])]).status_code == 422, kind
    assert not application.messages.exists()
    assert not application.appeals.exists()
    for kind in STRANGE.keys() - told:
        assert post(client, url(application, page), [("text", STRANGE[kind])]).status_code == 302, kind
        assert client.get(url(application, page)).status_code == 200
