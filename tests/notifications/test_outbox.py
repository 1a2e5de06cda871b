import datetime as dt
import threading
import uuid
from contextlib import suppress

import pytest
from django.db import IntegrityError, connection, transaction

from ground import clock
from notifications import inbox, kinds, outbox
from notifications.models import InboxItem, Message
from tests.notifications.conftest import PERIOD, say

pytestmark = pytest.mark.django_db


def test_a_message_is_a_row_and_an_item_in_the_inbox(dainius):
    message = say(dainius)
    assert message.recipient == f"user:{dainius.uuid}"
    assert message.address == ""
    assert message.state == Message.State.DUE
    assert message.message_id == f"{message.uuid.hex}@alliance.example"
    assert message.inbox_item.user == dainius
    assert inbox.unread_count(dainius) == 1


def test_what_is_rolled_back_leaves_no_message(dainius):
    class Changed(Exception):
        pass

    with suppress(Changed), transaction.atomic():
        say(dainius)
        raise Changed
    assert not Message.objects.exists()
    assert not InboxItem.objects.exists()


def test_the_same_key_twice_is_one_message(dainius):
    assert say(dainius, key="offer:1") is not None
    assert say(dainius, key="offer:1") is None
    assert Message.objects.count() == 1
    assert InboxItem.objects.count() == 1


def test_messages_without_a_key_do_not_exclude_each_other(dainius):
    say(dainius)
    say(dainius)
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_key_from_ten_at_once_is_one_message(dainius):
    barrier, made = threading.Barrier(10), []

    def try_it():
        try:
            barrier.wait()
            made.append(say(dainius, key="offer:2"))
        finally:
            connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(message is not None for message in made) == 1
    assert Message.objects.count() == InboxItem.objects.count() == 1


def test_an_unknown_kind_is_refused_at_once(dainius):
    with pytest.raises(kinds.UnknownKind):
        outbox.enqueue("nobody.said", to=dainius, subject=("x", uuid.uuid4(), "X"), context={})


def test_records_in_the_context_are_refused_at_once(dainius):
    with pytest.raises(TypeError):
        say(dainius, context={"user": dainius})


def test_a_message_for_later_is_not_shown_before(dainius):
    later = clock.now() + dt.timedelta(hours=2)
    message = say(dainius, not_before=later)
    assert message.next_attempt_at == later
    assert inbox.unread_count(dainius) == 0
    with clock.one_moment(later):
        assert inbox.unread_count(dainius) == 1


def test_messages_that_nobody_began_to_send_can_be_taken_back(dainius):
    subject = ("mobility.call", uuid.uuid4(), "Studies")
    message = say(dainius, subject=subject, not_before=clock.now() + dt.timedelta(hours=1))
    other = say(dainius)
    assert outbox.cancel("mobility.call", subject[1], kind="other.kind") == 0
    assert outbox.cancel("mobility.call", subject[1]) == 1
    message.refresh_from_db()
    assert message.state == Message.State.CANCELLED
    assert not InboxItem.objects.filter(message=message).exists()
    other.refresh_from_db()
    assert other.state == Message.State.DUE


def test_an_unknown_language_becomes_the_default(dainius):
    dainius.language = "xx"
    assert say(dainius).language == "en"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"state": "sending"}, "lease_pair"),
        ({"state": "sent"}, "sent_pair"),
        ({"lease_owner": "x"}, "lease_pair"),
        ({"address": "a@people.example"}, "recipient"),
        ({"recipient": "somebody"}, "recipient"),
        ({"subject_kind": ""}, "subject_pair"),
    ],
)
def test_the_database_refuses_half_states(dainius, change, constraint):
    message = say(dainius)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**change)


def test_enqueueing_costs_few_queries(dainius, django_assert_num_queries):
    with clock.one_moment(clock.now()):
        with django_assert_num_queries(4):  # savepoint, message, item, release
            say(dainius)
        with django_assert_num_queries(5):  # and which message has the key
            say(dainius, key="k")


def test_the_kind_of_the_tests_is_registered():
    assert kinds.find(PERIOD)


def test_what_is_settled_is_not_sent_and_no_longer_new_but_for_those_it_still_asks(dainius, ana):
    subject = ("members.agreement", uuid.uuid4(), "KTU – UA")
    settled, asked = say(dainius, subject=subject), say(ana, subject=subject)
    elsewhere = say(dainius)
    sent = say(dainius, subject=subject)
    Message.objects.filter(pk=sent.pk).update(state=Message.State.SENT, sent_at=clock.now())
    outbox.settle(*subject[:2], kinds=["other.kind"])
    assert not Message.objects.filter(state=Message.State.CANCELLED).exists()
    outbox.settle(*subject[:2], kinds=[settled.kind], but=[ana])
    states = dict(Message.objects.values_list("pk", "state"))
    assert [states[one.pk] for one in (settled, asked, elsewhere, sent)] == [
        "cancelled",
        "due",
        "due",
        "sent",
    ]
    items = dict(InboxItem.objects.filter(settled_at__isnull=False).values_list("message", "user"))
    assert items == {settled.pk: dainius.pk, sent.pk: dainius.pk}
    assert (inbox.unread_count(dainius), inbox.unread_count(ana)) == (1, 1)


def test_what_was_read_before_keeps_when_that_was(dainius):
    message = say(dainius)
    early = clock.now() - dt.timedelta(days=1)
    InboxItem.objects.update(read_at=early)
    outbox.settle(message.subject_kind, message.subject_uuid, kinds=[message.kind])
    assert InboxItem.objects.get().read_at == early
