"""Dates of calls and applications: what is due, who is told, once, and what settles it."""

import datetime as dt

import pytest
from django.utils import translation

from ground import clock
from members.models import Role
from mobility import actions
from mobility.models import Application, Call, Review
from mobility.reminders import CloseOfCall, EndOfOffer, ReviewsDue
from notifications import kinds, reminders
from notifications.models import Message
from tests import factories
from tests.told_before import recipients, told_at, way_to

pytestmark = pytest.mark.django_db
CLOSE = dt.datetime(2027, 3, 31, 20, 59, tzinfo=dt.UTC)  # 23:59 in Vilnius
DAY = dt.timedelta(days=1)


def noon(day):
    return dt.datetime(2027, 3, day, 10, tzinfo=dt.UTC)


@pytest.fixture
def closing(draft, call):
    """Ana's draft; the call closes on the last of March."""
    Call.objects.update(opens_at=CLOSE - 60 * DAY, closes_at=CLOSE, decision_on=dt.date(2027, 4, 30))
    Application.objects.update(created_at=CLOSE - 50 * DAY)
    return Application.objects.get(pk=draft.pk)


def test_all_kinds_are_registered_with_their_days():
    offsets = {kind.name: kind.offsets for kind in reminders.all_kinds() if kind.name.startswith("mobility.")}
    assert offsets == {
        "mobility.call_closes": (7, 2),
        "mobility.offer_ends": (3, 1),
        "mobility.reviews_due": (14, 3),
    }


# The close of a call


@pytest.mark.parametrize(("day", "told"), [(23, False), (24, True), (29, True), (31, True)])
def test_who_writes_an_application_is_told_of_the_close(day, told, closing, ana, ruta, tomas):
    assert told_at(noon(day), CloseOfCall()) == (recipients(ana) if told else [])


def test_the_close_is_told_once_for_each_of_its_days(closing, ana):
    found = [told_at(noon(day), CloseOfCall()) for day in (24, 25, 28, 29, 30, 31)]
    assert found == [recipients(ana), [], [], recipients(ana), [], []]


def test_date_of_the_close_is_that_of_the_university(closing):
    last = dt.date(2027, 3, 31)
    with clock.one_moment(noon(24)):
        [one] = CloseOfCall().due(last, last)
        assert (one.date, one.zone, one.context["closes_at"]) == (last, "Europe/Vilnius", CLOSE)
        Call.objects.update(closes_at=CLOSE + dt.timedelta(minutes=1))  # midnight there: April
        assert list(CloseOfCall().due(last, last)) == []
        assert len(list(CloseOfCall().due(last + DAY, last + DAY))) == 1


@pytest.mark.parametrize("settled", ["submit", "withdraw", "closed", "archived", "inactive"])
def test_nobody_is_told_of_a_close_that_is_settled(settled, closing, ana):
    with clock.one_moment(noon(20)):
        if settled == "submit":
            actions.submit_application(closing, by=ana)
        elif settled == "withdraw":
            actions.withdraw_application(closing, by=ana)
        elif settled == "closed":
            Call.objects.update(closes_at=noon(24) - dt.timedelta(hours=1))
        elif settled == "archived":
            Call.objects.update(publication="archived")
        else:
            type(ana).objects.update(is_active=False)
    assert told_at(noon(24), CloseOfCall()) == []


def test_what_was_begun_today_is_not_reminded_of(closing, ana):
    Application.objects.update(created_at=noon(29) - dt.timedelta(hours=23))
    assert told_at(noon(29), CloseOfCall()) == []
    assert told_at(noon(30), CloseOfCall()) == recipients(ana)


def test_reminder_that_waits_does_not_go_to_who_has_submitted(closing, ana):
    kind = CloseOfCall()
    assert closing.uuid in kind.current([closing.uuid])
    with clock.one_moment(noon(25)):
        actions.submit_application(closing, by=ana)
    assert kind.current([closing.uuid]) == {}
    assert kind.recipients([closing.uuid]) == {}


# The end of an offer


@pytest.fixture
def waiting(offered):
    Application.objects.update(offer_expires_at=CLOSE, decided_at=CLOSE - 10 * DAY)
    return Application.objects.get(pk=offered.pk)


@pytest.mark.parametrize(("day", "told"), [(27, False), (28, True), (30, True), (31, True)])
def test_who_has_an_offer_is_told_until_when_to_answer(day, told, waiting, ana, ruta):
    assert told_at(noon(day), EndOfOffer()) == (recipients(ana) if told else [])


@pytest.mark.parametrize("answer", ["accept_offer", "decline_offer"])
def test_an_answer_settles_the_offer(answer, waiting, ana):
    with clock.one_moment(noon(27)):
        getattr(actions, answer)(waiting, by=ana)
    assert told_at(noon(28), EndOfOffer()) == []


def test_an_offer_of_today_is_not_reminded_of(waiting, ana):
    Application.objects.update(decided_at=noon(30) - dt.timedelta(hours=1))
    assert told_at(noon(30), EndOfOffer()) == []


def test_the_place_stands_in_the_reminder(waiting, ana):
    told_at(noon(28), EndOfOffer())
    told = Message.objects.get(kind="mobility.offer_ends")
    assert told.context["host"] == str(waiting.offered_place.host)


# Reviews


@pytest.fixture
def assigned(submitted, jonas, call):
    Call.objects.update(decision_on=dt.date(2027, 3, 31))
    return factories.ReviewFactory(application=submitted, reviewer=jonas)


@pytest.mark.parametrize(("day", "told"), [(16, False), (17, True), (28, True), (31, True)])
def test_reviewers_are_told_of_the_day_of_the_decision(day, told, assigned, jonas, ruta):
    assert told_at(noon(day), ReviewsDue()) == (recipients(jonas) if told else [])


def test_who_has_many_to_score_is_told_once(assigned, many, jonas):
    for one in many(2):
        factories.ReviewFactory(application=one, reviewer=jonas)
    assert told_at(noon(17), ReviewsDue()) == recipients(jonas)


@pytest.mark.parametrize("settled", ["scored", "decided", "no longer reviewer", "no day"])
def test_nobody_is_told_of_scores_that_are_settled(settled, assigned, submitted, jonas, ruta):
    if settled == "scored":
        Review.objects.update(done_at=noon(1), total=50)
    elif settled == "decided":
        Application.objects.update(status="not_selected")
    elif settled == "no longer reviewer":
        jonas.appointments.filter(role=Role.REVIEWER).update(valid_until=noon(1))
    else:
        Call.objects.update(decision_on=None)
    assert told_at(noon(17), ReviewsDue()) == []


# Found by their dates


@pytest.mark.parametrize(
    ("kind", "ways"),
    [
        (CloseOfCall(), {"mobility_call_by_close": "closes_at >"}),
        (EndOfOffer(), {"mobility_application_offers": "offer_expires_at >"}),
        # By its day, or from the reviews that are not done: whichever are fewer.
        (
            ReviewsDue(),
            {"mobility_call_by_decision": "decision_on >", "mobility_review_by_reviewer": "done_at IS NULL"},
        ),
    ],
)  # fmt: skip
def test_what_is_due_is_found_by_its_date(kind, ways, call):
    way = way_to(kind, dt.date(2027, 3, 1))
    assert "Seq Scan" not in way
    found = [line for line in way.splitlines() if "Index Cond" in line]
    assert any(index in way and any(said in line for line in found) for index, said in ways.items()), way


@pytest.mark.parametrize("name", ["mobility.call_closes", "mobility.offer_ends", "mobility.reviews_due"])
def test_reminder_says_what_and_until_when(name):
    kind = kinds.find(name)
    with translation.override("en"):
        wording = kinds.word(kind, kind.sample, name="X", moment=CLOSE, language="en", person="Ana")
    assert "3 February 2027" in wording.subject or "1 March 2027" in wording.subject
    assert wording.path
