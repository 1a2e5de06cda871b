"""Mails that came back, from a maildir or a pipe: RFC 3464, and whatever else anybody sends there."""

import io
import sys
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications import bounces
from notifications.bounces import NoReport
from notifications.management.commands import take_bounces as bounces_command
from notifications.models import DeliveryReport, TroubledAddress
from tests.notifications.conftest import state_of
from tests.notifications.test_reports import chosen, left

MAIL = """From: MAILER-DAEMON@relay.example
To: portal@alliance.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="B"

--B
Content-Type: text/plain

I'm sorry to have to inform you.

--B
{report}

--B
Content-Type: {original}

Message-ID: <{name}>
Subject: S-NET-24-50 ends
To: <{address}>

--B--
"""
STATUS = """Content-Type: message/delivery-status

Reporting-MTA: dns; relay.example

Final-Recipient: rfc822; {address}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
"""


def mail(name="0" * 32 + "@alliance.example", address="ana@people.example", *, action="failed", status="5.1.1",
         said="550 5.1.1 no such user", original="message/rfc822", report="", kind="delivery-status"):  # fmt: skip
    report = report or STATUS.format(address=address, action=action, status=status, said=said)
    filled = MAIL.format(kind=kind, report=report.strip(), original=original, name=name, address=address)
    return filled.replace("\n", "\r\n").encode()


@pytest.mark.parametrize("original", ["message/rfc822", "text/rfc822-headers"])
@pytest.mark.parametrize(
    ("action", "status", "said", "outcome"),
    [
        ("failed", "5.1.1", "550 5.1.1 no such user", "gone"),
        ("failed", "5.0.0", "550 no such user", "gone"),
        ("failed", "5.2.2", "552 5.2.2 full", "returned"),
        ("failed", "5.7.1", "550 5.7.1 no", "returned"),
        ("failed", "4.4.1", "connection timed out", "returned"),
        ("Delayed", "4.4.1", "connection timed out", "delayed"),
        ("delivered", "2.0.0", "250 ok", "delivered"),
        ("relayed", "2.0.0", "250 ok", "taken"),
    ],
)
def test_a_status_says_what_became_of_it(original, action, status, said, outcome):
    [told] = bounces.read(mail(action=action, status=status, said=said, original=original))
    assert (told.outcome, told.address, told.message.hex) == (outcome, "ana@people.example", "0" * 32)


def test_the_original_recipient_counts_where_mail_was_passed_on():
    report = STATUS.format(address="other@elsewhere.example", action="failed", status="5.1.1", said="550 x")
    report = report.replace("Action", "Original-Recipient: rfc822;ana@people.example\nAction")
    assert bounces.read(mail(report=report))[0].address == "ana@people.example"


def test_a_complaint_is_read():
    report = "Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: <ana@people.example>"
    [told] = bounces.read(mail(report=report, kind="feedback-report"))
    assert (told.outcome, told.address) == ("complained", "ana@people.example")
    with pytest.raises(NoReport):
        bounces.read(mail(report=report.replace("abuse", "not-spam"), kind="feedback-report"))


def nested(depth):
    head = "".join(f'Content-Type: multipart/mixed; boundary="b{i}"\r\n\r\n--b{i}\r\n' for i in range(depth))
    return head.encode()


HOSTILE = [
    b"", b"\x00" * 1000, b"\xff\xfe" * 1000, b"Subject: hello\r\n\r\nhello", nested(15), nested(5000),
    b"a" * 10_000_000,
    b"Content-Type: multipart/report; boundary=\r\n\r\n",
    b'Content-Type: multipart/report; boundary="B"\r\n\r\n--B--\r\n',
    b'Content-Type: multipart/report; boundary="B"\r\n\r\n' + b"--B\r\n\r\n" * 50_000,
    b"Content-Type: multipart/report; " + b"a=b; " * 40_000 + b"\r\n\r\n",
    b"Content-Type: message/delivery-status\r\n\r\nAction: failed", b"X: " + b"(" * 200_000,
    mail(kind="x" * 5000), mail(name="no-name"), mail(action="dance"), mail(address=""),
    mail(address="x; ana@x.example"),
    mail(status="9" * 5000, said="(" * 5000, address="@" * 5000), mail()[:600],
    mail().replace(b"rfc822;", b"x400;"), mail().replace(b"message/delivery-status", b"text/plain"),
    b"Content-Type: " + b"message/rfc822\r\n\r\nContent-Type: " * 3000,
]  # fmt: skip


@pytest.mark.parametrize("data", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.django_db
def test_whatever_comes_is_answered_in_one_line(data, pipe):
    said = pipe(data)
    assert said.count("\n") == 1
    assert "Traceback" not in said
    assert not DeliveryReport.objects.exists()


def test_what_is_nested_deeply_is_not_even_parsed():
    with pytest.raises(NoReport, match="nested"):
        bounces.read(nested(bounces.DEEPEST + 1))


def answer(data):
    """What was told, or why nothing was."""
    try:
        return bounces.read(data)
    except NoReport as error:
        return str(error)


@given(st.binary(max_size=400))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_read_or_left_alone(noise):
    for data in (noise, mail().replace(b"failed", noise), mail().replace(b"ana@people.example", noise)):
        said = answer(data)
        assert isinstance(said, list) or "\n" not in said


@pytest.fixture
def pipe(monkeypatch):
    """What the command says to a mail on its standard input."""

    def run(data):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(data)))
        out = io.StringIO()
        call_command("take_bounces", stdout=out)
        return out.getvalue()

    return run


@pytest.mark.django_db
def test_a_mail_that_came_back_marks_the_address_once(dainius, ana, pipe):
    message = left(dainius)
    data = mail(message.message_id, dainius.email)
    assert pipe(data) == "1 told, 1 new.\n"
    assert pipe(data) == "1 told, 0 new.\n"
    assert TroubledAddress.objects.count() == 1
    assert pipe(mail(message.message_id, ana.email)) == "1 told, 0 new.\n"
    assert TroubledAddress.objects.count() == 1


@pytest.mark.django_db
def test_a_mail_that_came_back_settles_and_a_complaint_switches_off(dainius, pipe):
    message = left(dainius, "uncertain")
    report = (
        f"Content-Type: message/feedback-report\n\nFeedback-Type: abuse\nOriginal-Rcpt-To: {dainius.email}"
    )
    assert (
        pipe(mail(message.message_id, dainius.email, report=report, kind="feedback-report"))
        == "1 told, 1 new.\n"
    )
    assert state_of(message) == "sent"
    assert chosen(dainius) == "off"


@pytest.mark.django_db
def test_a_maildir_is_read_once_and_what_is_no_mail_stays(dainius, tmp_path):
    for folder in ("new", "cur", "tmp", "new/folder"):
        (tmp_path / folder).mkdir()
    message = left(dainius)
    (tmp_path / "new" / "1.a").write_bytes(mail(message.message_id, dainius.email))
    (tmp_path / "new" / "2.b").write_bytes(b"\xff")
    (tmp_path / "secret").write_text("mine")
    (tmp_path / "new" / "3.link").symlink_to(tmp_path / "secret")
    for expected in ("1 told, 1 new.\nLeft alone: It is not about a message of ours.\n", ""):
        out = io.StringIO()
        call_command("take_bounces", maildir=tmp_path, stdout=out)
        assert out.getvalue() == expected
    assert sorted(path.name for path in (tmp_path / "cur").iterdir()) == ["1.a:2,S", "2.b:2,S"]
    with pytest.raises(CommandError, match="maildir"):
        call_command("take_bounces", maildir=tmp_path / "nowhere")


@pytest.mark.django_db
def test_without_a_database_the_mail_is_kept_for_later(dainius, pipe, monkeypatch):
    def gone(told):
        raise OperationalError("gone")

    monkeypatch.setattr(bounces_command.reports, "take", gone)
    with pytest.raises(CommandError) as told:
        pipe(mail(left(dainius).message_id, dainius.email))
    assert told.value.returncode == 75


@pytest.fixture
def maildir(tmp_path):
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


def test_a_mail_that_another_reader_took_stops_nobody(maildir, dainius, monkeypatch):
    message = left(dainius)
    (maildir / "new" / "1").write_bytes(b"somebody else's by now")
    (maildir / "new" / "2").write_bytes(mail(message.message_id, dainius.email))
    found = bounces_command.Command._new

    def taken(self, folder):
        for path in found(self, folder):
            if path.name == "1":
                path.unlink()
            yield path

    monkeypatch.setattr(bounces_command.Command, "_new", taken)
    call_command("take_bounces", maildir=maildir, verbosity=0)
    assert DeliveryReport.objects.count() == 1


def test_a_mail_that_can_not_be_put_aside_stops_nobody(maildir, dainius):
    message = left(dainius)
    (maildir / "new" / "1").write_bytes(mail())
    (maildir / "cur" / "1:2,S").mkdir()
    (maildir / "new" / "2").write_bytes(mail(message.message_id, dainius.email))
    call_command("take_bounces", maildir=maildir, verbosity=0)
    assert DeliveryReport.objects.count() == 1
