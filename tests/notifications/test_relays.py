import datetime as dt
import socket
import time
from contextlib import closing

import pytest
from aiosmtpd.controller import Controller

from notifications import relays
from notifications.composing import Envelope
from notifications.relays import Delayed, FileRelay, Refused, SmtpRelay, Unclear

NAME = "0123456789abcdef0123456789abcdef@alliance.example"
SINCE = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
TEXT = b"Subject: x\r\n\r\n.a line that begins with a dot\r\nend\r\n"


def envelope(to="dainius@people.example", name=NAME):
    return Envelope(name, "portal@alliance.example", to, TEXT)


class Handler:
    """A mail server that answers as told and keeps what it took."""

    def __init__(self):
        self.rcpt, self.data, self.drop, self.hang = "250 OK", "250 OK", False, 0.0
        self.taken = []
        self.sessions = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.sessions.add(id(session))
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, server, session, envelope):
        import asyncio

        if self.data.startswith("250"):
            self.taken.append(envelope.content)
        if self.drop:
            server.transport.abort()
        await asyncio.sleep(self.hang)
        return self.data


@pytest.fixture
def handler():
    return Handler()


@pytest.fixture
def smtp(handler):
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    relay = SmtpRelay("127.0.0.1", port, timeout=2)
    yield relay
    relay.close()
    controller.stop()


@pytest.fixture
def handed():
    """How often the text was announced to leave."""
    return []


def test_a_file_is_there_as_a_whole_under_its_name(tmp_path, handed):
    relay = FileRelay(tmp_path / "mail")
    assert relay.has(NAME, SINCE) is False
    relay.deliver(envelope(), lambda: handed.append(list((tmp_path / "mail").glob("*.eml"))))
    assert handed == [[]]
    assert relay.has(NAME, SINCE) is True
    assert [path.name for path in (tmp_path / "mail").iterdir()] == [f"{NAME}.eml"]
    assert (tmp_path / "mail" / f"{NAME}.eml").read_bytes() == TEXT


def test_a_delivery_that_is_stopped_leaves_nothing(tmp_path):
    class Stop(Exception):
        pass

    def stop():
        raise Stop

    with pytest.raises(Stop):
        FileRelay(tmp_path / "mail").deliver(envelope(), stop)
    assert list((tmp_path / "mail").iterdir()) == []


def test_a_folder_that_is_a_file_delays(tmp_path):
    (tmp_path / "mail").write_text("in the way")
    with pytest.raises(Delayed) as told:
        FileRelay(tmp_path / "mail").deliver(envelope(), lambda: None)
    assert told.value.whole


@pytest.mark.parametrize("name", ["../x@alliance.example", "x", f"{NAME}/..", f"{NAME}\n", ""])
def test_a_name_cannot_leave_the_folder(tmp_path, name):
    with pytest.raises(Refused):
        FileRelay(tmp_path).deliver(envelope(name=name), lambda: None)


def test_smtp_takes_the_text_as_it_is(smtp, handler, handed):
    smtp.deliver(envelope(), lambda: handed.append(len(handler.taken)))
    assert handed == [0]
    assert handler.taken == [TEXT]
    assert smtp.has(NAME, SINCE) is None


def test_smtp_keeps_its_connection_for_the_next_message(smtp, handler):
    smtp.deliver(envelope(), lambda: None)
    smtp.deliver(envelope(), lambda: None)
    assert len(handler.taken) == 2
    assert len(handler.sessions) == 1


def test_smtp_opens_a_new_connection_when_the_old_one_was_ended(smtp, handler):
    smtp.deliver(envelope(), lambda: None)
    smtp._server.sock.shutdown(socket.SHUT_RDWR)
    smtp.deliver(envelope(), lambda: None)
    assert len(handler.taken) == 2


@pytest.mark.parametrize(
    ("answer", "error", "whole"),
    [
        ("451 try later", Delayed, False),
        ("421 closing", Delayed, True),
        ("550 no such person", Refused, None),
    ],
)
def test_an_answer_before_the_text_is_certain(smtp, handler, handed, answer, error, whole):
    handler.rcpt = answer
    with pytest.raises(error, match=answer[:3]) as told:
        smtp.deliver(envelope(), lambda: handed.append(1))
    assert handed == []
    if whole is not None:
        assert told.value.whole is whole


@pytest.mark.parametrize(("answer", "error"), [("451 try later", Delayed), ("554 not wanted", Refused)])
def test_an_answer_to_the_text_is_certain(smtp, handler, answer, error):
    handler.data = answer
    with pytest.raises(error):
        smtp.deliver(envelope(), lambda: None)


def test_a_connection_lost_after_the_text_is_unclear(smtp, handler):
    handler.drop = True
    with pytest.raises(Unclear):
        smtp.deliver(envelope(), lambda: None)
    handler.drop = False
    smtp.deliver(envelope(), lambda: None)
    assert len(handler.taken) == 2


def test_a_server_that_hangs_after_the_text_is_unclear_after_the_time_limit(smtp, handler):
    handler.hang = 10
    smtp.timeout = 0.3
    began = time.monotonic()
    with pytest.raises(Unclear):
        smtp.deliver(envelope(), lambda: None)
    assert time.monotonic() - began < 5


def test_nobody_listening_is_a_relay_out_of_reach(handed):
    relay = SmtpRelay("127.0.0.1", 1, timeout=1)
    with pytest.raises(Delayed) as told:
        relay.deliver(envelope(), lambda: handed.append(1))
    assert told.value.whole
    assert handed == []


def test_an_address_with_letters_of_its_own_needs_a_server_that_can(smtp, handler):
    smtp.deliver(envelope(to="žąsis@people.example"), lambda: None)
    assert len(handler.taken) == 1


def test_a_record_answers_for_the_server():
    relay = SmtpRelay("127.0.0.1", 1, record=lambda name, _since: name == NAME)
    assert relay.has(NAME, SINCE) is True
    assert relay.has("other", SINCE) is False


def test_the_settings_choose_the_relay(settings, tmp_path):
    assert isinstance(relays.chosen(), FileRelay)
    settings.MAIL_RELAY = "smtp"
    assert isinstance(relays.chosen(), SmtpRelay)
