import datetime as dt

import pytest
from django.urls import reverse

from ground import clock
from mobility import actions
from mobility.models import Application, Place
from mobility.work import waiting_for
from mobility.workflow import Status
from tests import factories
from tests.mobility.test_pages_applying import url

pytestmark = pytest.mark.django_db


@pytest.fixture
def site(client, ana):
    client.force_login(ana)
    return client


@pytest.mark.parametrize("status", list(Status))
def test_status_page_and_list_tell_the_state_and_the_next_step(status, site, in_state):
    application = in_state(status)
    page = site.get(url(application))
    assert page.status_code == 200
    listed = site.get(reverse("mobility:my_applications")).content.decode()
    assert str(Status(status).label) in listed
    assert application.reference in listed


def test_offer_is_accepted_once_however_often_it_is_clicked(site, offered, place):
    for _ in range(3):
        assert site.post(url(offered, "application_answer"), {"answer": "accept"}).url == url(offered)
    assert Application.objects.get().status == Status.ACCEPTED
    assert Place.objects.get().taken == 1


def test_declining_asks_once_and_says_what_follows(site, offered):
    page = site.get(url(offered, "application_answer"), {"answer": "decline"}).content.decode()
    assert "can&#x27;t be undone" in page or "can't be undone" in page
    assert Application.objects.get().status == Status.OFFERED
    for _ in range(2):
        assert site.post(url(offered, "application_answer"), {"answer": "decline"}).url == url(offered)
    assert Place.objects.get().taken == 0


@pytest.mark.parametrize("answer", ["", "maybe", "accept\x00", "expire"])
def test_unknown_answer_changes_nothing(answer, site, offered):
    assert site.post(url(offered, "application_answer"), {"answer": answer}).status_code == 409
    assert Application.objects.get().status == Status.OFFERED


@pytest.mark.parametrize("answer", ["accept", "decline"])
def test_answer_without_an_offer_is_refused(answer, site, submitted):
    assert site.post(url(submitted, "application_answer"), {"answer": answer}).status_code == 409
    assert Application.objects.get().status == Status.SUBMITTED


def test_late_acceptance_is_told(site, offered):
    Application.objects.update(offer_expires_at=clock.now() - dt.timedelta(seconds=61))
    assert "passed" in site.get(url(offered)).content.decode()
    assert site.post(url(offered, "application_answer"), {"answer": "accept"}).status_code == 409
    assert Application.objects.get().status == Status.OFFERED


def test_withdrawing_asks_first(site, submitted):
    assert site.get(url(submitted, "application_withdraw")).status_code == 200
    assert Application.objects.get().status == Status.SUBMITTED
    for _ in range(2):
        assert site.post(url(submitted, "application_withdraw")).url == url(submitted)
    assert Application.objects.get().status == Status.WITHDRAWN


def test_accepted_place_is_not_withdrawn_here(site, offered, ana):
    asks = "write to the mobility coordinator of your university"
    assert asks not in site.get(url(offered)).content.decode()
    actions.accept_offer(offered, by=ana)
    assert site.get(url(offered, "application_withdraw")).status_code == 409
    assert asks in site.get(url(offered)).content.decode()
    assert site.post(url(offered, "application_withdraw")).status_code == 409


def test_application_is_taken_back_and_submitted_again(site, submitted):
    for _ in range(2):
        assert site.post(url(submitted, "application_take_back")).url == url(submitted)
    now = Application.objects.get()
    assert now.status == Status.DRAFT
    assert site.get(url(now, "application_receipt")).status_code == 404
    site.post(url(now, "application_submit"), {"version": now.version})
    assert Application.objects.get().status == Status.SUBMITTED


def test_taking_back_after_a_decision_is_told(site, eligible):
    assert site.post(url(eligible, "application_take_back")).status_code == 409


def test_returned_application_shows_the_request_and_goes_in_again(site, in_state):
    application = in_state("returned")
    assert "Because." in site.get(url(application)).content.decode()
    now = Application.objects.get()
    site.post(url(application, "application_submit"), {"version": now.version})
    assert Application.objects.get().status == Status.SUBMITTED


def test_what_was_asked_for_is_not_complete_until_it_is_changed_and_has_no_deadline(site, submitted, ruta):
    actions.decide(
        submitted, "return", by=ruta, note="Say more.", fields=["motivation", "personal.birth_date"]
    )

    def told():
        tasks = site.get(url(submitted)).context["tasks"]
        return {part.slug: str(words) for part, _href, _hint, words, _tone in tasks}

    asked = told()
    assert list(asked)[:2] == ["personal", "motivation"]
    assert {asked["motivation"], asked["personal"]} == {"To be completed"}
    assert asked["studies"] == "Completed"
    Application.objects.update(motivation="Because of the laboratory, and of the people in it.")
    assert told()["motivation"] == "Completed"
    assert told()["personal"] == "To be completed"
    text = site.get(url(submitted)).content.decode()
    assert "after the close" not in text
    assert "until 1 January 2090" not in text


def test_reading_of_ones_documents_is_shown(site, submitted, ruta):
    submitted.readings.create(reader=ruta, reader_name=str(ruta), name="transcript.pdf", read_at=clock.now())
    text = site.get(url(submitted)).content.decode()
    assert "Rūta Pavyzdytė" in text
    assert "transcript.pdf" in text


@pytest.mark.parametrize("rows", [1, 3])
def test_list_costs_the_same_for_one_row_and_three(rows, site, ana, ktu, django_assert_num_queries):
    for _ in range(rows):
        factories.complete_application(
            ana, factories.PlaceFactory(call=factories.CallFactory(university=ktu))
        )
    with django_assert_num_queries(7):
        site.get(reverse("mobility:my_applications"))


# My work


@pytest.mark.parametrize(
    ("status", "kind"), [("draft", "draft"), ("returned", "returned"), ("offered", "offer")]
)
def test_what_waits_for_a_student(status, kind, ana, in_state):
    application = in_state(status)
    (item,) = waiting_for(ana)
    due = {
        "draft": application.call.closes_at,
        "offer": application.offer_expires_at,
        "returned": application.decided_at,
    }[kind]
    assert (item.kind, item.due) == (kind, due and clock.date_in(due, "Europe/Vilnius"))


def test_offer_says_until_when_it_is_to_be_answered(site, offered):
    text = site.get(reverse("pages:my_work")).content.decode()
    assert "Answer by: " in text
    assert "Date: " not in text


@pytest.mark.parametrize("status", [s for s in Status if s not in ("draft", "returned", "offered")])
def test_nothing_waits_for_a_student_in_other_states(status, ana, in_state):
    in_state(status)
    assert waiting_for(ana) == []


def test_nothing_waits_after_the_close_or_the_end_of_an_offer(ana, draft, call):
    call.closes_at = clock.now() - dt.timedelta(seconds=61)
    call.save()
    assert waiting_for(ana) == []


def test_what_waits_for_a_coordinator_is_one_line_for_each_call(
    ruta, bruno, submitted, call, django_assert_num_queries
):
    other = factories.complete_application(
        factories.AppointmentFactory(university=call.university).user, call=call
    )
    Application.objects.filter(pk=other.pk).update(
        status="eligible", submitted_at=clock.now(), snapshot={}, snapshot_sha256="0" * 64
    )
    call.decision_on = dt.date(2020, 1, 1)
    call.save()
    items = waiting_for(ruta)
    assert [(item.kind, item.reason, item.late) for item in items] == [
        ("check", "1 application to check", True), ("decide", "1 application to decide", True),
    ]  # fmt: skip
    assert waiting_for(bruno) == []
