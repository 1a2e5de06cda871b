import datetime as dt
import os

import pytest

from notifications import mail_log
from notifications.mail_log import MailLog

DOMAIN = "alliance.example"
SINCE = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
AFTER = SINCE + dt.timedelta(minutes=5)


def name(number):
    return f"{number:032x}@{DOMAIN}"


def postfix(number, *, taken=True, at="2026-03-01T11:00:00.5+00:00"):
    queue = f"4XQ{number:04X}"
    lines = [f"{at} mx postfix/cleanup[12]: {queue}: message-id=<{name(number)}>"]
    if taken:
        lines += [
            f"{at} mx postfix/qmgr[13]: {queue}: from=<portal@{DOMAIN}>, size=900, nrcpt=1 (queue active)"
        ]
    return "".join(f"{line}\n" for line in lines)


@pytest.fixture
def write(tmp_path):
    """Write lines into the log, last at `at`."""
    path = tmp_path / "mail.log"

    def write(text, at=AFTER, mode="a"):
        with path.open(mode) as file:
            file.write(text)
        os.utime(path, (at.timestamp(), at.timestamp()))
        return path

    return write


def test_what_the_relay_took_is_found_in_its_log(write):
    log = MailLog("postfix", write(postfix(1) + postfix(2)))
    assert log(name(1), SINCE) is True
    assert log(name(2), SINCE) is True


def test_what_arrived_whole_nowhere_else_is_not_called_taken(write):
    log = MailLog("postfix", write(postfix(1) + postfix(2, taken=False)))
    assert log(name(2), SINCE) is None


def test_it_says_no_where_the_log_must_have_shown_it(write):
    assert MailLog("postfix", write(postfix(1)))(name(9), SINCE) is False


@pytest.mark.parametrize(
    ("lines", "last"),
    [
        (postfix(1), SINCE + dt.timedelta(seconds=30)),  # nothing was written since
        (postfix(1, at="2026-03-01T12:00:01+00:00"), AFTER),  # it begins too late
        (postfix(1, at="some day or other"), AFTER),  # nobody knows when it begins
        ("2026-03-01T11:00:00+00:00 mx sshd[1]: hello\n", AFTER),  # not the relay's log
        (postfix(1).replace(name(1), "of-another-system@x.example"), AFTER),
        ("", AFTER),
        ("\x00\udce4".encode("utf-8", "surrogateescape").decode("latin-1") * 50, AFTER),
    ],
)
def test_a_log_that_may_have_missed_it_knows_nothing(write, lines, last):
    assert MailLog("postfix", write(lines, last))(name(9), SINCE) is None


def test_a_log_that_is_absent_or_a_folder_knows_nothing(tmp_path):
    assert MailLog("postfix", tmp_path / "nothing.log")(name(1), SINCE) is None
    assert MailLog("exim", tmp_path)(name(1), SINCE) is None


def test_only_what_was_added_is_read_and_half_a_line_waits(write, monkeypatch):
    path = write(postfix(1))
    log, seen = MailLog("postfix", path), []
    note = log._note
    monkeypatch.setattr(log, "_note", lambda line: (seen.append(line), note(line)))
    assert log(name(2), SINCE) is False
    first, half = len(seen), postfix(2)
    write(half[:-20])
    assert log(name(2), SINCE) is None
    write(half[-20:])
    assert log(name(2), SINCE) is True
    assert (first, len(seen)) == (2, 4)


def test_a_log_that_was_put_aside_is_read_to_its_end(write):
    path = write(postfix(1))
    log = MailLog("postfix", path)
    assert log(name(3), SINCE) is False
    write(postfix(2))
    path.rename(path.with_name("mail.log.1"))
    write(postfix(3))
    assert [log(name(n), SINCE) for n in (1, 2, 3)] == [True, True, True]
    assert log(name(4), SINCE) is False


def test_the_log_before_is_read_at_the_first_look(write):
    path = write(postfix(1))
    path.rename(path.with_name("mail.log.1"))
    write(postfix(2, at="2026-03-01T12:03:00+00:00"))
    log = MailLog("postfix", path)
    assert log(name(1), SINCE) is True
    assert log(name(9), SINCE) is False


def test_a_log_of_which_a_part_was_missed_no_longer_says_no(write):
    path = write(postfix(1))
    log = MailLog("postfix", path)
    assert log(name(9), SINCE) is False
    write("2026-03-01T12:04:00+00:00 mx x\n", mode="w")
    assert log(name(9), SINCE) is None
    assert log(name(1), SINCE) is True


def test_a_very_long_log_is_read_from_near_its_end(write, monkeypatch):
    monkeypatch.setattr(mail_log, "FARTHEST", 400)
    log = MailLog("postfix", write("".join(postfix(n) for n in range(1, 20))))
    assert log(name(19), SINCE) is True
    assert log(name(1), SINCE) is False  # all of what is left was written before it


def test_exim_says_it_in_one_line(write):
    line = f"2026-03-01 11:00:00+00:00 1tXyZ1-0004Qe-AB <= portal@x.example H=a P=esmtp S=900 id={name(1)}\n"
    log = MailLog("exim", write(line))
    assert log(name(1), SINCE) is True
    assert log(name(2), SINCE) is False


def test_old_stamps_say_neither_year_nor_zone():
    now = dt.datetime.now().astimezone()
    assert abs(mail_log.moment_of(f"{now:%b %e %H:%M:%S} mx postfix".encode()) - now) < dt.timedelta(
        seconds=2
    )
    future = now + dt.timedelta(days=20)
    assert mail_log.moment_of(f"{future:%b %e %H:%M:%S} mx".encode()).year == future.year - 1
    assert mail_log.moment_of(b"x") is None


@pytest.mark.parametrize("said", ["/var/log/mail.log", "sendmail:/var/log/x", "postfix:mail.log", "postfix:"])
def test_a_setting_that_says_something_else_is_refused(said):
    with pytest.raises(ValueError, match="MAIL_RECORD"):
        mail_log.from_setting(said)


def test_without_the_setting_nobody_is_asked():
    assert mail_log.from_setting("") is None
    assert isinstance(mail_log.from_setting("postfix:/var/log/mail.log"), MailLog)
