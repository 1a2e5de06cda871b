"""The university's side of the messages inside an application, and the one line of time of both sides."""

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from ground import clock
from mobility import actions
from mobility.actions import reviewing
from mobility.models import Application, ApplicationMessage, Call
from mobility.work import waiting_for
from notifications.models import Message
from tests import factories
from tests.mobility.test_pages_applying import url
from tests.mobility.test_pages_deciding import table

pytestmark = pytest.mark.django_db

ASKED, ANSWERED = "When is the decision?", "By the middle of March."


@pytest.fixture
def asked(submitted, ana):
    """Ana's application, in which she asked something."""
    actions.send_message(submitted, ASKED, by=ana)
    return submitted


def seat(person):
    client = Client()
    client.force_login(person)
    return client


def review(person, application):
    return seat(person).get(url(application, "application_review")).content.decode()


def reply(client, application, **data):
    return client.post(url(application, "application_reply"), data)


def messages_waiting(user):
    return [item.reason for item in waiting_for(user) if item.kind in ("message", "messages")]


def test_coordinator_reads_and_answers_on_the_page_of_the_application(desk, asked, ana, ruta):
    page = desk.get(url(asked, "application_review"))
    assert page.content.decode().count(ASKED) == 2  # as new, and in the line of time
    seen = asked.messages.get().uuid
    for _ in range(2):
        assert reply(desk, asked, text=ANSWERED, seen=seen).status_code == 302
    assert asked.messages.count() == 2
    assert asked.messages.new_for_university().count() == 0
    written = asked.messages.get(text=ANSWERED)
    assert (written.author, written.author_role, written.from_applicant) == (
        ruta,
        "mobility_coordinator",
        False,
    )
    told = Message.objects.filter(kind="mobility.message_from_coordinator", recipient=f"user:{ana.uuid}")
    assert told.count() == 1
    assert not told.filter(context__icontains="March").exists()


def test_applicant_sees_who_answered_in_which_role_and_when(asked, ana, ruta):
    actions.send_message(asked, ANSWERED, by=ruta)
    for name in ("application", "application_messages"):
        text = seat(ana).get(url(asked, name)).content.decode()
        assert ANSWERED in text
        assert str(ruta) in text
        assert "Mobility coordinator, " + asked.call.university.name_shown in text
        assert ruta.email not in text


def test_message_of_an_administrator_names_that_role(asked, laima):
    assert actions.send_message(asked, "Hello", by=laima).author_role == "administrator"


def test_message_that_arrived_after_the_page_was_shown_stays_new(desk, asked, ana):
    seen = asked.messages.get().uuid
    actions.send_message(asked, "One more thing.", by=ana)
    assert reply(desk, asked, text=ANSWERED, seen=seen).status_code == 302
    assert [one.text for one in asked.messages.new_for_university()] == ["One more thing."]
    assert reply(desk, asked, read="1", seen=asked.messages.last().uuid).status_code == 302
    assert not asked.messages.new_for_university().exists()


@pytest.mark.parametrize("seen", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_nothing_is_read_by_a_mark_that_names_no_message(seen, desk, asked):
    assert reply(desk, asked, read="1", seen=seen).status_code == 302
    assert asked.messages.new_for_university().count() == 1


@pytest.mark.parametrize("text", ["", " ", "x" * 5001])
def test_wrong_message_is_shown_again_with_what_was_typed(text, desk, asked):
    answer = reply(desk, asked, text=text)
    assert answer.status_code == 422
    assert text in answer.content.decode()
    assert asked.messages.count() == 1


def test_opened_by_itself_it_leads_to_the_application(desk, asked):
    assert desk.get(url(asked, "application_reply")).url == url(asked, "application_review")


def test_office_that_follows_the_process_reads_and_writes_no_messages(asked, egle):
    assert ASKED not in review(egle, asked)
    assert reply(seat(egle), asked, text="Hello").status_code == 403
    assert reply(seat(egle), asked, read="1", seen=asked.messages.get().uuid).status_code == 403
    assert asked.messages.new_for_university().count() == 1


@pytest.mark.parametrize("who", ["ana", "bruno", "chiara", "jonas", "tomas", "ieva", "dainius"])
def test_nobody_else_answers(who, asked, request):
    person = request.getfixturevalue(who)
    assert reply(seat(person), asked, text="Hello").status_code == 404
    assert asked.messages.count() == 1


@pytest.mark.parametrize("anonymous", [True, False])
def test_reviewer_never_sees_messages(anonymous, asked, jonas, ruta):
    Call.objects.update(is_anonymous=anonymous)
    actions.send_message(asked, ANSWERED, by=ruta)
    reviewing.state_impartiality(asked.call, by=jonas)
    made = reviewing.assign_reviewer(asked, jonas, by=ruta)
    text = seat(jonas).get(reverse("mobility:review_sheet", args=[made.uuid])).content.decode()
    assert [words for words in (ASKED, ANSWERED, asked.applicant.email) if words in text] == []
    with pytest.raises(PermissionDenied):
        actions.send_message(asked, "Who are you?", by=jonas)


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("application_reply", {"text": "Words typed."}),
        ("application_note", {"text": "Words typed."}),
        ("application_decide", {"step": "return", "note": "Words typed."}),
    ],
)
def test_words_typed_before_the_session_ended_are_kept(desk, asked, ruta, name, typed):
    address = url(asked, name)
    text = desk.get(url(asked, "application_review")).content.decode()
    form = text[text.index(f'action="{address}"') :]
    proof = re.search(r'name="typed_by" value="([^"]+)"', form)[1]
    desk.logout()
    assert desk.post(address, {**typed, "typed_by": proof}).status_code == 302
    desk.force_login(ruta)
    assert "Words typed." in desk.get(address).content.decode()
    assert desk.post(address, typed).status_code == 302
    assert desk.get(address).url == url(asked, "application_review")


def test_note_of_a_step_for_many_is_kept_when_the_session_has_ended(desk, asked, ruta):
    address = reverse("mobility:call_bulk", args=[asked.call.slug])
    sent = {"step": "return", "application": str(asked.uuid)}
    text = desk.post(address, sent).content.decode()
    proof = re.search(r'name="typed_by" value="([^"]+)"', text)[1]
    desk.logout()
    typed = {**sent, "confirm": "1", "note": "Words typed.", "typed_by": proof}
    assert desk.post(address, typed).status_code == 302
    desk.force_login(ruta)
    assert "Words typed." in desk.get(address).content.decode()


def test_request_and_messages_stand_in_one_line_of_time_and_notes_do_not(asked, ana, ruta):
    reviewing.write_note(asked, by=ruta, text="Weak grades.")
    actions.decide(asked, "return", by=ruta, note="Say more.", fields=["motivation.motivation"])
    actions.send_message(asked, ANSWERED, by=ruta)
    for person, name in ((ana, "application"), (ruta, "application_review")):
        text = seat(person).get(url(asked, name)).content.decode()
        line = text[text.index("What happened") :]
        said = ["was submitted", ASKED, "returned for completion", "Say more.", "To be completed:", ANSWERED]
        places = [line.index(words) for words in said]
        assert places == sorted(places)
        assert ("Weak grades." in text) is (person == ruta)


def test_new_messages_are_a_facet_and_a_mark_of_the_table(desk, call, many, ruta, egle):
    first, second = many(2)
    actions.send_message(second, ASKED, by=second.applicant)
    page = desk.get(table(call, message="new"))
    assert [line.application for line in page.context["table"].lines] == [second]
    assert desk.get(table(call)).content.decode().count("#messages") == 1
    assert "#messages" not in seat(egle).get(table(call)).content.decode()
    actions.send_message(second, ANSWERED, by=ruta, seen=second.messages.get().uuid)
    assert desk.get(table(call, message="new")).context["table"].lines == []
    assert first.messages.count() == 0


def test_message_waits_in_my_work_until_it_is_answered_or_read(asked, ana, ruta, bruno, egle):
    assert messages_waiting(ruta) == ["Message from Ana Bandomoji"]
    assert [messages_waiting(one) for one in (ana, bruno, egle)] == [[], [], []]
    actions.send_message(asked, ANSWERED, by=ruta, seen=asked.messages.get().uuid)
    assert messages_waiting(ruta) == []
    assert messages_waiting(ana) == [f"Message from {ruta}"]
    seat(ana).get(url(asked, "application_messages"))
    assert messages_waiting(ana) == []


def test_many_messages_of_one_call_are_one_line(call, many, ruta):
    for one in many(4):
        actions.send_message(one, ASKED, by=one.applicant)
    assert messages_waiting(ruta) == ["4 applications have new messages"]


def test_role_of_an_applicant_is_refused_by_the_database(asked):
    with pytest.raises(IntegrityError), transaction.atomic():
        ApplicationMessage.objects.filter(application=asked).update(author_role="administrator")


@pytest.mark.parametrize("rows", [1, 3])
def test_review_with_messages_costs_the_same_for_one_and_three(
    rows, desk, submitted, ana, django_assert_num_queries
):
    for n in range(rows):
        actions.send_message(submitted, f"Question {n}", by=ana)
    with django_assert_num_queries(
        5
    ):  # session, person, moment and roles, application, all that belongs to it
        desk.get(url(submitted, "application_review"))
    assert Application.objects.count() == 1


@pytest.mark.parametrize("rows", [1, 3])
def test_what_waits_is_asked_for_at_once(rows, ruta, call, many, django_assert_num_queries):
    for one in many(rows):
        factories.ReviewFactory(application=one)
        actions.send_message(one, ASKED, by=one.applicant)
    with clock.one_moment(), django_assert_num_queries(3):  # moment, roles, all that waits
        waiting_for(ruta)
