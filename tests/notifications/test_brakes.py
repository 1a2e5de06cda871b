"""No flood goes out, and nothing is lost when one is held up."""

import datetime as dt
import threading
import uuid

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from ground import clock
from members.models import Role
from notifications import alarms, beats, brakes, kinds, outbox, tasks
from notifications.messages import BRAKE, GATHERED, LATE
from notifications.models import Beat, Brake, InboxItem, Message, ReminderPlan, ReminderRule
from notifications.sender import Sender
from tests import factories
from tests.notifications.conftest import say, state_of

pytestmark = pytest.mark.django_db
State = Message.State
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def limit(settings):
    settings.MAIL_BRAKE_FLOOR = 5
    return settings


@pytest.fixture
def office(db):
    person = factories.UserFactory()
    factories.AppointmentFactory(user=person, role=Role.ALLIANCE_OFFICE, university=None)
    return person


def went_out(number, at):
    """So many messages were sent at a moment."""
    person = factories.UserFactory()
    for _ in range(number):
        message = say(person)
        Message.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=at)


def people(number):
    return factories.UserFactory.create_batch(number)


def test_sending_stops_at_the_limit_and_the_office_is_told_once(limit, office, sender, arrived):
    sender.batch = 2
    messages = [say(person) for person in people(9)]
    assert sender.run() == {State.SENT: 6}
    assert sender.run() == {State.SENT: 1}  # it tells the office
    assert sender.run() == {}
    brake = Brake.objects.get()
    assert brake.on
    states = [state_of(message) for message in messages]
    assert states.count(State.SENT) == brake.volume == 6
    assert states.count(State.DUE) == 3
    assert Message.objects.filter(kind=BRAKE).count() == 1
    assert InboxItem.objects.get(kind=BRAKE).user == office


def test_what_belongs_to_an_act_goes_out_while_sending_is_stopped(limit, sender):
    Brake.objects.create(pulled_at=clock.read(), volume=9, limit=5)
    first, second = people(2)
    held = say(first)
    enqueued = outbox.enqueue(LATE, to=second, subject=("x", second.uuid, ""), context={"minutes": 20})
    assert sender.run() == {State.SENT: 1}
    assert (state_of(held), state_of(enqueued)) == (State.DUE, State.SENT)


def test_the_limit_is_three_times_the_same_hour_of_the_last_four_weeks(limit):
    now = clock.read()
    for week in range(1, 5):
        went_out(2 * week, now - dt.timedelta(weeks=week, minutes=30))
    went_out(50, now - dt.timedelta(days=2))
    went_out(4, now - dt.timedelta(minutes=5))
    assert brakes.measure(now, None) == (4, 15)
    assert not brakes.paused(now)


def test_after_the_release_only_what_went_out_since_counts(limit, sender):
    went_out(5, clock.read() - dt.timedelta(minutes=5))
    assert brakes.paused(clock.read())
    brakes.release(clock.read())
    assert not brakes.paused(clock.read())
    assert Brake.objects.get().released_at


def test_kinds_that_are_discarded_are_not_sent_and_stay_in_the_portal(limit, sender):
    Brake.objects.create(pulled_at=clock.read(), volume=9, limit=5)
    message = say(people(1)[0])
    assert brakes.release(clock.read(), discard=["projects.period_ends", "nothing"])[1] == 1
    assert state_of(message) == State.CANCELLED
    assert InboxItem.objects.count() == 1
    assert brakes.release(clock.read()) == (None, 0)


@pytest.mark.django_db(transaction=True)
def test_two_senders_that_stop_at_once_are_one_stop(limit):
    went_out(6, clock.read())
    barrier, found = threading.Barrier(4), []

    def work():
        try:
            barrier.wait()
            found.append(brakes.paused(clock.read()))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * 4
    assert Brake.objects.count() == 1


def test_who_had_enough_for_an_hour_gets_the_rest_in_one_message(settings, dainius, sender, arrived):
    settings.MAIL_PERSON_HOURLY = 3
    messages = [say(dainius, subject=("x", dainius.uuid, f"S-{number}")) for number in range(10)]
    sender.run()
    one = Message.objects.get(kind=GATHERED)
    states = [state_of(message) for message in messages]
    assert (states.count(State.SENT), states.count(State.SKIPPED)) == (3, 7)
    assert one.gathered.count() == one.context["count"] == 7
    assert one.not_before - clock.read() > dt.timedelta(minutes=59)
    assert InboxItem.objects.visible_to(dainius).count() == 10
    Message.objects.filter(pk=one.pk).update(next_attempt_at=clock.read())
    assert sender.run() == {State.SENT: 1}
    told = "".join(arrived()[-1:] + arrived())
    assert all(f"S-{number}" in told for number in range(10))


@pytest.fixture
def gathered(settings, dainius, sender):
    """Three messages to Dainius that are told in one, an hour later."""
    settings.MAIL_PERSON_HOURLY = 0
    messages = [say(dainius, subject=("x.y", uuid.uuid4(), f"S-{number}")) for number in range(3)]
    sender.run()
    one = Message.objects.get(kind=GATHERED)
    Message.objects.filter(pk=one.pk).update(next_attempt_at=clock.read())
    return one, messages


def test_what_settled_itself_since_it_was_gathered_is_not_told(gathered, sender, arrived):
    one, (gone, back, left) = gathered
    outbox.settle("x.y", gone.subject_uuid, kinds=[gone.kind])
    outbox.cancel("x.y", back.subject_uuid)
    assert sender.run() == {State.SENT: 1}
    [text] = arrived()
    assert "S-2" in text
    assert "S-0" not in text
    assert "S-1" not in text
    assert "Subject: 1 message for you" in text
    assert [state_of(message) for message in (gone, back, left)] == [
        State.CANCELLED, State.CANCELLED, State.SKIPPED,
    ]  # fmt: skip
    assert list(one.gathered.all()) == [left]


def test_what_settled_itself_while_the_one_message_was_in_hand_is_not_told(gathered, sender, arrived):
    """`settle` can't reach what a sender holds already; it is judged by the notification in the portal."""
    _one, (gone, *_others) = gathered
    InboxItem.objects.filter(message=gone).update(settled_at=clock.now())
    sender.run()
    assert "S-0" not in arrived()[0]
    assert state_of(gone) == State.CANCELLED


def test_a_reminder_whose_date_moved_since_it_was_gathered_is_not_told(gathered, sender, arrived):
    _one, (moved, *_others) = gathered
    rule = ReminderRule.objects.create(kind="projects.period_ends", days_before=33)
    now = clock.now()
    plan = ReminderPlan.objects.create(
        rule=rule, subject_kind="x.y", subject_uuid=moved.subject_uuid, subject_name="S-0", due_date=now.date(),
        recipient=moved.recipient, due_at=now, planned_at=now, state="released", released_at=now, message=moved,
    )  # fmt: skip
    Message.objects.filter(pk=moved.pk).update(key=plan.key)
    sender.run()
    assert "S-0" not in arrived()[0]
    assert "S-1" in arrived()[0]
    assert state_of(moved) == State.CANCELLED


def test_one_message_of_which_everything_settled_itself_is_not_sent(gathered, sender, arrived):
    one, messages = gathered
    for message in messages:
        outbox.settle("x.y", message.subject_uuid, kinds=[message.kind])
    assert sender.run() == {State.CANCELLED: 1}
    assert state_of(one) == State.CANCELLED
    assert arrived() == []


def test_who_wants_no_such_mails_any_more_is_not_told_of_them_in_one(gathered, dainius, sender, arrived):
    from notifications.models import Preference

    Preference.objects.create(user=dainius, kind="projects.period_ends", delivery="off")
    assert sender.run() == {State.CANCELLED: 1}
    assert arrived() == []


def test_what_nobody_wants_is_not_gathered(settings, dainius, sender):
    from notifications.models import Preference

    settings.MAIL_PERSON_HOURLY = 0
    Preference.objects.create(user=dainius, kind="projects.period_ends", delivery="off")
    say(dainius)
    assert sender.run() == {State.SKIPPED: 1}
    assert not Message.objects.filter(kind=GATHERED).exists()


def test_after_a_week_without_sending_nobody_is_flooded(settings, sender, arrived):
    """A week of five a day for each of ten people waits; an hour later everybody has twenty mails and one more."""
    settings.MAIL_BRAKE_FLOOR = 10_000
    crowd = people(10)
    for person in crowd:
        for _ in range(35):
            say(person)
    sender.run(limit=1000)
    counts = {
        state: Message.objects.filter(state=state).count() for state in (State.SENT, State.SKIPPED, State.DUE)
    }
    assert counts == {State.SENT: 200, State.SKIPPED: 150, State.DUE: 10}
    assert len(arrived()) == 200
    assert InboxItem.objects.count() == 350


def test_planner_and_sender_leave_signs_of_life(dainius):
    tasks.plan_reminders()
    Sender().run()
    assert set(Beat.objects.values_list("name", flat=True)) == {beats.PLANNER, beats.SENDER}
    pulse = beats.pulse(clock.read())
    assert (pulse.oldest_due, pulse.late, pulse.minutes) == (None, False, 0)


def test_messages_that_wait_too_long_are_told_once_a_day_and_logged_each_time(dainius, office, caplog):
    message = say(dainius)
    Message.objects.filter(pk=message.pk).update(next_attempt_at=clock.read() - dt.timedelta(minutes=16))
    assert alarms.look(clock.read())
    assert alarms.look(clock.read())
    assert Message.objects.filter(kind=LATE).count() == 1
    assert caplog.text.count("due for 16 minutes") == 2
    Message.objects.filter(pk=message.pk).update(next_attempt_at=clock.read() - dt.timedelta(minutes=14))
    assert not alarms.look(clock.read())


def test_every_kind_that_goes_on_belongs_to_an_act_or_is_a_digest_that_was_chosen(dainius):
    assert GATHERED not in brakes.going_on()
    going_on = [kinds.find(name) for name in brakes.going_on()]
    assert all(kind.transactional or kind.digest for kind in going_on)


def test_a_wait_for_the_relay_that_outlives_the_lease_is_refused_at_the_start(settings):
    settings.EMAIL_TIMEOUT = 60
    with pytest.raises(SystemCheckError, match="at most 33"):
        call_command("check")
    settings.EMAIL_TIMEOUT = 20
    settings.MAIL_RECORD = "somewhere"
    with pytest.raises(SystemCheckError, match="MAIL_RECORD"):
        call_command("check")
