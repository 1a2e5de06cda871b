"""Requests for roles: making, withdrawing, granting, refusing, and who may."""

import datetime as dt
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connections, transaction

from audit.models import Event
from ground.workflow import NotPossible
from members.actions import appoint, end_appointment
from members.actions import requests as actions
from members.joining.workflow import REQUEST, RequestStatus
from members.models import Appointment, AppointmentRequest, JoinChoice, Role
from notifications import kinds
from notifications.models import Message
from tests import factories
from tests.members.joining import asked, newcomer

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


def kinds_to(person):
    return list(person.inbox_items.values_list("kind", flat=True))


def test_the_table_of_states_is_whole():
    assert {way.target for way in REQUEST.transitions.values()} | {REQUEST.first} == set(RequestStatus)
    for status in RequestStatus:
        assert bool(REQUEST.open_from(status)) != (status in REQUEST.final)
    for way in REQUEST.transitions.values():
        assert way.label
        assert way.sentence
        assert way.permission in ("members.answer_request", "members.withdraw_request")


def test_a_request_waits_is_recorded_and_told_to_the_coordinators_of_the_university_alone(
    ktu, ruta, bruno, egle
):
    person = newcomer()
    made = actions.make_request(university=ktu, role=Role.STUDENT, note="Second year.", by=person)
    assert (made.user, made.status, made.note) == (person, RequestStatus.WAITING, "Second year.")
    assert [len(who.inbox_items.all()) for who in (ruta, bruno, egle)] == [1, 0, 0]
    entry = Event.objects.get(verb="members.request_make")
    assert (entry.actor, entry.subject_uuid) == (person, made.uuid)
    assert "Second year" not in str(entry.details)
    assert not Appointment.objects.filter(user=person).exists()


def test_the_office_is_told_where_a_university_has_no_coordinator(ktu, egle):
    actions.make_request(university=ktu, role=Role.STUDENT, by=newcomer())
    assert egle.inbox_items.count() == 1


def test_without_a_confirmed_address_nobody_asks(ktu):
    for person in (factories.UserFactory(), newcomer(verified=False)):
        with pytest.raises(NotPossible, match="Confirm your e-mail address"):
            actions.make_request(university=ktu, role=Role.STUDENT, by=person)
    assert not AppointmentRequest.objects.exists()


def test_the_same_is_asked_once_and_what_is_held_is_not_asked_for(ktu, aveiro, ana):
    person = newcomer()
    actions.make_request(university=ktu, role=Role.STUDENT, by=person)
    with pytest.raises(NotPossible, match="asked for this already"):
        actions.make_request(university=ktu, role=Role.STUDENT, by=person)
    from allauth.account.models import EmailAddress

    EmailAddress.objects.create(user=ana, email=ana.email, verified=True)
    with pytest.raises(NotPossible, match="hold this role"):
        actions.make_request(university=ktu, role=Role.STUDENT, by=ana)
    actions.make_request(university=aveiro, role=Role.STUDENT, by=ana)


def test_three_requests_wait_at_most(ktu, aveiro, trento):
    person = newcomer()
    first = actions.make_request(university=ktu, role=Role.STUDENT, by=person)
    actions.make_request(university=aveiro, role=Role.STUDENT, by=person)
    actions.make_request(university=trento, role=Role.STUDENT, by=person)
    with pytest.raises(NotPossible, match="Three of your requests"):
        actions.make_request(university=ktu, role=Role.STAFF_TRAVELLER, by=person)
    actions.withdraw_request(first, by=person)
    actions.make_request(university=ktu, role=Role.STAFF_TRAVELLER, by=person)


@pytest.mark.parametrize(
    "role", [r for r in Role if r not in ("student", "staff_traveller")] + ["rector", ""]
)
def test_other_roles_are_never_asked_for_not_even_past_the_verbs(ktu, role):
    with pytest.raises(ValidationError):
        actions.make_request(university=ktu, role=role, by=newcomer())
    with pytest.raises(IntegrityError, match="members_request_role"), transaction.atomic():
        asked(factories.UserFactory(), ktu, role=role)


def test_a_note_has_a_limit(ktu):
    with pytest.raises(ValidationError):
        actions.make_request(university=ktu, role=Role.STUDENT, note="x" * 501, by=newcomer())


def test_asked_and_withdrawn_again_and_again_is_told_once_a_day(ktu, ruta, at):
    person = newcomer()
    with at(NOON):
        for _n in range(4):
            actions.withdraw_request(
                actions.make_request(university=ktu, role=Role.STUDENT, by=person), by=person
            )
    assert ruta.inbox_items.count() == 1
    with at(NOON + dt.timedelta(days=1)):
        actions.make_request(university=ktu, role=Role.STUDENT, by=person)
    assert ruta.inbox_items.count() == 2


def test_a_coordinator_grants_the_role_until_the_end_of_a_day_there_and_the_person_is_told(ktu, ruta, at):
    person = newcomer()
    request = asked(person, ktu)
    with at(NOON):
        granted = actions.grant_request(request, by=ruta, until=dt.date(2027, 6, 30))
    assert (granted.status, granted.settled_by, granted.settled_at) == (RequestStatus.GRANTED, ruta, NOON)
    held = Appointment.objects.get(user=person)
    assert (held.role, held.university, held.valid_from, held.granted_by) == (Role.STUDENT, ktu, NOON, ruta)
    assert held.valid_until == dt.datetime(2027, 6, 30, 21, tzinfo=dt.UTC)
    assert kinds_to(person) == ["members.request_granted"]
    verbs = set(Event.objects.filter(actor=ruta).values_list("verb", flat=True))
    assert verbs == {"members.appoint", "members.request_grant"}


def test_a_role_without_an_end_has_none(ktu, ruta):
    person = newcomer()
    actions.grant_request(asked(person, ktu), by=ruta)
    assert Appointment.objects.get(user=person).valid_until is None


def test_a_role_is_not_given_until_a_day_that_is_over(ktu, ruta, at):
    request = asked(newcomer(), ktu)
    with at(NOON):
        with pytest.raises(ValidationError, match="over"):
            actions.grant_request(request, by=ruta, until=dt.date(2026, 11, 21))
        actions.grant_request(request, by=ruta, until=dt.date(2026, 11, 22))


def test_a_refusal_has_its_reason_and_gives_nothing(ktu, ruta):
    person = newcomer()
    request = asked(person, ktu)
    with pytest.raises(ValidationError):
        actions.refuse_request(request, reason="", by=ruta)
    request.refresh_from_db()
    assert request.status == RequestStatus.WAITING
    refused = actions.refuse_request(request, reason="You are not in our register.", by=ruta)
    assert (refused.status, refused.reason) == (RequestStatus.REFUSED, "You are not in our register.")
    assert kinds_to(person) == ["members.request_refused"]
    assert not Appointment.objects.filter(user=person).exists()


@pytest.mark.parametrize("who", ["ruta", "egle", "laima"])
def test_the_university_the_office_and_administrators_answer(ktu, who, request):
    by = request.getfixturevalue(who)
    assert actions.grant_request(asked(newcomer(), ktu), by=by).status == RequestStatus.GRANTED


@pytest.mark.parametrize("who", ["bruno", "chiara", "dainius", "jonas", "ieva", "ana", "tomas", "themselves"])
def test_nobody_else_answers(ktu, who, request):
    person = newcomer()
    made = asked(person, ktu)
    by = person if who == "themselves" else request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        actions.grant_request(made, by=by)
    with pytest.raises(PermissionDenied):
        actions.refuse_request(made, reason="No.", by=by)
    made.refresh_from_db()
    assert made.status == RequestStatus.WAITING
    assert not Appointment.objects.filter(user=person).exists()


@pytest.mark.parametrize("who", ["ruta", "egle", "laima"])
def test_nobody_answers_a_request_of_their_own(ktu, who, request):
    by = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        actions.grant_request(asked(by, ktu), by=by)


def test_who_answers_still_appoints_nobody_freely(ktu, ruta, egle):
    for by in (ruta, egle):
        with pytest.raises(PermissionDenied):
            appoint(newcomer(f"{by.pk}@ktu.lt"), role=Role.STUDENT, university=ktu, by=by)
    actions.grant_request(asked(person := newcomer(), ktu), by=ruta)
    with pytest.raises(PermissionDenied):
        end_appointment(Appointment.objects.get(user=person), by=ruta)


def test_a_coordinator_whose_appointment_ended_answers_no_more(ktu, ruta):
    Appointment.objects.filter(user=ruta).update(valid_until=factories.LONG_AGO.replace(year=2021))
    with pytest.raises(PermissionDenied):
        actions.grant_request(asked(newcomer(), ktu), by=ruta)


def test_nobody_withdraws_for_another(ktu, ruta, laima):
    made = asked(newcomer(), ktu)
    for by in (ruta, laima):
        with pytest.raises(PermissionDenied):
            actions.withdraw_request(made, by=by)


def test_what_was_withdrawn_meanwhile_is_not_granted(ktu, ruta):
    person = newcomer()
    made = asked(person, ktu)
    actions.withdraw_request(AppointmentRequest.objects.get(pk=made.pk), by=person)
    with pytest.raises(actions.Settled, match="Withdrawn"):
        actions.grant_request(made, by=ruta)  # `made` still says that it waits
    assert not Appointment.objects.filter(user=person).exists()


@pytest.mark.parametrize("again", ["grant", "refuse", "withdraw"])
def test_what_was_answered_is_answered_no_more(ktu, ruta, egle, again):
    person = newcomer()
    made = asked(person, ktu)
    actions.grant_request(made, by=ruta)
    verbs = {
        "grant": lambda: actions.grant_request(made, by=egle),
        "refuse": lambda: actions.refuse_request(made, reason="No.", by=egle),
        "withdraw": lambda: actions.withdraw_request(made, by=person),
    }
    with pytest.raises(actions.Settled) as told:
        verbs[again]()
    assert told.value.request.settled_by == ruta
    assert Appointment.objects.filter(user=person).count() == 1


def test_a_role_that_an_administrator_gave_meanwhile_is_not_given_twice(ktu, ruta, laima):
    person = newcomer()
    made = asked(person, ktu)
    appoint(person, role=Role.STUDENT, university=ktu, by=laima)
    with pytest.raises(NotPossible, match="already holds"):
        actions.grant_request(made, by=ruta)
    made.refresh_from_db()
    assert made.status == RequestStatus.WAITING
    assert Appointment.objects.filter(user=person).count() == 1


def test_a_person_who_cannot_sign_in_gets_no_role(ktu, ruta):
    with pytest.raises(NotPossible, match="can't sign in"):
        actions.grant_request(asked(newcomer(is_active=False), ktu), by=ruta)


@pytest.mark.django_db(transaction=True)
def test_two_answers_at_once_are_one_answer():
    ktu = factories.UniversityFactory(slug="ktu")
    person, people = newcomer(), [factories.UserFactory(), factories.UserFactory()]
    for one in people:
        factories.AppointmentFactory(user=one, role=Role.MOBILITY_COORDINATOR, university=ktu)
    made, ready = asked(person, ktu), threading.Barrier(2)

    def answer(by):
        try:
            ready.wait()
            return actions.grant_request(made, by=by).status
        except actions.Settled as told:
            return str(told)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(answer, people))
    assert answers == ["This request was settled meanwhile: Granted.", "granted"]
    assert Appointment.objects.filter(user=person).count() == 1
    assert Message.objects.filter(kind="members.request_granted").count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_requests_at_once_stay_three():
    universities = [factories.UniversityFactory() for _n in range(6)]
    person, ready = newcomer(), threading.Barrier(6)

    def ask(university):
        try:
            ready.wait()
            actions.make_request(university=university, role=Role.STUDENT, by=person)
        except NotPossible:
            pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(ask, universities))
    assert AppointmentRequest.objects.filter(user=person).count() == 3


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"status": "granted"}, "members_request_settled"),
        ({"settled_at": NOON}, "members_request_settled"),
        ({"status": "refused", "settled_at": NOON}, "members_request_reason"),
        ({"reason": "No."}, "members_request_reason"),
    ],
)
def test_the_database_keeps_state_moment_and_reason_together(ktu, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        asked(newcomer(), ktu, **fields)


def test_the_database_keeps_one_waiting_request_of_a_kind(ktu):
    person = newcomer()
    asked(person, ktu)
    asked(person, ktu, status="withdrawn", settled_at=NOON)
    with pytest.raises(IntegrityError, match="members_request_one_waiting"), transaction.atomic():
        asked(person, ktu)


def test_everybody_sees_what_is_theirs(ktu, aveiro, ana, ruta, bruno, dainius, egle, laima):
    here, there = asked(ana, ktu, role="staff_traveller"), asked(newcomer(), aveiro)
    own = asked(ruta, ktu)
    seen = {
        who: set(AppointmentRequest.objects.visible_to(who))
        for who in (ana, ruta, bruno, dainius, egle, laima)
    }
    assert seen == {ana: {here}, ruta: {here, own}, bruno: {there}, dainius: set(), egle: {here, there, own},
                    laima: {here, there, own}}  # fmt: skip
    assert set(AppointmentRequest.objects.answered_by(ruta)) == {here}
    assert not AppointmentRequest.objects.visible_to(factories.UserFactory()).exists()


def test_what_is_said_instead_of_asking_is_kept_and_changed(ana):
    actions.choose_no_request("later", by=ana)
    actions.choose_no_request("none", by=ana)
    assert JoinChoice.objects.get(user=ana).choice == "none"
    with pytest.raises(ValidationError):
        actions.choose_no_request("rector", by=ana)


@pytest.mark.parametrize(
    ("language", "name"),
    [("en", "Kaunas University of Technology"), ("lt", "Kauno technologijos universitetas")],
)
@pytest.mark.parametrize("until", ["", "2027-06-30"])
def test_the_answer_is_worded_with_and_without_an_end(language, name, until):
    kind = kinds.find("members.request_granted")
    context = kind.sample | {"until_on": until}
    wording = kinds.word(kind, context, name="X", moment=NOON, language=language)
    assert name in wording.subject
    assert ("2027" in "".join(wording.paragraphs)) is bool(until)
    assert wording.path == f"/{language}/universities/ktu/"
