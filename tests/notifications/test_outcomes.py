"""Every answer a relay can give, over the real protocol, and what becomes of the message."""

import time

import pytest

from bench.mailbox import HungUp, Mailbox, open_for
from notifications.models import InboxItem, Message, TroubledAddress
from notifications.relays import SmtpRelay
from notifications.sender import Sender
from tests.notifications.conftest import say, state_of

pytestmark = pytest.mark.django_db
State = Message.State
HANG = 0.6


class Scripted(Mailbox):
    """Answers as told: "drop" ends the connection, "hang" waits for longer than anybody does, then takes it."""

    def __init__(self, rcpt, data, *, takes):
        super().__init__()
        self.rcpt, self.data, self.takes, self.names = rcpt, data, takes, []

    def recipient(self, address):
        return self._play(self.rcpt)

    def text(self, name):
        if self.takes:
            self.names.append(name)
        return self._play(self.data)

    def _play(self, told):
        if told == "drop":
            raise HungUp
        if told == "hang":
            time.sleep(HANG)
            return "250 OK"
        return told


OK = "250 OK"


@pytest.mark.parametrize(
    ("rcpt", "data", "takes", "with_record", "without_record"),
    [
        (OK, OK, True, State.SENT, State.SENT),
        ("421 4.3.0 closing", OK, False, State.DUE, State.DUE),
        ("451 4.7.1 greylisted", OK, False, State.DUE, State.DUE),
        ("452 4.2.2 full", OK, False, State.DUE, State.DUE),
        ("550 5.1.1 no such person", OK, False, State.FAILED, State.FAILED),
        ("drop", OK, False, State.DUE, State.DUE),
        ("hang", OK, False, State.DUE, State.DUE),
        (OK, "451 4.3.0 try later", False, State.DUE, State.DUE),
        (OK, "421 4.3.0 closing", False, State.DUE, State.DUE),
        (OK, "550 5.7.1 not wanted", False, State.FAILED, State.FAILED),
        (OK, "no answer at all", True, State.SENT, State.UNCERTAIN),
        (OK, "", True, State.SENT, State.UNCERTAIN),
        (OK, "354 go on", True, State.SENT, State.UNCERTAIN),
        ("no answer at all", OK, False, State.DUE, State.DUE),
        (OK, "554 5.7.1 refused", False, State.FAILED, State.FAILED),
        (OK, "drop", True, State.SENT, State.UNCERTAIN),
        (OK, "drop", False, State.SENDING, State.UNCERTAIN),
        (OK, "hang", True, State.SENT, State.UNCERTAIN),
    ],
)
@pytest.mark.parametrize("record", [True, False])
def test_what_becomes_of_a_message(dainius, rcpt, data, takes, with_record, without_record, record):
    message = say(dainius)
    with open_for(Scripted(rcpt, data, takes=takes)) as box:
        asked = (lambda name, _since: name in box.names) if record else None
        Sender(SmtpRelay("127.0.0.1", box.port, timeout=HANG / 2, record=asked)).run()
        assert state_of(message) == (with_record if record else without_record)
        assert len(box.names) == takes


@pytest.mark.parametrize(
    ("answer", "marked"),
    [
        ("550 5.1.1 <x> no such person", True),
        ("550 no such person here", True),
        ("551 moved", True),
        ("553 5.1.3 bad address", True),
        ("550 5.7.1 spam", False),
        ("552 5.2.2 full", False),
        ("554 5.7.1 listed", False),
    ],
)
def test_an_address_that_does_not_exist_is_marked_and_one_that_is_refused_for_now_is_not(
    dainius, answer, marked
):
    say(dainius)
    with open_for(Scripted(answer, OK, takes=False)) as box:
        Sender(SmtpRelay("127.0.0.1", box.port, timeout=2)).run()
    assert TroubledAddress.objects.exists() == marked
    assert InboxItem.objects.filter(kind="notifications.refused", user=dainius).exists() == marked


def test_a_marked_address_gets_nothing_optional_and_is_free_once_it_takes_a_mail(dainius, sender, arrived):
    from dataclasses import replace

    from ground import clock
    from notifications import kinds, troubles

    troubles.mark(
        dainius.email, "refused", clock.read(), said=f"550 <{dainius.email.upper()}> {dainius.email}"
    )
    assert dainius.email not in TroubledAddress.objects.get().said
    optional = say(dainius)
    assert sender.run() == {State.SKIPPED: 1}
    assert state_of(optional) == State.SKIPPED
    with kinds.temporarily(replace(kinds.find("projects.period_ends"), transactional=True)):
        say(dainius)
        assert sender.run() == {State.SENT: 1}
    assert not TroubledAddress.objects.exists()


def test_a_no_of_the_record_is_believed_only_after_the_relay_must_have_finished(dainius, relay):
    import datetime as dt

    from ground import clock

    class Slow(Sender):
        first_pause = dt.timedelta(0)

    message = say(dainius)
    with open_for(Scripted(OK, "drop", takes=False)) as box:
        chosen = SmtpRelay("127.0.0.1", box.port, timeout=2, record=lambda *_: False)
        assert Slow(chosen).run() == {"unanswered": 1}
        assert Slow(chosen).run() == {}
        past = clock.read() - Sender.settling
        Message.objects.filter(pk=message.pk).update(data_at=past, lease_until=past)
        box.data = OK
        assert Slow(chosen).run() == {State.DUE: 1, State.SENT: 1}


@pytest.mark.parametrize(
    "answer", [b"550 5.1.1 \xff\xfe\xed\xa0\x80 no\x00 such \x1b[31m person", b"451 \x00\xff later"]
)
@pytest.mark.parametrize("of", ["rcpt", "data"])
def test_what_a_relay_says_in_no_letters_at_all_breaks_nothing(dainius, ana, answer, of):
    class Babbling(Scripted):
        def handle_error(self, request, client_address): ...

    said = answer.decode("utf-8", "surrogateescape")
    first, second = say(dainius), say(ana)
    with open_for(Babbling(said if of == "rcpt" else OK, said if of == "data" else OK, takes=False)) as box:
        Sender(SmtpRelay("127.0.0.1", box.port, timeout=2)).run()
    for message in (first, second):
        message.refresh_from_db()
        assert message.state == (State.FAILED if said.startswith("5") else State.DUE)
        assert message.error.startswith(said[:3])
        assert "\x00" not in message.error
        message.error.encode()


@pytest.mark.parametrize("error", [OSError("\x00\udcff no such host"), RuntimeError("a\x00b\ud800")])
def test_an_error_in_no_letters_at_all_can_be_written_down(dainius, relay, error, monkeypatch):
    def fail(*given):
        raise error

    monkeypatch.setattr(relay, "deliver", fail)
    message = say(dainius)
    Sender(relay).run()
    message.refresh_from_db()
    assert message.state == State.DUE
    assert type(error).__name__ in message.error


def test_a_greeting_that_never_comes_costs_no_message_an_attempt(dainius, ana):
    import socket
    from contextlib import closing

    messages = [say(dainius), say(ana), say(dainius)]
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        began = time.monotonic()
        done = Sender(SmtpRelay("127.0.0.1", silent.getsockname()[1], timeout=HANG)).run()
    assert time.monotonic() - began < 5 * HANG
    assert done == {State.DUE: 1}
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.attempts, message.data_at) == (State.DUE, 0, None)


def test_a_relay_that_is_down_for_days_costs_no_message_an_attempt(dainius, monkeypatch):
    import datetime as dt

    from ground import clock

    now = [clock.read()]
    monkeypatch.setattr(clock, "read", lambda: now[0])
    messages = [say(dainius) for _ in range(3)]
    down = SmtpRelay("127.0.0.1", 1, timeout=1)
    for _ in range(60):
        Sender(down).run()
        now[0] += dt.timedelta(hours=3)
    for message in messages:
        message.refresh_from_db()
        assert (message.state, message.attempts) == (State.DUE, 0)
    with open_for(Scripted(OK, OK, takes=True)) as box:
        assert Sender(SmtpRelay("127.0.0.1", box.port, timeout=2)).run() == {State.SENT: 3}


def test_a_message_at_which_the_relay_hangs_up_is_tried_more_and_more_seldom_and_the_others_go(dainius, ana):
    class Choosy(Scripted):
        def recipient(self, address):
            if address == dainius.email:
                raise HungUp
            return OK

    bad, good = say(dainius), say(ana)
    with open_for(Choosy(OK, OK, takes=True)) as box:
        relay = SmtpRelay("127.0.0.1", box.port, timeout=2)
        Sender(relay).run()
        Sender(relay).run()
    bad.refresh_from_db()
    assert (bad.state, bad.attempts) == (State.DUE, 1)
    assert state_of(good) == State.SENT


@pytest.mark.parametrize("offered", [True, False])
def test_an_address_with_letters_of_its_own_goes_where_the_relay_takes_it(dainius, ana, offered):
    """RFC 6531: with SMTPUTF8 as it is, its domain in ASCII; without it is parked in clear words."""

    class Server(Scripted):
        offers = ("SMTPUTF8", "8BITMIME") if offered else ()

        def recipient(self, address):
            seen.append(address)
            return OK

    seen = []
    type(dainius).objects.filter(pk=dainius.pk).update(email="rūta@žalias.example")
    odd, good = say(dainius), say(ana)
    with open_for(Server(OK, OK, takes=True)) as box:
        Sender(SmtpRelay("127.0.0.1", box.port, timeout=2)).run()
        assert ("rūta@xn--alias-tib.example" in seen) is offered
    odd.refresh_from_db()
    assert state_of(good) == State.SENT
    assert odd.state == (State.SENT if offered else State.FAILED)
    assert offered or "letters outside ASCII" in odd.error
