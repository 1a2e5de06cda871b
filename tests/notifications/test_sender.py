import datetime as dt
import threading
import time
from dataclasses import replace
from email import message_from_string, policy

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ground import clock
from notifications import kinds, outbox, wanted
from notifications.composing import BadAddress, checked_address
from notifications.models import InboxItem, Message, Preference, ReminderPlan, ReminderRule
from notifications.relays import Delayed, Refused, Unclear
from notifications.sender import Sender
from tests import factories
from tests.notifications.conftest import PERIOD, KeepingRelay, say, state_of

pytestmark = pytest.mark.django_db
State = Message.State


class Scripted(KeepingRelay):
    """A relay that fails as told: before the text, or after it has taken it."""

    def __init__(self, folder, *, before=None, after=None, keeps_record=True):
        super().__init__(folder)
        self.before, self.after, self.keeps_record = before, after, keeps_record
        self.tried = 0

    def deliver(self, envelope, hand_over):
        self.tried += 1
        if self.before:
            raise self.before
        super().deliver(envelope, hand_over)
        if self.after:
            raise self.after

    def has(self, message_id, since):
        return super().has(message_id, since) if self.keeps_record else None


@pytest.fixture
def scripted(tmp_path):
    return lambda **how: Scripted(tmp_path / "kept", **how)


def due_now(message):
    Message.objects.filter(pk=message.pk).update(next_attempt_at=clock.read())


def lease_ran_out(message):
    past = clock.read() - dt.timedelta(seconds=1)
    Message.objects.filter(pk=message.pk, state=State.SENDING).update(lease_until=past)


def test_a_message_arrives_once_with_its_name_and_both_texts(dainius, sender, arrived):
    message = say(dainius)
    assert sender.run() == {State.SENT: 1}
    assert sender.run() == {}
    [text] = arrived()
    mail = message_from_string(text, policy=policy.default)
    assert mail["Message-ID"] == f"<{message.message_id}>"
    assert mail["To"] == "Dainius Bandomasis <dainius@people.example>"
    assert mail["Subject"].endswith("left")
    assert mail["Content-Language"] == "en"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(("plain",))
    assert mail.get_body(("html",))
    message.refresh_from_db()
    assert message.sent_at
    assert message.lease_owner == ""


def test_a_message_that_can_be_stopped_with_one_click_says_so_in_its_header_and_text(
    dainius, sender, arrived
):
    kind = replace(kinds.find("projects.period_ends"), leave=lambda context: f"/stop/{context['ends_on']}/")
    with kinds.temporarily(kind):
        message = say(dainius)
        sender.run()
    mail = message_from_string(arrived()[0], policy=policy.default)
    address = f"{settings.BASE_URL}/stop/{message.context['ends_on']}/"
    assert mail["List-Unsubscribe"] == f"<{address}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for kind_of_text in ("plain", "html"):
        assert address in mail.get_body((kind_of_text,)).get_content()


def test_a_message_whose_way_out_can_not_be_named_stops_nobody(dainius, sender, arrived):
    kind = replace(kinds.find("projects.period_ends"), leave=lambda context: context["nothing there"])
    with kinds.temporarily(kind):
        message = say(dainius)
        sender.run()
    assert state_of(message) == State.FAILED
    assert arrived() == []


def test_a_message_for_later_waits(dainius, sender):
    message = say(dainius, not_before=clock.now() + dt.timedelta(hours=1))
    assert sender.run() == {}
    due_now(message)
    assert sender.run() == {State.SENT: 1}


def test_a_title_with_line_breaks_can_add_no_header(dainius, sender, arrived):
    say(dainius, subject=("x", dainius.uuid, "S-NET\r\nBcc: other@people.example\r\n\r\nbody"))
    sender.run()
    mail = message_from_string(arrived()[0], policy=policy.default)
    assert mail["Bcc"] is None
    assert "S-NET Bcc: other@people.example body ends on" in mail["Subject"]


@pytest.mark.parametrize(
    "address",
    ["a@people.example\nBcc: b@people.example", "a@people.example, b@people.example", "a" * 65 + "@people.example",
     "nobody", "", "a@b@people.example", "a@people.example\x7f", "<a@people.example>", "a@" + "b" * 240 + ".example",
     "a@people.example b@people.example", "a@people.example;b@people.example", "a@people.example\u2028",
     "rū\u202eta@people.example", "rū\u2028ta@people.example", "š" * 40 + "@people.example", '"a b"@people.example',
     "\rBcc: b@people.example", "ž ž@people.example",
     "a@people..example", "a@" + "ž" * 62 + ".example", "Ana <a@people.example>",
     "a@[127.0.0.1]\r\nRCPT TO:<b@people.example>"],
)  # fmt: skip
def test_what_is_not_one_address_gets_nothing_and_stops_nobody(dainius, ana, sender, arrived, address):
    type(dainius).objects.filter(pk=dainius.pk).update(email=address)
    bad, good = say(dainius), say(ana)
    sender.run()
    assert state_of(bad) == State.FAILED
    assert state_of(good) == State.SENT
    assert len(arrived()) == 1


@pytest.mark.parametrize(
    "address",
    ["a" * 300 + "@people.example", "a@" + "b." * 150 + "example", "ž" * 300 + "@people.example", "a" * 300],
)
def test_an_address_of_300_signs_is_none(address):
    with pytest.raises(BadAddress):
        checked_address(address)


def test_a_domain_with_letters_of_its_own_is_written_in_ascii(dainius, sender, arrived):
    type(dainius).objects.filter(pk=dainius.pk).update(email="info@žalias.example")
    say(dainius)
    sender.run()
    assert "info@xn--alias-tib.example" in arrived()[0]


def test_a_local_part_with_letters_of_its_own_is_written_as_it_is(dainius, ana, sender, arrived):
    """RFC 6531; whether it is taken, the relay says."""
    type(dainius).objects.filter(pk=dainius.pk).update(email="rūta@people.example")
    odd, good = say(dainius), say(ana)
    assert sender.run() == {State.SENT: 2}
    assert {state_of(odd), state_of(good)} == {State.SENT}
    assert any("<rūta@people.example>" in text for text in arrived())


def test_a_text_that_fails_for_one_person_is_parked_and_the_others_go(dainius, ana, sender):
    bad = say(dainius, context={"key": "x"})
    good = say(ana)
    sender.run()
    bad.refresh_from_db()
    assert bad.state == State.FAILED
    assert "WordingFailed" in bad.error
    assert state_of(good) == State.SENT


def test_a_kind_that_is_registered_no_more_is_parked(dainius, sender):
    message = say(dainius)
    Message.objects.filter(pk=message.pk).update(kind="gone.kind")
    sender.run()
    assert state_of(message) == State.FAILED


def test_a_closed_account_gets_nothing(dainius, sender, arrived):
    message = say(dainius)
    type(dainius).objects.filter(pk=dainius.pk).update(is_active=False)
    sender.run()
    assert state_of(message) == State.SKIPPED
    assert arrived() == []


def test_a_person_who_wants_no_such_mail_reads_it_in_the_portal_only(dainius, sender, arrived):
    Preference.objects.create(user=dainius, kind="projects.period_ends", delivery="off")
    message = say(dainius)
    sender.run()
    assert state_of(message) == State.SKIPPED
    assert arrived() == []
    assert InboxItem.objects.visible_to(dainius).count() == 1


def test_what_belongs_to_an_act_of_the_person_is_sent_whatever_was_chosen(dainius, sender):
    optional = kinds.find("projects.period_ends")
    firm = kinds.MessageKind(optional.name, optional.label, optional.why, optional.sample, present=optional.present,
                             transactional=True)  # fmt: skip
    Preference.objects.create(user=dainius, kind=firm.name, delivery="off")
    with kinds.temporarily(firm):
        message = say(dainius)
        sender.run()
    assert state_of(message) == State.SENT


def test_a_delay_before_the_text_is_tried_again_later(dainius, scripted):
    message = say(dainius)
    relay = scripted(before=Delayed("451 later"))
    Sender(relay).run()
    message.refresh_from_db()
    assert message.state == State.DUE
    assert message.error == "451 later"
    assert message.next_attempt_at > clock.read()
    relay.before = None
    due_now(message)
    Sender(relay).run()
    assert state_of(message) == State.SENT


def test_pauses_grow_up_to_half_an_hour(dainius, scripted):
    message = say(dainius)
    sender = Sender(scripted(before=Delayed("451")))
    pauses = []
    for _ in range(9):
        due_now(message)
        sender.run()
        message.refresh_from_db()
        pauses.append(round((message.next_attempt_at - clock.read()).total_seconds() / 30))
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_after_days_of_trying_it_is_given_up_and_said(dainius, scripted):
    message = say(dainius)
    Message.objects.filter(pk=message.pk).update(attempts=12, created_at=clock.now() - dt.timedelta(days=6))
    Sender(scripted(before=Delayed("451 later"))).run()
    message.refresh_from_db()
    assert message.state == State.FAILED
    assert message.error == "451 later"


def test_days_of_waiting_for_a_worker_are_not_days_of_trying(dainius, scripted):
    message = say(dainius)
    Message.objects.filter(pk=message.pk).update(created_at=clock.now() - dt.timedelta(days=6))
    Sender(scripted(before=Delayed("451 later"))).run()
    assert state_of(message) == State.DUE


def test_a_refusal_is_final(dainius, scripted):
    message = say(dainius)
    relay = scripted(before=Refused("550 no such person"))
    Sender(relay).run()
    message.refresh_from_db()
    assert (message.state, message.error) == (State.FAILED, "550 no such person")


def test_a_relay_out_of_reach_ends_the_round_and_costs_the_others_nothing(dainius, scripted):
    first, second, third = say(dainius), say(dainius), say(dainius)
    relay = scripted(before=Delayed("no route", whole=True))
    Sender(relay).run()
    assert relay.tried == 1
    assert [state_of(m) for m in (first, second, third)] == [State.DUE] * 3
    second.refresh_from_db()
    assert second.attempts == 0
    relay.before = None
    assert Sender(relay).run() == {State.SENT: 2}


@pytest.mark.parametrize("failure", [Unclear("gone"), RuntimeError("a mistake of ours")])
def test_no_answer_after_the_text_asks_the_record_and_does_not_send_again(
    dainius, scripted, arrived, failure
):
    message = say(dainius)
    Sender(scripted(after=failure)).run()
    assert state_of(message) == State.SENT
    assert len(arrived()) == 1


def test_no_answer_and_no_record_is_uncertain_and_never_sent_again(dainius, scripted, arrived):
    message = say(dainius)
    relay = scripted(after=Unclear("connection lost"), keeps_record=False)
    Sender(relay).run()
    message.refresh_from_db()
    assert (message.state, message.error) == (State.UNCERTAIN, "Unclear: connection lost")
    relay.after = None
    assert Sender(relay).run() == {}
    assert len(arrived()) == 1


def claimed(sender):
    [message] = sender._claim()
    return message


def test_a_sender_that_died_before_the_text_left_is_followed_by_another(dainius, scripted, arrived):
    message = say(dainius)
    relay = scripted(keeps_record=False)
    claimed(Sender(relay))
    assert Sender(relay).run() == {}
    lease_ran_out(message)
    assert Sender(relay).run() == {State.DUE: 1}
    due_now(message)
    Sender(relay).run()
    assert state_of(message) == State.SENT
    assert len(arrived()) == 1


def test_a_sender_that_died_after_the_text_left_is_settled_by_the_record(dainius, scripted, arrived):
    message = say(dainius)
    relay = scripted()
    dead = Sender(relay)
    dead.record = lambda *_args, **_more: None
    dead.run()
    assert state_of(message) == State.SENDING
    lease_ran_out(message)
    assert Sender(relay).run() == {State.SENT: 1}
    assert len(arrived()) == 1


def test_without_asking_the_record_it_would_come_twice(dainius, scripted, arrived):
    """The negative control of the test above."""

    class Trusting(Sender):
        first_pause = settling = dt.timedelta(0)

        def reconcile(self, message):
            return False

    message = say(dainius)
    relay = scripted()
    dead = Sender(relay)
    dead.record = lambda *_args, **_more: None
    dead.run()
    lease_ran_out(message)
    Trusting(relay).run()
    assert len(arrived()) == 2


def test_a_sender_that_lost_its_lease_sends_nothing_any_more(dainius, scripted, arrived):
    message = say(dainius)
    relay = scripted()
    slow, quick = Sender(relay), Sender(relay)
    held = claimed(slow)
    lease_ran_out(message)
    quick.first_pause = dt.timedelta(0)
    quick.run()
    slow.send(held)
    assert slow.done == {"taken over": 1}
    assert len(arrived()) == 1
    assert state_of(message) == State.SENT


def test_a_sender_that_lost_its_lease_records_nothing_any_more(dainius, sender):
    message = say(dainius)
    held = claimed(sender)
    Message.objects.filter(pk=message.pk).update(lease_owner="another")
    assert sender.record(held, State.SENT) is False
    assert state_of(message) == State.SENDING


@pytest.mark.django_db(transaction=True)
def test_three_senders_at_once_send_each_message_once(ktu, relay, arrived):
    people = factories.UserFactory.create_batch(6)
    wanted = {say(person).message_id for person in people for _ in range(10)}
    barrier, done = threading.Barrier(3), []

    def work():
        try:
            sender = Sender(relay)
            sender.batch = 3
            barrier.wait()
            done.append(sender.run())
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts[State.SENT] for counts in done) == 60
    names = [message_from_string(text)["Message-ID"].strip("<>") for text in arrived()]
    assert len(names) == 60
    assert set(names) == wanted
    assert Message.objects.filter(state=State.SENT).count() == 60


class Acting(KeepingRelay):
    """A relay that does something with the first text in its hands: before it is handed over, or after it is taken."""

    def __init__(self, folder, *, before=None, after=None):
        super().__init__(folder)
        self.before, self.after = before, after

    def deliver(self, envelope, hand_over):
        before, self.before = self.before, None
        if before:
            before()
        super().deliver(envelope, hand_over)
        after, self.after = self.after, None
        if after:
            after()


@pytest.fixture
def reminded():
    """A project that two people are reminded of, and their two messages, as the ledger handed them over."""
    project = factories.ProjectFactory(ends_on=clock.now().date() + dt.timedelta(days=20))
    rule = ReminderRule.objects.create(kind=PERIOD, days_before=25)
    messages = []
    for person in factories.UserFactory.create_batch(2):
        factories.AppointmentFactory(role="project_manager", university=project.lead, user=person)
        plan = ReminderPlan.objects.create(
            rule=rule, subject_kind="projects.project", subject_uuid=project.uuid, subject_name=project.code,
            recipient=f"user:{person.uuid}", due_date=project.ends_on, due_at=clock.now(), planned_at=clock.now(),
        )  # fmt: skip
        messages.append(say(person, subject=("projects.project", project.uuid, project.code), key=plan.key))
        ReminderPlan.objects.filter(pk=plan.pk).update(
            state="released", released_at=clock.now(), message=messages[-1]
        )
    return project, messages


def test_reminders_that_still_hold_are_sent(reminded, sender):
    assert sender.run() == {State.SENT: 2}


def test_what_is_settled_while_its_sender_holds_it_is_not_sent(dainius, tmp_path, arrived):
    """Of two in one batch the second is settled while the first is being sent, and never leaves."""
    first, second = say(dainius), say(dainius)

    def settle():
        outbox.settle(second.subject_kind, second.subject_uuid, kinds=[PERIOD])

    assert Sender(Acting(tmp_path / "kept", before=settle)).run() == {State.SENT: 1, "taken over": 1}
    assert [state_of(one) for one in (first, second)] == [State.SENT, State.CANCELLED]
    assert len(arrived()) == 1


def test_what_is_settled_in_the_last_moment_before_its_text_leaves_is_not_sent(dainius, tmp_path, arrived):
    message = say(dainius)

    def cancel():
        assert outbox.cancel(message.subject_kind, message.subject_uuid) == 1

    assert Sender(Acting(tmp_path / "kept", before=cancel)).run() == {"taken over": 1}
    assert state_of(message) == State.CANCELLED
    assert arrived() == []


def test_what_has_left_can_not_be_taken_back(dainius, tmp_path):
    message = say(dainius)

    def cancel():
        assert outbox.cancel(message.subject_kind, message.subject_uuid) == 0

    Sender(Acting(tmp_path / "kept", after=cancel)).run()
    assert state_of(message) == State.SENT


def test_a_message_whose_notification_is_settled_is_not_sent_whoever_missed_it(dainius, sender):
    """It was in the hands of a sender that died when it was settled, and with data_at, so that it stayed there."""
    message = say(dainius)
    InboxItem.objects.filter(message=message).update(settled_at=clock.now(), read_at=clock.now())
    assert sender.run() == {State.CANCELLED: 1}


def _moves(project):
    return lambda: (
        type(project).objects.filter(pk=project.pk).update(ends_on=project.ends_on + dt.timedelta(9))
    )


def test_a_date_that_moves_while_a_slow_relay_has_the_text_before_it_is_not_told(reminded, tmp_path):
    project, messages = reminded

    def move_slowly():
        _moves(project)()
        time.sleep(Sender.fresh)

    assert Sender(Acting(tmp_path / "kept", after=move_slowly)).run() == {State.SENT: 1, State.CANCELLED: 1}
    assert [state_of(one) for one in messages] == [State.SENT, State.CANCELLED]
    assert InboxItem.objects.filter(message=messages[1]).count() == 0


def test_a_wish_that_changes_while_others_are_sent_holds_at_once(dainius, ana, tmp_path):
    say(ana)
    message = say(dainius)

    class Exact(Sender):
        fresh = 0.0

    def switch_off():
        Preference.objects.create(user=dainius, kind=PERIOD, delivery="off")

    Exact(Acting(tmp_path / "kept", after=switch_off)).run()
    assert state_of(message) == State.SKIPPED


def test_a_batch_is_judged_in_as_many_queries_whether_large_or_small(
    ktu, reminded, django_assert_num_queries
):
    people = factories.UserFactory.create_batch(12)
    messages = [*(say(person) for person in people), *reminded[1]]
    with django_assert_num_queries(16) as few:
        wanted.read([messages[0], messages[-1]])
    with django_assert_num_queries(len(few)):
        wanted.read(messages)


def test_each_message_of_a_batch_costs_two_questions_to_the_database(ktu, relay):
    def asked(number):
        for person in factories.UserFactory.create_batch(number):
            say(person)
        with CaptureQueriesContext(connection) as told:
            sender = Sender(relay)
            sender.fresh = 600.0
            assert sender.run() == {State.SENT: number}
        return len(told)

    asked(1)
    assert (
        asked(11) - asked(1) == 2 * 10
    )  # the moment, and what is written down of this text and the one before


def test_a_text_is_written_down_as_leaving_before_it_leaves_and_as_sent_with_the_next_one(dainius, tmp_path):
    first, second = say(dainius), say(dainius)
    seen = []

    class Watching(KeepingRelay):
        def deliver(self, envelope, hand_over):
            def handed():
                hand_over()
                rows = Message.objects.order_by("pk").values_list("state", "data_at")
                seen.append([(state, at is not None) for state, at in rows])

            super().deliver(envelope, handed)

    Sender(Watching(tmp_path / "kept")).run()
    assert seen == [
        [(State.SENDING, True), (State.SENDING, False)],
        [(State.SENT, True), (State.SENDING, True)],
    ]
    assert [state_of(one) for one in (first, second)] == [State.SENT] * 2


def test_what_was_taken_is_written_down_whatever_happens_to_the_next_one(dainius, ana, tmp_path):
    class Failing(KeepingRelay):
        failure = None

        def deliver(self, envelope, hand_over):
            if self.failure:
                raise self.failure
            super().deliver(envelope, hand_over)
            self.failure = KeyboardInterrupt()

    first, second = say(dainius), say(ana)
    with pytest.raises(KeyboardInterrupt):
        Sender(Failing(tmp_path / "kept")).run()
    assert [state_of(one) for one in (first, second)] == [State.SENT, State.SENDING]


def test_a_sender_that_was_taken_over_neither_hands_over_nor_records(dainius, tmp_path, arrived):
    """Both of its messages went to another sender while the relay had the text of the first."""
    messages = [say(dainius), say(dainius)]

    def take_over():
        Message.objects.update(lease_owner="another", attempts=2)

    assert Sender(Acting(tmp_path / "kept", after=take_over)).run() == {"taken over": 2}
    assert [state_of(one) for one in messages] == [State.SENDING] * 2
    assert set(Message.objects.values_list("lease_owner", flat=True)) == {"another"}
    assert len(arrived()) == 1


def test_what_a_slow_relay_leaves_no_time_for_is_given_back_before_its_lease_runs_out(
    dainius, monkeypatch, relay
):
    messages = [say(dainius) for _ in range(4)]
    began = clock.read()
    told = [began]
    monkeypatch.setattr(clock, "read", lambda: told[0])

    class Slow(Sender):
        fresh = 0.0

        def _sent(self, *given):
            super()._sent(*given)
            told[0] += self.lease * 0.4

    assert Slow(relay).run() == {State.SENT: 4}
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.attempts) == (State.SENT, 1)


def test_messages_are_found_by_an_index_not_by_reading_all(dainius):
    say(dainius)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "notifications_message_due" in Message.objects.waiting(clock.now())[:20].explain()
    assert "notifications_message_lease" in Message.objects.abandoned(clock.now())[:20].explain()
