"""Messages inside an application, appeals, requests for completion."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied

from ground import clock
from ground.workflow import NotPossible
from mobility import actions, completing
from mobility.models import Appeal, Application
from notifications.models import Message
from tests.mobility.test_pages_applying import part, url

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(client, ana):
    client.force_login(ana)
    return client


def test_applicant_writes_and_the_coordinator_answers(site, submitted, ruta, ana):
    page = url(submitted, "application_messages")
    for _ in range(2):
        assert site.post(page, {"text": "When is the decision?"}).status_code == 302
    actions.send_message(submitted, "In March.", by=ruta)
    assert "(1 new)" in site.get(url(submitted)).content.decode()
    text = site.get(page).content.decode()
    assert text.count("When is the decision?") == 1
    assert "In March." in text
    assert "(1 new)" not in site.get(url(submitted)).content.decode()
    told = Message.objects.filter(subject_uuid=submitted.uuid)
    assert told.filter(kind="mobility.message_received", recipient=f"user:{ruta.uuid}").count() == 1
    assert told.filter(kind="mobility.message_from_coordinator", recipient=f"user:{ana.uuid}").count() == 1
    assert not told.filter(context__icontains="In March").exists()


def test_reading_is_noted_for_the_other_side_only(submitted, ana, ruta, bruno):
    actions.send_message(submitted, "Hello", by=ana)
    last = submitted.messages.get().uuid
    assert actions.mark_read(submitted, by=ana, seen=last) == 0
    assert actions.mark_read(submitted, by=bruno, seen=last) == 0
    assert actions.mark_read(submitted, by=ruta, seen=last) == 1


def test_strangers_and_coordinators_of_drafts_write_nothing(draft, bruno, ruta, tomas):
    for person in (bruno, ruta, tomas):
        with pytest.raises(PermissionDenied):
            actions.send_message(draft, "Hello", by=person)


def test_empty_message_is_told(site, submitted):
    assert site.post(url(submitted, "application_messages"), {"text": "  "}).status_code == 422
    assert site.post(url(submitted, "application_messages"), {"text": "x" * 5001}).status_code == 422
    assert not submitted.messages.exists()


@pytest.mark.parametrize("status", ["ineligible", "not_selected"])
def test_appeal_is_made_once_within_its_days_and_taken_back(status, site, in_state, ruta):
    application = in_state(status)
    page = url(application, "application_appeal")
    assert "Appeal…" in site.get(url(application)).content.decode()
    assert site.get(page).status_code == 200
    assert site.post(page, {"text": " "}).status_code == 422
    for _ in range(2):
        assert site.post(page, {"text": "You overlooked my certificate."}).status_code == 302
    made = Appeal.objects.get()
    assert made.against == status
    assert Message.objects.filter(kind="mobility.appeal_made", recipient=f"user:{ruta.uuid}").count() == 1
    assert "You overlooked my certificate." in site.get(page).content.decode()
    for _ in range(2):
        assert site.post(url(application, "application_appeal_withdraw", made.uuid)).status_code == 302
    made.refresh_from_db()
    assert made.status == "withdrawn"


def test_appeal_after_its_days_is_refused_with_the_words_kept(site, in_state):
    application = in_state("ineligible")
    last = application.call.appeal_until(application.decided_at)
    page = url(application, "application_appeal")
    with clock.one_moment(last + dt.timedelta(seconds=61)):
        response = site.post(page, {"text": "Late words."})
        assert response.status_code == 409
        assert "Late words." in response.content.decode()
        assert site.get(page).status_code == 409
    with clock.one_moment(last + dt.timedelta(seconds=59)):
        actions.appeal(application, "In time.", by=application.applicant)
    assert Appeal.objects.count() == 1


def test_call_without_appeals_has_none(site, in_state, call):
    call.appeal_days = 0
    call.save()
    application = in_state("ineligible")
    assert "Appeal…" not in site.get(url(application)).content.decode()
    with pytest.raises(NotPossible):
        actions.appeal(application, "Why?", by=application.applicant)


def test_what_is_asked_to_be_completed_comes_first_with_its_fields(site, submitted, ruta, ana):
    asked = ["declarations", "motivation.motivation", "personal.horoscope", "astrology"]
    actions.decide(submitted, "return", by=ruta, note="Say more.", fields=asked)
    page = site.get(url(submitted))
    text = page.content.decode()
    assert f"{part(submitted, 'motivation')}#id_motivation" in text
    assert "horoscope" not in text
    slugs = [task[0].slug for task in page.context["tasks"]]
    assert slugs[:2] == ["motivation", "declarations"]
    again = Application.objects.get()
    assert site.post(url(again, "application_submit"), {"version": again.version}).status_code == 302
    assert again.submissions.count() == 2
    assert again.completion_requests.get().answered_at is not None


def test_all_that_can_be_asked_for_has_words_and_an_address(submitted, call):
    call.questions.create(text_en="Why?")
    whole = Application.objects.with_parts().get()
    names = [name for name, _words in completing.choices(whole.call)]
    assert {"personal", "studies.ects"} <= set(names)
    assert len(completing.asked(whole, names)) == len(names)


def test_receipt_is_a_paper_with_reference_and_fingerprint(site, submitted):
    import io

    from pypdf import PdfReader

    response = site.get(url(submitted, "application_receipt_pdf"))
    assert response["Content-Type"] == "application/pdf"
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    assert submitted.reference in text
    assert submitted.snapshot_sha256 in text.replace("\n", "").replace(" ", "").replace("\u200b", "")
    assert site.get(url(submitted, "application_receipt")).content.decode().count("Receipt as PDF") == 1
