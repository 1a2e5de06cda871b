"""Offers, answers and seats: never more taken than there are."""

import datetime as dt

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.db.models import F

from ground import clock
from ground.workflow import NotPossible
from mobility import actions, tasks
from mobility.actions import deciding
from mobility.models import Application, Place
from mobility.workflow import Status
from notifications.models import Message
from notifications.models.message import recipient_of
from tests import factories
from tests.mobility.test_actions_applying import run_at_once

pytestmark = pytest.mark.django_db
LATER = dt.timedelta(days=30)


def taken(place):
    return Place.objects.get(pk=place.pk).taken


def test_offer_takes_a_seat_and_says_until_when(eligible, place, ruta, ana, at):
    with at(dt.datetime(2027, 3, 25, 10, tzinfo=dt.UTC)):  # clocks change before the answer is due
        offer = actions.offer_place(eligible, place=place, by=ruta, days=5)
    assert (offer.status, offer.offered_place, taken(place)) == (Status.OFFERED, place, 1)
    assert offer.offer_expires_at == dt.datetime(2027, 3, 30, 20, 59, tzinfo=dt.UTC)  # 23:59 in summer time
    message = Message.objects.get(kind="mobility.place_offered")
    assert message.recipient == recipient_of(ana)
    assert message.context["expires_at"] == "2027-03-30T20:59:00Z"


def test_offer_lasts_as_long_as_the_call_says(offered, call):
    assert offered.offer_expires_at == call.answer_until(clock.now(), call.offer_days)


def test_offer_is_refused_when_the_last_seat_is_taken(eligible, place, ruta):
    Place.objects.update(taken=F("capacity"))
    with pytest.raises(actions.PlaceTaken):
        actions.offer_place(eligible, place=place, by=ruta)
    assert Application.objects.get().status == Status.ELIGIBLE
    assert not Message.objects.filter(kind="mobility.place_offered").exists()


def test_only_a_place_that_was_wished_for_is_offered(eligible, call, trento, ruta):
    for other in (factories.PlaceFactory(call=call, host=trento), factories.PlaceFactory()):
        with pytest.raises(NotPossible, match="wishes"):
            actions.offer_place(eligible, place=other, by=ruta)
        assert taken(other) == 0


def test_offering_is_not_a_decision_without_place_nor_the_other_way_round(eligible, place, ruta):
    with pytest.raises(NotPossible):
        actions.decide(eligible, "offer", by=ruta)
    with pytest.raises(NotPossible):
        actions.offer_place(eligible, place=place, by=ruta, step="waitlist")
    assert taken(place) == 0


@pytest.mark.parametrize("step", actions.NEEDS_NOTE)
def test_refusal_and_request_need_words(step, submitted, ruta):
    with pytest.raises(NotPossible, match="reason"):
        actions.decide(submitted, step, by=ruta, note=" ")


def test_decision_is_told_to_the_applicant(submitted, ruta, ana):
    actions.decide(submitted, "return", by=ruta, note="The transcript is cut off.")
    message = Message.objects.get(kind="mobility.returned")
    assert (message.recipient, message.context["note"]) == (recipient_of(ana), "The transcript is cut off.")
    assert Application.objects.get().decision_note == "The transcript is cut off."


def test_accepted_place_stays_taken_and_the_coordinator_is_told(offered, place, ana, ruta):
    assert actions.accept_offer(offered, by=ana).status == Status.ACCEPTED
    assert taken(place) == 1
    message = Message.objects.get(kind="mobility.offer_answered")
    assert (message.recipient, message.context["outcome"]) == (recipient_of(ruta), "accepted")


def test_declined_place_is_free_at_once(offered, place, ana, ruta):
    assert actions.decline_offer(offered, by=ana).status == Status.DECLINED
    assert taken(place) == 0
    assert Message.objects.get(kind="mobility.offer_answered").recipient == recipient_of(ruta)


def test_withdrawing_from_an_offer_frees_the_place(offered, place, ana):
    assert actions.withdraw_application(offered, by=ana).status == Status.WITHDRAWN
    assert taken(place) == 0


def test_withdrawing_before_an_offer_tells_nobody(submitted, ana):
    actions.withdraw_application(submitted, by=ana)
    assert not Message.objects.filter(kind="mobility.offer_answered").exists()


def test_offer_can_be_accepted_until_the_end_of_its_minute(offered, ana, at):
    end = offered.offer_expires_at + dt.timedelta(seconds=60)
    with at(end), pytest.raises(NotPossible, match="passed"):
        actions.accept_offer(offered, by=ana)
    with at(end - dt.timedelta(seconds=1)):
        with pytest.raises(NotPossible, match="not passed"):
            actions.expire_offer(offered)
        assert actions.accept_offer(offered, by=ana).status == Status.ACCEPTED


def test_job_ends_unanswered_offers_once_and_frees_their_places(offered, place, ana, at):
    assert tasks.expire_offers() == 0
    with at(clock.now() + LATER):
        assert actions.expire_offers() == 1
        assert actions.expire_offers() == 0
    assert Application.objects.get().status == Status.EXPIRED
    assert taken(place) == 0
    assert Message.objects.filter(kind="mobility.offer_expired", recipient=recipient_of(ana)).count() == 1


def test_offer_that_is_answered_while_the_job_runs_is_passed_over(offered, ana, at, monkeypatch):
    monkeypatch.setattr(type(Application.objects), "overdue_offers", lambda self, moment: self.all())
    actions.accept_offer(offered, by=ana)
    with at(clock.now() + LATER):
        assert actions.expire_offers() == 0


def test_person_does_not_end_an_offer(offered, ruta, at):
    with at(clock.now() + LATER), pytest.raises(PermissionDenied):
        actions.expire_offer(offered, by=ruta)


def test_who_is_no_longer_a_student_declines_but_does_not_accept(offered, ana):
    ana.appointments.update(valid_until=clock.now())
    ana = type(ana).objects.get(pk=ana.pk)  # the next request
    with pytest.raises(PermissionDenied):
        actions.accept_offer(offered, by=ana)
    assert actions.decline_offer(offered, by=ana).status == Status.DECLINED


def test_appeal_leads_to_the_waiting_list_and_to_an_offer(in_state, place, ruta):
    application = in_state("not_selected")
    actions.decide(application, "uphold_appeal_waitlist", by=ruta)
    actions.decide(application, "not_select", by=ruta)
    assert (
        actions.offer_place(application, place=place, by=ruta, step="uphold_appeal_offer").status
        == Status.OFFERED
    )


def test_offer_made_between_two_locks_is_noticed(eligible, place, ruta, ana, monkeypatch):
    from mobility.actions import answering

    def meanwhile(application):
        actions.offer_place(application, place=place, by=ruta)

    monkeypatch.setattr(answering, "lock_offered_seat", meanwhile)
    with pytest.raises(NotPossible, match="meanwhile"):
        actions.withdraw_application(eligible, by=ana)


# Races, on the real server


@pytest.fixture
def crowd(call, place, ruta):
    """Twelve eligible people who all want the one place with two seats."""
    found = []
    for _ in range(12):
        person = factories.AppointmentFactory(university=call.university).user
        draft = factories.complete_application(person, place)
        submitted = actions.submit_application(draft, by=person)
        found.append(actions.decide(submitted, "find_eligible", by=ruta))
    return found


@pytest.mark.django_db(transaction=True)
def test_twelve_offers_at_once_for_two_seats_give_exactly_two(crowd, place, ruta):
    found = run_at_once([lambda a=a: actions.offer_place(a, place=place, by=ruta) for a in crowd])
    assert sum(isinstance(one, Application) for one in found) == 2
    assert sum(isinstance(one, actions.PlaceTaken) for one in found) == 10
    assert taken(place) == Application.objects.filter(status=Status.OFFERED).count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_the_database_itself_stops_the_oversell(crowd, place, ruta, monkeypatch):
    """The negative control: whoever reads without the lock sees free seats, and only the constraint holds."""
    stale = Place.objects.select_related("host__organisation").get(pk=place.pk)
    monkeypatch.setattr(deciding, "lock_places", lambda pks: {stale.pk: stale})
    found = run_at_once([lambda a=a: actions.offer_place(a, place=place, by=ruta) for a in crowd])
    assert sum(isinstance(one, IntegrityError) for one in found) == 10
    assert taken(place) == Application.objects.filter(status=Status.OFFERED).count() == 2


@pytest.mark.django_db(transaction=True)
def test_answers_offers_and_expiries_at_once_leave_the_count_true(crowd, place, ruta):
    offers = [actions.offer_place(a, place=place, by=ruta) for a in crowd[:2]]
    verbs = [
        lambda: actions.decline_offer(offers[0], by=offers[0].applicant),
        lambda: actions.withdraw_application(offers[0], by=offers[0].applicant),
        lambda: actions.accept_offer(offers[1], by=offers[1].applicant),
        lambda: actions.decline_offer(offers[1], by=offers[1].applicant),
        *[lambda a=a: actions.offer_place(a, place=place, by=ruta) for a in crowd[2:8]],
    ]
    found = run_at_once(verbs)
    assert all(isinstance(one, Application | NotPossible) for one in found), found
    holding = Application.objects.filter(status__in=[Status.OFFERED, Status.ACCEPTED]).count()
    assert taken(place) == holding <= 2
