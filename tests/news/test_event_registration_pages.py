"""Registration through the pages: with an account and without one, the signed link, the organiser's list, the paper."""

import csv
import datetime as dt
import email
import io
import uuid
from email import policy

import pytest
from django.test import Client

from ground import clock
from news.models import Admission, FollowUp, Question, Registration
from news.registering import attendance, coming, links, messages
from notifications import kinds
from notifications.composing import compose
from notifications.models import Message
from notifications.planner import plan, release
from tests import factories

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
State = Registration.State
NOBODY = uuid.UUID(int=0)


@pytest.fixture
def clocked(monkeypatch):
    """Set the clock that requests read."""

    def stand(moment):
        monkeypatch.setattr(clock, "read", lambda: moment)

    stand(NOW)
    return stand


@pytest.fixture
def event(ktu, clocked):
    made = factories.EventFactory(
        slug="open-day-x", title_en="Open day", title_lt="Atvirų durų diena", starts_at=NOW + 10 * DAY,
        university=ktu,
    )  # fmt: skip
    factories.AdmissionFactory(event=made, capacity=1)
    return made


def signed_in(person):
    client = Client()
    client.force_login(person, backend=BACKEND)
    return client


def guest(**more):
    return {"name": "Guest Person", "email": "guest@people.example", **more}


PATH = "/en/events/open-day-x/register/"


def test_with_an_account_it_is_one_press_of_a_button(event, ana):
    client = signed_in(ana)
    assert "You register as Ana Bandomoji" in client.get(PATH).content.decode()
    response = client.post(PATH, {"x": "1"})
    row = event.registrations.get()
    assert (response.status_code, response["Location"]) == (302, links.path_of(row.uuid))
    assert (row.user, row.state) == (ana, State.IN)
    assert client.post(PATH, {"x": "1"})["Location"] == links.path_of(row.uuid)
    assert event.registrations.count() == 1


def test_without_an_account_looking_at_the_letter_s_page_changes_nothing_and_the_button_does(event):
    client = Client()
    assert client.post(PATH, guest()).status_code == 200
    row = event.registrations.get()
    page = client.get(links.path_of(row.uuid))
    assert "Press the button" in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"
    row.refresh_from_db()
    assert row.state == State.UNCONFIRMED
    assert client.post(links.path_of(row.uuid), {"step": "confirm"}).status_code == 302
    row.refresh_from_db()
    assert row.state == State.IN
    assert client.post(links.path_of(row.uuid), {"step": "cancel"}).status_code == 302
    assert client.get(links.path_of(row.uuid)).status_code == 200
    row.refresh_from_db()
    assert row.state == State.CANCELLED


def test_who_confirms_when_all_places_are_taken_is_told_that_they_wait(event):
    coming.register(event, by=factories.UserFactory(), answers={}, language="en")
    client = Client()
    client.post(PATH, guest())
    page = client.post(links.path_of(event.registrations.last().uuid), {"step": "confirm"}, follow=True)
    text = page.content.decode()
    assert "You are on the waiting list." in text
    assert "Your registration counts now." not in text
    assert "Add to your calendar" not in text


def test_a_letter_about_the_waiting_list_never_counts_nobody(event):
    kind = kinds.find(messages.WAITING)

    def told(ahead):
        sample = kind.sample | {"ahead": ahead}
        return kinds.word(kind, sample, name="", moment=NOW, language="en").paragraphs[0]

    assert "You are the first on the waiting list." in told(0)
    assert "1 person waits before you" in told(1)


def test_a_letter_to_somebody_without_an_account_does_not_speak_of_their_work_in_the_portal(event, ana):
    Client().post(PATH, guest())
    coming.register(event, by=ana, answers={}, language="en")
    assert "part of what you do in the portal" in letter(messages.REGISTERED, ana)
    text = letter(messages.CONFIRM, None)
    assert "somebody gave your address" in text
    assert "part of what you do in the portal" not in text


def letter(kind, user):
    mail = email.message_from_bytes(
        compose(Message.objects.get(kind=kind), user, NOW).data, policy=policy.default
    )
    return " ".join(part.get_content() for part in mail.iter_parts())


def test_what_an_event_is_about_has_a_heading_of_its_own_below_its_registration(event):
    about = '<h2 id="about">About the event</h2>'
    assert about not in Client().get("/en/events/open-day-x/").content.decode()
    event.body_en = "Come and listen."
    event.save()
    assert about in Client().get("/en/events/open-day-x/").content.decode()


def test_the_answer_is_the_same_whether_an_address_is_registered_or_not(event):
    known = factories.UserFactory(email="guest@people.example")
    coming.register(event, by=known, answers={}, language="en")
    taken = Client().post(PATH, guest()).content
    fresh = Client().post(PATH, guest(email="other@people.example")).content
    assert taken == fresh


@pytest.mark.parametrize(
    "token",
    ["x", "0" * 32, f"{NOBODY.hex}:wrong", "%00", "a" * 10_000, links.token_of(NOBODY)],
    ids=["short", "digits", "wrong signature", "nul", "long", "of nobody"],
)
def test_a_foreign_or_made_up_token_opens_nothing(event, token):
    for method in ("get", "post"):
        assert getattr(Client(), method)(f"/en/events/registrations/{token}/").status_code == 404
    assert Client().get(f"/en/events/registrations/{token}/certificate/").status_code == 404


def test_the_identifier_of_a_registration_without_its_signature_opens_nothing(event, ana):
    row = coming.register(event, by=ana, answers={}, language="en")
    for token in (row.uuid.hex, f"{row.uuid.hex}:wrong", f"{links.token_of(row.uuid)}x", str(row.uuid)):
        assert Client().get(f"/en/events/registrations/{token}/").status_code == 404
        assert Client().post(f"/en/events/registrations/{token}/", {"step": "cancel"}).status_code == 404
    row.refresh_from_db()
    assert row.state == State.IN


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"name": "A\r\nBcc: x@people.example"}, "Leave out line breaks"),
        ({"name": "x" * 10_000}, "at most 200 characters"),
        ({"name": "a\x00b"}, "can&#x27;t be stored"),
        ({"name": ""}, "“Name” is missing."),
        ({"email": "a@people.example\nBcc: b@people.example"}, "valid email"),
        ({"email": "a@people.example,b@people.example"}, "valid email"),
        ({"email": "x" * 250 + "@people.example"}, "at most 254"),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_stored(event, more, words):
    response = Client().post(PATH, guest(**more))
    assert response.status_code == 422
    assert words in response.content.decode().replace("e-mail", "email")
    assert not Registration.objects.exists()
    assert not Message.objects.exists()


def test_after_closing_nobody_registers_and_the_page_says_why(event, ana, clocked):
    Admission.objects.update(closes_at=NOW + DAY)
    clocked(NOW + DAY)
    for client, data in ((signed_in(ana), {"x": "1"}), (Client(), guest())):
        response = client.post(PATH, data)
        assert response.status_code == 409
        assert "Registration is closed." in response.content.decode()
    assert not Registration.objects.exists()


def test_the_event_s_page_says_how_many_places_are_left(event, ana):
    path = event.get_absolute_url()
    assert "1 of 1 places is free." in Client().get(path).content.decode()
    coming.register(event, by=ana, answers={}, language="en")
    assert "Join the waiting list" in Client().get(path).content.decode()
    Admission.objects.update(waiting_list=False)
    assert "All places are taken." in Client().get(path).content.decode()


def test_questions_are_asked_and_consent_is_kept_in_its_words(event, ana, ieva):
    short = Question.objects.create(event=event, kind="short", words_en="What do you study?")
    choice = Question.objects.create(
        event=event,
        kind="choice",
        words_en="Lunch?",
        choices_en="Meat\nNone",
        choices_lt="Mėsa\nNereikia",
        required=True,
    )
    consent = Question.objects.create(
        event=event, kind="consent", words_en="I agree to photographs.", required=True
    )
    client, path = signed_in(ana), PATH.replace("/en/", "/lt/")
    wrong = client.post(path, {f"q_{choice.uuid.hex}": "Soup"})
    assert wrong.status_code == 422
    names = {f"q_{choice.uuid.hex}": "None", f"q_{consent.uuid.hex}": "on", f"q_{short.uuid.hex}": "=1+1"}
    assert client.post(path, names).status_code == 302
    told = {str(choice.uuid): "None", str(consent.uuid): "I agree to photographs.", str(short.uuid): "=1+1"}
    assert event.registrations.get().answers == told
    response = signed_in(ieva).get("/en/events/open-day-x/people.csv")
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][6:] == ["What do you study?", "Lunch?", "I agree to photographs."]
    assert rows[1][1] == "Ana Bandomoji"
    assert rows[1][6] == "'=1+1"


def test_the_list_as_a_file_says_its_zone_and_holds_no_formula(event, ana, ieva):
    ana.name = "=HYPERLINK(0)"
    ana.save()
    Question.objects.create(event=event, kind="short", words_en="+Lunch?")
    registered = coming.register(event, by=ana, answers={}, language="en")
    moment = dt.datetime(2026, 7, 1, 21, 30, tzinfo=dt.UTC)
    event.registrations.filter(pk=registered.pk).update(counted_at=moment)
    response = signed_in(ieva).get("/en/events/open-day-x/people.csv")
    head, row = csv.reader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (head[4], row[4]) == ("Registered at (Vilnius time)", "2026-07-02T00:30+03:00")
    assert (row[1], head[6]) == ("'=HYPERLINK(0)", "'+Lunch?")


def test_the_list_is_for_the_organiser_and_the_office_alone(event, ana, ieva, egle, dainius, bruno):
    coming.register(event, by=ana, answers={}, language="en")
    for person, status in ((ieva, 200), (egle, 200), (dainius, 403), (bruno, 403), (ana, 403)):
        for name in ("people/", "people.csv", "follow-up/"):
            assert signed_in(person).get(f"/en/events/open-day-x/{name}").status_code == status, (
                person,
                name,
            )
    page = signed_in(ieva).get("/en/events/open-day-x/people/").content.decode()
    assert "Ana Bandomoji" in page
    assert "Ana Bandomoji" not in Client().get(event.get_absolute_url()).content.decode()


def test_the_list_costs_the_same_with_one_person_and_with_three(event, ieva, django_assert_num_queries):
    Admission.objects.update(capacity=10)
    client = signed_in(ieva)
    for number in (1, 2):
        for _n in range(number):
            coming.register(event, by=factories.UserFactory(), answers={}, language="en")
        with django_assert_num_queries(10):
            assert client.get("/en/events/open-day-x/people/").status_code == 200


def test_who_was_there_takes_a_certificate_and_nobody_else(event, ana, ieva, clocked):
    Admission.objects.update(capacity=2)
    rows = [coming.register(event, by=person, answers={}, language="en") for person in (ana, ieva)]
    client, path = signed_in(ieva), "/en/events/open-day-x/people/"
    client.post(path, {"listed": [row.uuid for row in rows], "present": [rows[0].uuid]})
    assert not Registration.objects.filter(attended=True).exists(), "not before the day"
    clocked(NOW + 11 * DAY)
    client.post(path, {"listed": [row.uuid for row in rows], "present": [rows[0].uuid, "nonsense"]})
    assert [*Registration.objects.filter(attended=True)] == [rows[0]]
    for language in ("en", "lt"):
        own = links.path_of(rows[0].uuid).replace("/en/", f"/{language}/")
        paper = Client().get(f"{own}certificate/")
        assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
        assert paper.content.startswith(b"%PDF-")
    assert Client().get(f"{links.path_of(rows[1].uuid)}certificate/").status_code == 404


def test_a_word_after_the_event_is_seen_before_it_is_sent_and_sent_once(event, ana, ieva, clocked):
    Admission.objects.update(capacity=3)
    there, _not_there = (
        coming.register(event, by=person, answers={}, language="en") for person in (ana, ieva)
    )
    client, path = signed_in(ieva), "/en/events/open-day-x/follow-up/"
    data = {
        "token": str(uuid.uuid4()),
        "audience": "present",
        "subject_en": "Thanks",
        "text_en": "One\n\n<b>two</b>",
    }
    assert client.post(path, data | {"step": "send"}).status_code == 409, "not before it is over"
    clocked(NOW + 11 * DAY)
    Registration.objects.filter(pk=there.pk).update(attended=True)
    page = client.post(path, data | {"step": "preview"}).content.decode()
    assert "It goes to 1 person." in page
    assert "&lt;b&gt;two&lt;/b&gt;" in page
    assert not FollowUp.objects.exists()
    for _n in range(2):
        assert client.post(path, data | {"step": "send"}).status_code == 302
    message = Message.objects.get(kind=messages.FOLLOW_UP)
    assert message.recipient == f"user:{ana.uuid}"
    told = kinds.word(
        kinds.find(message.kind), message.context, name="", moment=message.created_at, language="lt"
    )
    assert (told.subject, told.paragraphs) == ("Thanks (Atvirų durų diena)", ["One", "<b>two</b>"])
    assert FollowUp.objects.get().people == 1


def test_those_who_are_in_are_reminded_with_and_without_an_account(event, ana, at):
    Admission.objects.update(capacity=2)
    coming.register(event, by=ana, answers={}, language="en")
    coming.ask(event, email="guest@people.example", name="G", answers={}, language="lt")
    coming.confirm(event.registrations.get(user=None))
    coming.register(event, by=factories.UserFactory(), answers={}, language="en")  # waits
    morning = dt.datetime(2026, 11, 29, 7, 5, tzinfo=dt.UTC)  # the day before, five past nine in Vilnius
    with at(morning):
        plan(morning)
        release(morning)
        release(morning)
    told = Message.objects.filter(kind=messages.REMINDER)
    assert {(one.recipient.partition(":")[0], one.address, one.language) for one in told} == {
        ("user", "", "en"), ("mail", "guest@people.example", "lt"),
    }  # fmt: skip
    wording = kinds.word(
        kinds.find(messages.REMINDER), told[0].context, name="", moment=morning, language="en"
    )
    assert wording.subject == "Tomorrow: Open day"


def test_nobody_is_reminded_of_what_is_cancelled(event, ana, at):
    coming.register(event, by=ana, answers={}, language="en")
    event.cancelled_at = NOW
    event.save()
    with at(NOW + 9 * DAY):
        plan(NOW + 9 * DAY)
        release(NOW + 9 * DAY)
    assert not Message.objects.filter(kind=messages.REMINDER).exists()


def test_the_audience_may_be_everybody(event, ana, ieva):
    Admission.objects.update(capacity=2)
    for person in (ana, ieva):
        coming.register(event, by=person, answers={}, language="en")
    assert attendance.audience_of(event, "registered").count() == 2
    assert attendance.audience_of(event, "present").count() == 0


def test_an_organiser_opens_registration_with_questions(ktu, ieva, clocked):
    made = factories.EventFactory(
        slug="fresh", starts_at=NOW + 10 * DAY, university=ktu, zone="Europe/Lisbon"
    )
    client, path = signed_in(ieva), "/en/events/fresh/registration/"
    data = {
        "capacity": "30", "waiting_list": "on", "keep_days": "60", "closes_at": "2026-11-25T23:59",
        "questions-TOTAL_FORMS": "2", "questions-INITIAL_FORMS": "0", "questions-0-kind": "short",
        "questions-0-words_en": "Why?", "questions-1-kind": "short",
    }  # fmt: skip
    assert client.get(path).status_code == 200
    assert client.post(path, data).status_code == 302
    kept = Admission.objects.get(event=made)
    assert (kept.capacity, kept.keep_days) == (30, 60)
    assert kept.closes_at == dt.datetime(2026, 11, 25, 23, 59, tzinfo=dt.UTC)  # Lisbon
    question = made.questions.get()
    page = client.get(path).content.decode()
    assert "2026-11-25T23:59" in page
    again = data | {
        "questions-INITIAL_FORMS": "1",
        "questions-0-uuid": str(question.uuid),
        "questions-0-words_en": "Why then?",
    }
    assert client.post(path, again).status_code == 302
    assert made.questions.get().pk == question.pk
    wrong = data | {"questions-0-kind": "choice", "questions-0-choices_en": "One"}
    assert client.post(path, wrong).status_code == 422
    assert client.post(path, {"step": "close"}).status_code == 302
    assert not Admission.objects.exists()
