"""What the office sends again, since nobody could tell whether it arrived, is a text of its own to the relay."""

import uuid
from dataclasses import replace
from types import SimpleNamespace

import pytest

from alliance_portal import sending
from audit.models import Event
from drills import weighing
from drills.outcome import Outcome
from ground import clock
from notifications import reports
from notifications.models import Message, ReminderPlan, ReminderRule, TroubledAddress
from notifications.sender import Sender
from tests import factories
from tests.notifications.conftest import KeepingRelay, say, state_of

pytestmark = pytest.mark.django_db
State = Message.State


@pytest.fixture
def uncertain(dainius):
    message = say(dainius)
    Message.objects.filter(pk=message.pk).update(state=State.UNCERTAIN, data_at=clock.read(), attempts=3)
    message.refresh_from_db()
    return message


@pytest.fixture
def relay(tmp_path):
    return KeepingRelay(tmp_path / "kept")


def test_it_has_a_name_of_its_own_and_the_earlier_one_is_kept(egle, uncertain):
    earlier = uncertain.message_id
    sending.send_again(uncertain, by=egle)
    uncertain.refresh_from_db()
    assert uncertain.message_id not in (earlier, "")
    assert earlier in uncertain.error
    assert Event.objects.get(verb="notifications.send_again").details["earlier"] == earlier
    assert (uncertain.state, uncertain.attempts, uncertain.data_at) == (State.DUE, 0, None)


def test_the_record_of_the_earlier_text_does_not_answer_for_it(egle, uncertain, relay):
    relay.folder.mkdir(parents=True)
    (relay.folder / f"{uncertain.message_id}.0.eml").touch()  # by now the record says that it was taken
    sending.send_again(uncertain, by=egle)
    before = clock.read() - Sender.settling
    Message.objects.update(state=State.SENDING, lease_owner="x", lease_until=before, data_at=before)
    Sender(relay).run()
    assert state_of(uncertain) == State.DUE


def test_it_arrives_under_its_new_name(egle, uncertain, relay):
    sending.send_again(uncertain, by=egle)
    Sender(relay).run()
    assert state_of(uncertain) == State.SENT
    uncertain.refresh_from_db()
    assert relay.has(uncertain.message_id, clock.read())


@pytest.mark.parametrize("outcome", ["delivered", "taken", "delayed", "returned"])
def test_a_report_about_the_earlier_text_is_none_about_it(egle, dainius, uncertain, outcome):
    sending.send_again(uncertain, by=egle)
    Message.objects.update(state=State.UNCERTAIN, data_at=clock.read())
    uncertain.refresh_from_db()
    assert not reports.take(reports.Told(uncertain.uuid, dainius.email, outcome, "postmark"))
    assert state_of(uncertain) == State.UNCERTAIN
    assert not reports.heard_of(uncertain.message_id)
    name = uuid.UUID(uncertain.message_id.partition("@")[0])
    assert reports.take(reports.Told(name, dainius.email, outcome, "postmark"))
    assert state_of(uncertain) == State.SENT
    assert reports.heard_of(uncertain.message_id)


def test_a_complaint_about_the_earlier_text_is_heard_all_the_same(egle, dainius, uncertain):
    sending.send_again(uncertain, by=egle)
    told = reports.Told(uncertain.uuid, dainius.email, "complained", "postmark")
    assert not reports.take(replace(told, address="other@people.example"))
    assert reports.take(told)
    assert TroubledAddress.objects.get().reason == "complained"
    assert state_of(uncertain) == State.DUE


def test_the_drill_counts_texts_under_both_names(egle, uncertain):
    rule = ReminderRule.objects.create(kind="drill.x", days_before=1)
    thing, day, now = factories.UserFactory().uuid, clock.now().date(), clock.now()
    ReminderPlan.objects.create(
        rule=rule, subject_kind="x.y", subject_uuid=thing, subject_name="x", recipient=uncertain.recipient,
        due_date=day, due_at=now, planned_at=now, state="released", released_at=now, message=uncertain,
    )  # fmt: skip
    earlier = uncertain.message_id
    sending.send_again(uncertain, by=egle)
    uncertain.refresh_from_db()
    outcome = Outcome("reminders", 1, 1)
    taken = weighing._taken(SimpleNamespace(at={earlier: [1.0], uncertain.message_id: [2.0]}), outcome)
    assert (dict(taken), outcome.leaked) == ({(thing, day): [1.0, 2.0]}, 0)
    weighing._taken(SimpleNamespace(at={"unknown": [1.0]}), outcome)
    assert outcome.leaked == 1
