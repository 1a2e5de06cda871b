"""Registration: ten seats and fifty people at once, the waiting list in order, and nobody in twice."""

import datetime as dt
import threading

import pytest
from django.db import IntegrityError, connection, transaction

from ground import clock
from ground.workflow import NotPossible
from news.models import Admission, Registration
from news.registering import coming, keeping, messages
from notifications.models import InboxItem, Message, ReminderPlan
from notifications.models.message import recipient_of
from tests import factories

pytestmark = pytest.mark.django_db
State = Registration.State
DAY = dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)


@pytest.fixture
def event(ktu):
    return factories.AdmissionFactory(
        event__starts_at=NOW + 30 * DAY, event__university=ktu, capacity=2
    ).event


@pytest.fixture
def now(at):
    with at(NOW):
        yield NOW


def come(event, **fields):
    person = factories.UserFactory(**fields)
    return coming.register(event, by=person, answers={}, language="en")


def states(event):
    return list(event.registrations.order_by("number").values_list("state", flat=True))


def kinds(kind):
    return Message.objects.filter(kind=kind)


# At once


def at_once(number, do):
    """Call `do(n)` in `number` threads that begin together; what they raised."""
    barrier, raised = threading.Barrier(number), []

    def run(n):
        try:
            barrier.wait()
            do(n)
        except Exception as error:
            raised.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


@pytest.mark.django_db(transaction=True)
def test_fifty_people_at_once_get_ten_seats_and_forty_wait_in_order(ktu):
    event = factories.AdmissionFactory(capacity=10, event__university=ktu).event
    people = [factories.UserFactory() for _n in range(50)]
    raised = at_once(50, lambda n: coming.register(event, by=people[n], answers={}, language="en"))
    assert raised == []
    assert states(event) == [State.IN] * 10 + [State.WAITING] * 40
    assert list(event.registrations.order_by("number").values_list("number", flat=True)) == [*range(1, 51)]
    assert Admission.objects.get().taken == 10
    leaving = event.registrations.get(number=4)
    waiting = event.registrations.get(number=11)
    coming.cancel(leaving)
    assert [row.number for row in event.registrations.filter(state=State.IN).order_by("number")] == [
        1, 2, 3, 5, 6, 7, 8, 9, 10, 11,
    ]  # fmt: skip
    assert kinds(messages.PROMOTED).get().recipient == recipient_of(waiting.user)
    assert (kinds(messages.REGISTERED).count(), kinds(messages.WAITING).count()) == (10, 40)
    assert Admission.objects.get().taken == 10


@pytest.mark.django_db(transaction=True)
def test_ten_who_cancel_at_once_let_the_next_ten_in_and_nobody_twice(ktu):
    event = factories.AdmissionFactory(capacity=10, event__university=ktu).event
    for _n in range(25):
        come(event)
    leaving = list(event.registrations.filter(state=State.IN).order_by("number"))
    assert at_once(10, lambda n: coming.cancel(leaving[n])) == []
    assert states(event) == [State.CANCELLED] * 10 + [State.IN] * 10 + [State.WAITING] * 5
    assert kinds(messages.PROMOTED).count() == 10


@pytest.mark.django_db(transaction=True)
def test_one_person_who_presses_ten_times_at_once_is_in_once(ktu):
    event = factories.AdmissionFactory(capacity=10, event__university=ktu).event
    person = factories.UserFactory()
    raised = at_once(10, lambda n: coming.register(event, by=person, answers={}, language="en"))
    assert [type(error) for error in raised] == [coming.AlreadyIn] * 9
    assert states(event) == [State.IN]
    assert kinds(messages.REGISTERED).count() == 1


def test_the_database_itself_refuses_more_than_there_are_places(event, now):
    come(event), come(event)
    third = come(event)
    assert third.state == State.WAITING
    with pytest.raises(IntegrityError, match="news_admission_capacity"), transaction.atomic():
        Registration.objects.filter(pk=third.pk).update(state=State.IN)
    with pytest.raises(IntegrityError, match="news_admission_capacity"), transaction.atomic():
        Admission.objects.update(capacity=1)


def test_the_database_itself_refuses_a_person_twice(event, now):
    first = come(event)
    for other in ({"user": first.user, "digest": "x"}, {"user": None, "digest": first.digest}):
        row = Registration(
            event=event, state=State.WAITING, number=9, counted_at=NOW, created_at=NOW, **other
        )
        with pytest.raises(IntegrityError, match="_once"), transaction.atomic():
            row.save()


def test_the_seats_are_counted_whoever_writes_the_rows(event, now):
    come(event), come(event)
    event.registrations.all()[0].user.delete()
    assert Admission.objects.get().taken == 1
    event.registrations.all().delete()
    assert Admission.objects.get().taken == 0


# One after the other


def test_an_address_in_other_letters_is_the_same_address(event, now):
    first = come(event, email="ana.b@people.example")
    coming.ask(event, email="ANA.B@people.example", name="Ana", answers={}, language="lt")
    assert event.registrations.get() == first
    assert kinds(messages.KNOWN).get().recipient == recipient_of(first.user)


def test_without_an_account_nothing_counts_before_the_letter_is_answered(event, now):
    coming.ask(event, email="guest@people.example", name="Guest", answers={}, language="lt")
    row = event.registrations.get()
    message = kinds(messages.CONFIRM).get()
    assert (row.state, row.number, Admission.objects.get().taken) == (State.UNCONFIRMED, None, 0)
    assert (message.address, message.language) == ("guest@people.example", "lt")
    assert message.recipient.startswith("mail:")
    assert not InboxItem.objects.exists()
    assert coming.confirm(row).state == State.IN
    assert coming.confirm(row).state == State.IN
    assert kinds(messages.REGISTERED).get().address == "guest@people.example"


def test_asking_again_sends_no_second_letter_within_minutes(event, at):
    for minutes, letters in ((0, 1), (9, 1), (11, 2)):
        with at(NOW + dt.timedelta(minutes=minutes)):
            coming.ask(event, email="guest@people.example", name="G", answers={}, language="en")
            assert kinds(messages.CONFIRM).count() == letters
    assert event.registrations.count() == 1


def test_a_letter_that_is_too_old_registers_nobody(event, at):
    with at(NOW):
        coming.ask(event, email="guest@people.example", name="G", answers={}, language="en")
    with at(NOW + 2 * DAY + dt.timedelta(seconds=1)), pytest.raises(NotPossible, match="too old"):
        coming.confirm(event.registrations.get())


def test_who_confirms_when_registration_has_closed_is_told_so(event, at):
    with at(NOW):
        coming.ask(event, email="guest@people.example", name="G", answers={}, language="en")
    Admission.objects.update(closes_at=NOW + dt.timedelta(hours=1))
    with at(NOW + dt.timedelta(hours=1)), pytest.raises(NotPossible, match="closed"):
        coming.confirm(event.registrations.get())


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"opens_at": NOW + DAY}, "not open yet"),
        ({"closes_at": NOW}, "closed"),
        ({"closes_at": NOW - DAY}, "closed"),
    ],
)
def test_registration_has_its_hours(fields, words, event, now):
    Admission.objects.update(**fields)
    with pytest.raises(NotPossible, match=words):
        come(event)
    assert not event.registrations.exists()


def test_a_second_before_the_close_is_in_time(event, at):
    Admission.objects.update(closes_at=NOW)
    with at(NOW - dt.timedelta(seconds=1)):
        assert come(event).state == State.IN


@pytest.mark.parametrize(
    "fields",
    [{"publication": "draft"}, {"publication": "archived"}, {"cancelled_at": NOW}, {"starts_at": NOW - DAY}],
)
def test_nobody_registers_for_what_is_not_to_come(fields, event, now):
    for name, value in fields.items():
        setattr(event, name, value)
    event.save()
    with pytest.raises(NotPossible):
        come(event)


def test_without_a_waiting_list_the_last_place_is_the_last(event, now):
    Admission.objects.update(waiting_list=False)
    come(event), come(event)
    with pytest.raises(NotPossible, match="taken"):
        come(event)


def test_more_places_move_up_those_who_wait_in_order(event, now, ieva):
    rows = [come(event) for _n in range(5)]
    keeping.arrange(event, by=ieva, questions=[], capacity=4)
    assert states(event) == [State.IN] * 4 + [State.WAITING]
    assert set(kinds(messages.PROMOTED).values_list("recipient", flat=True)) == {
        recipient_of(row.user) for row in rows[2:4]
    }


def test_fewer_places_than_people_are_refused(event, now, ieva):
    come(event), come(event)
    with pytest.raises(NotPossible, match="2 people"):
        keeping.arrange(event, by=ieva, questions=[], capacity=1)


def test_who_leaves_the_waiting_list_frees_nothing(event, now):
    rows = [come(event) for _n in range(4)]
    coming.cancel(rows[2])
    assert states(event) == [State.IN, State.IN, State.CANCELLED, State.WAITING]
    assert not kinds(messages.PROMOTED).exists()


def test_nobody_moves_up_once_the_event_has_begun(event, at):
    with at(NOW):
        rows = [come(event) for _n in range(3)]
    with at(NOW + 30 * DAY + dt.timedelta(minutes=1)):
        coming.cancel(rows[0])
    assert states(event) == [State.CANCELLED, State.IN, State.WAITING]


def test_who_cancelled_may_come_again_at_the_end_of_the_line(event, now):
    first = come(event)
    come(event), come(event)
    coming.cancel(first)
    again = coming.register(event, by=first.user, answers={}, language="en")
    assert (again.state, again.number) == (State.WAITING, 4)


def test_the_account_that_is_erased_lets_the_next_one_in_by_the_nightly_verb(event, now):
    rows = [come(event) for _n in range(3)]
    rows[0].user.delete()
    assert keeping.move_up() == 1
    assert keeping.move_up() == 0
    assert states(event) == [State.IN, State.IN]


# Forgetting


def test_names_are_erased_when_the_stated_days_are_over_and_numbers_stay(event, at):
    with at(NOW):
        come(event, name="Ana Bandomoji", email="ana.x@people.example")
        coming.ask(event, email="guest@people.example", name="Guest", answers={"a": "b"}, language="lt")
        coming.confirm(event.registrations.get(user=None))
    event.registrations.update(attended=True)
    over = event.ends_by + 90 * DAY
    with at(over):
        assert keeping.erase_due() == 0
    with at(over + dt.timedelta(seconds=1)):
        assert keeping.erase_due() == 2
        assert keeping.erase_due() == 0
    for row in event.registrations.all():
        assert (row.name, row.email, row.digest, row.user, row.answers) == ("", "", "", None, {})
        assert (row.state, row.attended) == (State.IN, True)
    assert not Message.objects.exclude(address="").exists()
    assert not Message.objects.exclude(context={}).exists()
    assert not InboxItem.objects.exists()
    assert not ReminderPlan.objects.exists()


def test_letters_that_nobody_answered_are_forgotten_after_two_days(event, at):
    with at(NOW):
        coming.ask(event, email="guest@people.example", name="G", answers={}, language="en")
    with at(NOW + 2 * DAY):
        assert keeping.erase_due() == 0
    with at(NOW + 2 * DAY + dt.timedelta(seconds=1)):
        assert keeping.erase_due() == 1
    assert not event.registrations.exists()
    assert Message.objects.get().address == ""


def test_the_clock_is_the_database_s(event):
    assert abs(come(event).created_at - clock.now()) < dt.timedelta(minutes=1)
