"""Appeals are answered once; returning names what to complete."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from ground import clock
from ground.workflow import NotPossible
from mobility.actions import appeals
from mobility.models import Appeal, Application, CompletionRequest, Place
from notifications.models import Message
from tests.mobility.test_actions_applying import run_at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def appeal(in_state):
    def make(status):
        application = in_state(status)
        return Appeal.objects.create(
            application=application, against=status, text="I have more credits.", made_at=clock.now()
        )

    return make


def test_upheld_moves_the_application_and_tells_why(appeal, ruta):
    made = appeals.answer_appeal(
        appeal("ineligible"), "uphold_eligibility_appeal", by=ruta, answer="You are right."
    )
    assert (made.status, made.settled_by, Application.objects.get().status) == ("upheld", ruta, "eligible")
    assert Message.objects.filter(kind="mobility.decided", context__note="You are right.").count() == 1


def test_refused_leaves_it_and_tells_why(appeal, ruta):
    made = appeals.answer_appeal(appeal("not_selected"), "refuse_appeal", by=ruta, answer="No seat.")
    assert (made.status, Application.objects.get().status) == ("refused", "not_selected")
    assert Message.objects.filter(kind="mobility.appeal_refused").count() == 1


def test_upheld_with_an_offer_takes_a_seat(appeal, ruta, place):
    made = appeal("not_selected")
    with pytest.raises(NotPossible):
        appeals.answer_appeal(made, "uphold_appeal_offer", by=ruta, answer="Yes.")
    assert Appeal.objects.get().status == "waiting"
    appeals.answer_appeal(made, "uphold_appeal_offer", by=ruta, answer="Yes.", place=place)
    assert (Application.objects.get().status, Place.objects.get().taken) == ("offered", 1)


@pytest.mark.parametrize(
    "step", ["uphold_eligibility_appeal", "withdraw_appeal", "uphold_appeal", "", "accept"]
)
def test_other_ways_are_refused_and_nothing_is_kept(step, appeal, ruta, egle):
    made = appeal("not_selected")
    with pytest.raises((NotPossible, PermissionDenied)):
        appeals.answer_appeal(made, step, by=ruta, answer="Yes.")
    with pytest.raises(PermissionDenied):
        appeals.answer_appeal(made, "refuse_appeal", by=egle, answer="Yes.")
    with pytest.raises(NotPossible):
        appeals.answer_appeal(made, "refuse_appeal", by=ruta, answer=" ")
    assert (Appeal.objects.get().status, Application.objects.get().status) == ("waiting", "not_selected")


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_answer_an_appeal_once(appeal, ruta, laima):
    made = appeal("not_selected")
    found = run_at_once(
        [
            lambda: appeals.answer_appeal(made, "refuse_appeal", by=ruta, answer="No."),
            lambda: appeals.answer_appeal(made, "uphold_appeal_waitlist", by=laima, answer="Yes."),
        ]
    )
    assert sum(isinstance(one, NotPossible) for one in found) == 1


def test_appeal_is_read_and_answered_on_the_page(desk, appeal):
    application = appeal("ineligible").application
    page = reverse("mobility:application_review", args=[application.uuid])
    assert "I have more credits." in desk.get(page).content.decode()
    at = reverse("mobility:appeal_answer", args=[application.uuid])
    sent = {"step": "uphold_eligibility_appeal", "answer": "You are right."}
    assert [desk.post(at, sent).status_code for _ in range(2)] == [302, 409]
    assert Application.objects.get().status == "eligible"


def test_returning_names_the_fields(desk, submitted):
    at = reverse("mobility:application_decide", args=[submitted.uuid])
    sent = {"step": "return", "note": "Please correct.", "fields_wanted": ["studies.ects", "wishes"]}
    assert desk.post(at, sent).status_code == 302
    assert CompletionRequest.objects.get().fields == ["studies.ects", "wishes"]


def test_returning_with_a_field_that_is_not_there_is_shown_again(desk, submitted):
    at = reverse("mobility:application_decide", args=[submitted.uuid])
    sent = {"step": "return", "note": "Please correct.", "fields_wanted": ["user.password"]}
    assert desk.post(at, sent).status_code == 422
    assert not CompletionRequest.objects.exists()
