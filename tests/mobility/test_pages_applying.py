import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.models import Document
from ground import clock
from mobility import actions, parts
from mobility.models import Application, Wish
from tests import factories
from tests.documents.samples import pdf, picture

pytestmark = pytest.mark.django_db
PERSONAL = {
    "given_name": "Ana",
    "family_name": "Bandomoji",
    "birth_date": "2004-05-06",
    "nationality": "LT",
    "phone": "",
}


@pytest.fixture
def site(client, ana):
    """Ana at her browser."""
    client.force_login(ana)
    return client


def url(application, name="application", *args):
    return reverse(f"mobility:{name}", args=[application.uuid, *args])


def part(application, slug):
    return url(application, "application_part", slug)


def seen(response):
    return re.search(r'name="seen" value="([0-9a-f]*)"', response.content.decode())[1]


def save(site, application, slug, **data):
    address = part(application, slug)
    return site.post(address, {"seen": seen(site.get(address)), **data})


def languages(*rows):
    data = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0}
    for n, (language, level) in enumerate(rows):
        data |= {f"form-{n}-language": language, f"form-{n}-level": level}
    return data


def test_whole_application_is_made_without_javascript(site, call, place):
    factories.FieldFactory()
    asked = factories.RequiredDocumentFactory(call=call)
    site.post(reverse("mobility:apply", args=[call.slug]))
    one = Application.objects.get()
    text = site.get(url(one)).content.decode()
    assert text.count("Not started") == 7
    assert save(site, one, "personal", **PERSONAL).url == url(one)
    save(site, one, "studies", study_programme="Informatics", level="6", field="0613", ects="120")
    save(site, one, "languages", **languages(("en", "C1"), ("", "")))
    save(site, one, "wishes", wish_1="", wish_2=str(place.uuid))
    save(site, one, "motivation", motivation="I want to learn.")
    site.post(
        url(one, "application_documents"), {"asked": asked.uuid, "file": SimpleUploadedFile("t.pdf", pdf())}
    )
    save(site, one, "declarations", declared_true="on", declared_privacy="on")
    text = site.get(url(one)).content.decode()
    assert text.count("Completed") == 7
    assert "7 parts of 7 are complete." in text
    check = site.get(url(one, "application_check"))
    assert all(
        words in check.content.decode()
        for words in ("Informatics", "6 May 2004", "Lithuania", "English", "t.pdf")
    )
    one.refresh_from_db()
    response = site.post(url(one, "application_submit"), {"version": one.version})
    assert response.url == url(one, "application_receipt")
    receipt = site.get(response.url).content.decode()
    one.refresh_from_db()
    assert "KTU-27-0001" in receipt
    assert one.snapshot_sha256[:16] in receipt
    assert one.wishes.get().rank == 1


def test_second_submit_gives_the_same_receipt(site, draft):
    for _ in range(3):
        assert site.post(url(draft, "application_submit"), {"version": draft.version}).url == url(
            draft, "application_receipt"
        )
    assert "Place" in site.get(url(draft)).content.decode()


def test_part_is_saved_incomplete_and_shown_as_in_progress(site, draft):
    save(site, draft, "personal", **PERSONAL | {"birth_date": ""})
    assert "In progress" in site.get(url(draft)).content.decode()


@pytest.mark.parametrize(
    ("slug", "data", "words"),
    [
        ("personal", PERSONAL | {"birth_date": "31/02/2004"}, "Enter a real date"),
        ("personal", PERSONAL | {"birth_date": "2999-01-01"}, "between the years"),
        ("personal", PERSONAL | {"birth_date": "2150-01-01"}, "in the past"),
        ("personal", PERSONAL | {"nationality": "XX"}, "Select a valid choice"),
        ("personal", PERSONAL | {"phone": "call me"}, "with digits"),
        ("personal", PERSONAL | {"given_name": "a" * 101}, "at most 100 characters"),
        ("personal", PERSONAL | {"given_name": "a\x00b"}, "can&#x27;t be stored"),
        ("studies", {"ects": "twelve"}, "must be a number"),
        ("studies", {"ects": "-1"}, "greater than or equal to 0"),
        ("studies", {"ects": "99999999999999999999"}, "less than or equal to 600"),
        ("studies", {"level": "9"}, "Select a valid choice"),
        ("studies", {"field": "9999"}, "Select a valid choice"),
        ("languages", languages(("en", "")), "Choose the level too"),
        ("languages", languages(("", "B2")), "Choose the language too"),
        ("languages", languages(("en", "B2"), ("en", "C1")), "stands here twice"),
        ("languages", languages(("xx", "B2")), "Select a valid choice"),
        ("languages", languages(*[("en", "B2")] * 11), "at most 10 forms"),
        ("languages", {"form-TOTAL_FORMS": "x"}, "ManagementForm"),
        ("wishes", {"wish_1": "7f0c5a1e-3d8c-4a57-9a55-0d7b8f1f2a10"}, "no place of this call"),
        ("wishes", {"wish_1": "\x00"}, "Select a valid choice"),
        ("motivation", {"motivation": "word " * 601}, "601 words"),
        ("motivation", {"motivation": "x" * 20001}, "at most 20000 characters"),
    ],
)  # fmt: skip
def test_wrong_answer_is_told_beside_the_field_and_nothing_typed_is_lost(slug, data, words, site, draft):
    before = Application.objects.values().get()
    response = save(site, draft, slug, **data)
    text = response.content.decode()
    assert response.status_code == 422
    assert words in text
    assert "<title>Error: " in text
    assert Application.objects.values().get() == before
    for name, value in data.items():
        if (
            str(value).isprintable()
            and value
            and not name.endswith("_FORMS")
            and response.context["form"].is_bound
        ):
            assert (
                str(value)[:100].strip() in text
                or f'value="{value}"' in text
                or slug in ("languages", "wishes")
                or (name in ("nationality", "level", "field"))
            )


def test_same_place_twice_is_refused_beside_the_second(site, draft, place):
    response = save(site, draft, "wishes", wish_1=str(place.uuid), wish_2=str(place.uuid))
    assert response.status_code == 422
    assert "already" in str(response.context["form"].errors["wish_2"])


def test_place_of_another_call_is_no_choice(site, draft):
    assert save(site, draft, "wishes", wish_1=str(factories.PlaceFactory().uuid)).status_code == 422


def test_fields_that_are_not_shown_change_nothing(site, draft, tomas):
    shown = {*parts.PERSONAL.fields, "saved_at", "version"}
    untouched = [field.attname for field in Application._meta.fields if field.name not in shown]
    before = Application.objects.values(*untouched).get()
    everything = {field.name: "1" for field in Application._meta.fields}
    hostile = {"status": "accepted", "applicant": tomas.pk, "submitted_at": "2020-01-01", "snapshot": "{}"}
    data = everything | hostile | PERSONAL | {"unit": "", "fewer_opportunities": "unknown"}
    assert save(site, draft, "personal", **data).status_code == 302
    assert Application.objects.values(*untouched).get() == before


def test_two_devices_see_both_texts_and_one_may_win_knowingly(site, draft):
    address = part(draft, "motivation")
    shown = seen(site.get(address))
    site.post(address, {"seen": shown, "motivation": "From the phone."})
    response = site.post(address, {"seen": shown, "motivation": "From the desk."})
    text = response.content.decode()
    assert response.status_code == 409
    assert "From the phone." in text
    assert "From the desk." in text
    assert Application.objects.get().motivation == "From the phone."
    assert site.post(address, {"seen": seen(response), "motivation": "From the desk."}).status_code == 302
    assert Application.objects.get().motivation == "From the desk."


@pytest.mark.parametrize("stale", ["", "x", "0" * 16, "\x00"])
def test_saving_without_having_seen_is_a_conflict(stale, site, draft):
    assert site.post(part(draft, "motivation"), {"seen": stale, "motivation": "New."}).status_code == 409


def test_double_click_on_save_is_fine(site, draft):
    address = part(draft, "motivation")
    shown = seen(site.get(address))
    for _ in range(2):
        assert site.post(address, {"seen": shown, "motivation": "Once."}).status_code == 302


def test_call_that_closes_while_somebody_writes_loses_nothing_typed(site, draft, call):
    address = part(draft, "motivation")
    shown = seen(site.get(address))
    call.closes_at = clock.now() - dt.timedelta(seconds=61)
    call.save()
    response = site.post(address, {"seen": shown, "motivation": "Nearly done."})
    assert response.status_code == 409
    assert "Nearly done." in response.content.decode()
    assert "has closed" in response.content.decode()
    for name in ("application_check", "application_documents"):
        assert site.get(url(draft, name)).url == url(draft)
    assert site.get(address).url == url(draft)
    assert "was not submitted" in site.get(url(draft)).content.decode()
    assert site.post(url(draft, "application_submit"), {"version": draft.version}).status_code == 409


def test_submitting_with_something_missing_leads_to_the_parts(site, draft):
    Application.objects.update(motivation="")
    response = site.post(url(draft, "application_submit"), {"version": draft.version})
    assert response.status_code == 422
    assert f"{part(draft, 'motivation')}?from=check#id_motivation" in response.content.decode()
    assert Application.objects.get().status == "draft"


def test_missing_answers_point_at_fields_that_are_there(site, call, place):
    factories.RequiredDocumentFactory(call=call)
    site.post(reverse("mobility:apply", args=[call.slug]))
    check = site.get(url(Application.objects.get(), "application_check"))
    assert len(check.context["missing"]) == 13
    for address, _words in check.context["missing"]:
        path, _hash, anchor = address.partition("#")
        assert f'id="{anchor}"' in site.get(path).content.decode(), anchor


@pytest.mark.parametrize("version", ["", "0", "-1", "x", "9" * 30, "\x00", "²"])
def test_submitting_what_was_not_checked_shows_the_answers_again(version, site, draft):
    response = site.post(url(draft, "application_submit"), {"version": version})
    assert response.status_code == 409
    assert "was changed since" in response.content.decode()


def test_rules_of_the_call_are_shown_before_submitting(site, draft):
    Application.objects.update(ects=30, level=8)
    text = site.get(url(draft, "application_check")).content.decode()
    assert "at least 60 ECTS credits" in text
    assert "other levels" in text


def test_changing_from_the_check_page_leads_back_to_it(site, draft):
    address = part(draft, "motivation") + "?from=check"
    response = site.post(address, {"seen": seen(site.get(address)), "motivation": "Better."})
    assert response.url == url(draft, "application_check")


@pytest.mark.parametrize("slug", ["work", "nothing", "review2", "documents-x"])
def test_part_that_the_application_does_not_have_is_not_found(slug, site, draft):
    assert site.get(part(draft, slug)).status_code == 404


def test_staff_have_their_own_parts(client, staff_call, tomas, aveiro):
    place = factories.PlaceFactory(call=staff_call, host=aveiro)
    draft = factories.complete_application(tomas, place)
    client.force_login(tomas)
    text = client.get(url(draft)).content.decode()
    assert part(draft, "work") in text
    assert part(draft, "studies") not in text
    assert client.get(part(draft, "studies")).status_code == 404
    work = {"work_unit": "Faculty", "work_plan": "Lectures", "work_goals": "To teach.", "seniority": "junior"}
    assert save(client, draft, "work", **work, hours="8.5", planned_days="5").status_code == 302
    client.post(url(draft, "application_submit"), {"version": Application.objects.get().version})
    assert "Lectures" in client.get(url(draft)).content.decode()


# Files


@pytest.fixture
def asked(call):
    return factories.RequiredDocumentFactory(call=call)


def send(site, draft, asked, content, name="transcript.pdf"):
    file = SimpleUploadedFile(name, content) if content is not None else ""
    return site.post(url(draft, "application_documents"), {"asked": asked.uuid, "file": file})


def test_file_is_uploaded_replaced_downloaded_and_removed(site, draft, asked):
    assert send(site, draft, asked, pdf()).status_code == 302
    send(site, draft, asked, picture(), "photo.JPG")
    document = Document.objects.get()
    address = url(draft, "application_document", document.uuid)
    assert address in site.get(url(draft, "application_documents")).content.decode()
    response = site.get(address)
    assert response["Content-Disposition"] == 'attachment; filename="photo.jpg"'
    assert response.getvalue().startswith(b"\xff\xd8")
    for _ in range(2):
        assert site.post(url(draft, "application_document_remove", document.uuid)).status_code == 302
    assert site.get(address).status_code == 404


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "Choose a file first"),
        (b"", "empty"),
        (b"MZ\x90\x00", "PDF, JPEG or PNG"),
        (b"PK\x03\x04", "PDF, JPEG or PNG"),
        (pdf(password="x"), "password"),
        (pdf(501), "too many pages"),
        (pdf() + b"PK\x03\x04", "something else"),
    ],
)
def test_wrong_file_is_told_beside_its_field(content, words, site, draft, asked):
    response = send(site, draft, asked, content)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Document.objects.exists()


def test_file_for_what_nobody_asked_is_not_found(site, draft, asked):
    other = factories.RequiredDocumentFactory()
    assert send(site, draft, other, pdf()).status_code == 404
    for typed in ("", "x", "\x00"):
        assert site.post(url(draft, "application_documents"), {"asked": typed}).status_code == 404
    assert not Document.objects.exists()


def test_submitted_papers_stay_as_they_are(site, draft, asked, ana):
    send(site, draft, asked, pdf())
    actions.submit_application(draft, by=ana)
    assert send(site, draft, asked, picture()).status_code == 409
    document = Document.objects.get()
    assert site.post(url(draft, "application_document_remove", document.uuid)).status_code == 409
    assert Document.objects.get() == document


# Other people


PAGES = [
    ("application", "get"), ("application_check", "get"), ("application_submit", "post"),
    ("application_receipt", "get"), ("application_take_back", "post"), ("application_withdraw", "get"),
    ("application_withdraw", "post"), ("application_answer", "post"), ("application_documents", "get"),
    ("application_documents", "post"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "method"), PAGES)
@pytest.mark.parametrize("who", ["bruno", "chiara", "ruta", "egle", "laima", "tomas", "jonas"])
def test_draft_is_nobody_elses(name, method, who, client, draft, request):
    client.force_login(request.getfixturevalue(who))
    before = Application.objects.values().get()
    assert getattr(client, method)(url(draft, name)).status_code == 404
    assert client.get(part(draft, "personal")).status_code == 404
    assert client.post(part(draft, "personal"), PERSONAL).status_code == 404
    assert Application.objects.values().get() == before


@given(data=st.dictionaries(
    st.sampled_from(["given_name", "family_name", "birth_date", "nationality", "phone", "seen", "motivation", "ects",
                     "study_programme", "level", "field", "wish_1", "wish_2", "form-TOTAL_FORMS", "form-0-language",
                     "form-INITIAL_FORMS", "form-0-level", "work_plan", "declared_true"]),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60), max_size=8,
), slug=st.sampled_from(["personal", "studies", "languages", "wishes", "motivation", "declarations"]))  # fmt: skip
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_sent_to_a_part_is_answered_in_words(data, slug, site, draft):
    assert site.post(part(draft, slug), data).status_code in (302, 409, 422)


# Cost


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(
    ("slug", "show", "store"),
    [
        ("personal", 4, 9), ("studies", 4, 10), ("languages", 4, 9), ("wishes", 4, 10), ("motivation", 3, 8),
        ("questions", 4, 10), ("declarations", 3, 8),
    ],
)  # fmt: skip
def test_parts_cost_the_same_for_one_row_and_three(
    slug, show, store, rows, site, call, ana, django_assert_num_queries
):
    places = factories.PlaceFactory.create_batch(rows, call=call, field=factories.FieldFactory())
    draft = factories.complete_application(ana, *places)
    asked = [call.questions.create(text_en=f"Question {n}", kind="long") for n in range(rows)]
    data = {
        "questions": {f"q-{question.uuid}": "Because." for question in asked},
        "personal": PERSONAL, "motivation": {"motivation": "New."}, "declarations": {},
        "studies": {"study_programme": "New", "field": "0613"}, "wishes": {"wish_3": str(places[0].uuid)},
        "languages": languages(*[("lt", "B2"), ("en", "C1"), ("de", "A1")][:rows]),
    }[slug]  # fmt: skip
    Wish.objects.all().delete()
    with django_assert_num_queries(show):
        shown = site.get(part(draft, slug))
    with django_assert_num_queries(store):
        assert site.post(part(draft, slug), {"seen": seen(shown), **data}).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_part_of_staff_costs_the_same_for_one_row_and_three(
    rows, client, staff_call, tomas, django_assert_num_queries
):
    client.force_login(tomas)
    draft = factories.complete_application(tomas, *factories.PlaceFactory.create_batch(rows, call=staff_call))
    data = {"work_unit": "Informatics", "seniority": "senior", "planned_days": "5", "hours": "8"}
    with django_assert_num_queries(3):
        shown = client.get(part(draft, "work"))
    with django_assert_num_queries(8):
        assert client.post(part(draft, "work"), {"seen": seen(shown), **data}).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_questions_of_every_kind_cost_the_same_for_one_row_and_three(
    rows, site, draft, call, django_assert_num_queries
):
    choices = [call.questions.create(text_en=f"Choice {n}", kind="choice") for n in range(rows)]
    for question in choices:
        question.options.create(words_en="Yes", position=1)
    for n in range(rows):
        call.questions.create(text_en=f"File {n}", kind="file")
    with django_assert_num_queries(4):
        shown = site.get(part(draft, "questions"))
    data = {f"q-{one.uuid}": str(one.options.get().uuid) for one in choices}
    with django_assert_num_queries(10):
        site.post(part(draft, "questions"), {"seen": seen(shown), **data})
    with django_assert_num_queries(4):
        assert site.get(url(draft, "application_files")).status_code == 200


@pytest.mark.parametrize("page", ["application_documents", "application_files"])
@pytest.mark.parametrize("rows", [1, 3])
def test_an_upload_costs_the_same_for_one_row_and_three(
    rows, page, site, draft, call, django_assert_num_queries
):
    papers = factories.RequiredDocumentFactory.create_batch(rows, call=call)
    questions = [call.questions.create(text_en=f"File {n}", kind="file") for n in range(rows)]
    asked = papers[0] if page == "application_documents" else questions[0]
    for _first_and_replaced in range(2):
        sent = {"asked": asked.uuid, "file": SimpleUploadedFile("t.pdf", pdf())}
        with django_assert_num_queries(10):  # beginning and ending the transaction are two of them
            assert site.post(url(draft, page), sent).status_code == 302
    assert Document.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_pages_of_an_application_cost_the_same_for_one_row_and_three(
    rows, site, call, ana, django_assert_num_queries
):
    places = factories.PlaceFactory.create_batch(rows, call=call, field=factories.FieldFactory())
    papers = factories.RequiredDocumentFactory.create_batch(rows, call=call)
    draft = factories.complete_application(ana, *places)
    for paper in papers:
        send(site, draft, paper, pdf())
    site.get(url(draft))  # shows what has just happened, once
    for name, queries in (("application", 5), ("application_check", 5), ("application_documents", 4)):
        with django_assert_num_queries(queries):
            site.get(url(draft, name))
    actions.submit_application(draft, by=ana)
    for name, queries in (("application", 5), ("application_receipt", 7)):
        with django_assert_num_queries(queries):
            site.get(url(draft, name))


def test_every_form_belongs_to_a_part(call, staff_call):
    call.questions.create(text_en="Why?")
    from mobility.writing.pages import OF_PART

    slugs = {one.slug for one in [*parts.of(call), *parts.of(staff_call)]} | {"documents"}
    assert set(OF_PART) | {"documents"} == slugs
