"""Kill -9 at every point between a digest's building and its recording: each thing is told once, in one letter a day.

A digest that is built bit by bit comes twice, and so does one whose sender does not ask: these tests would notice.
"""

import datetime as dt
import os
import subprocess
import sys
from collections import Counter
from email import message_from_bytes, policy

import pytest

from alliance_portal.preflight import CLONE
from ground import clock
from notifications.models import InboxItem, Message, Preference
from tests import factories
from tests.notifications.conftest import PERIOD, say
from tests.processes.conftest import wait_for
from tests.processes.digest_worker import work
from tests.processes.test_reminder_kill import database_url

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]
State = Message.State
PARTS = 3
POINTS = [
    "stored", "marked", "built", "stored 2", "marked 2", "built 2", "claimed", "checked", "handing over", "sent",
    "checked 2", "handing over the second", "noted",
]  # fmt: skip
# Each of a process that goes on where the one before was killed.
IN_TURN = [
    "stored", "marked", "built", "stored", "marked", "claimed", "checked", "handing over", "sent",
    "handing over", "sent",
]  # fmt: skip


@pytest.fixture
def people():
    """Two people, for each of whom three things wait for today's digest."""
    people = factories.UserFactory.create_batch(2)
    for person in people:
        Preference.objects.create(user=person, kind=PERIOD, delivery="daily")
        for number in range(PARTS):
            say(person, subject=("x.y", person.uuid, f"PART-{number}"))
    past = clock.read() - dt.timedelta(minutes=1)
    Message.objects.update(state=State.HELD, next_attempt_at=past)
    return people


@pytest.fixture
def kill(tmp_path, people):
    """Start a process and kill it with signal 9 when it has come to a point; whether it came there."""
    reached = tmp_path / "reached"
    environment = os.environ | {
        "DATABASE_URL": database_url(), "DATA_DIR": str(tmp_path), "REACHED": str(reached), "PORTAL_MODE": "demo",
    }  # fmt: skip
    environment.pop("REDIS_URL", None)

    def start(name, point):
        reached.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.processes.digest_worker", name, point]
        process = subprocess.Popen(command, cwd=CLONE, env=environment)
        try:
            wait_for(lambda: reached.exists() or process.poll() is not None, what=f"{name}: {point}")
        finally:
            process.kill()
            process.wait()
        return reached.exists()

    return start


@pytest.fixture
def letters(tmp_path):
    """How many letters each person got, and how often each part was told to them."""

    def count():
        mails, told = Counter(), Counter()
        for path in (tmp_path / "mail").glob("*.eml"):
            mail = message_from_bytes(path.read_bytes(), policy=policy.default)
            mails[mail["To"]] += 1
            text = mail.get_body(("plain",)).get_content()
            told.update({(mail["To"], n): text.count(f"PART-{n} ends on") for n in range(PARTS)})
        return sorted(mails.values()), sorted(told.values())

    return count


def leases_run_out():
    """The time that dead senders' leases still had has passed."""
    past = clock.read() - dt.timedelta(seconds=1)
    Message.objects.filter(state=State.SENDING).update(lease_until=past)


def told_once():
    """What the portal holds: each part in a digest that was sent, one digest for each person."""
    parts = Message.objects.filter(kind=PERIOD).values_list("state", "digest__state")
    built = Message.objects.exclude(key="").values_list("state", flat=True)
    return (set(parts), list(built), InboxItem.objects.count()) == (
        {(State.GATHERED, State.SENT)}, [State.SENT] * 2, 2 * PARTS,
    )  # fmt: skip


ONCE = ([1, 1], [1] * 2 * PARTS)


@pytest.mark.parametrize("point", POINTS)
def test_a_digest_whose_builder_or_sender_is_killed_tells_each_thing_once(kill, letters, point):
    assert kill("send", point), f"it never came to {point}"
    work("send")
    leases_run_out()
    work("send")
    assert letters() == ONCE
    assert told_once()


def test_digests_whose_processes_are_killed_again_and_again_tell_each_thing_once(kill, letters):
    for point in IN_TURN:
        assert kill("send", point), f"it never came to {point}"
        leases_run_out()
    work("send")
    leases_run_out()
    work("send")
    assert letters() == ONCE
    assert told_once()


def test_a_digest_that_is_built_in_pieces_would_come_in_two_letters(kill, letters):
    """The negative control of building."""
    assert kill("pieces", "piece")
    work("pieces")
    assert letters() != ONCE
    assert max(letters()[0]) == 2


def test_without_asking_the_relay_a_digest_would_come_twice(kill, letters):
    """The negative control of sending."""
    assert kill("careless", "sent")
    leases_run_out()
    work("careless")
    assert letters() == ([1, 2], [1] * PARTS + [2] * PARTS)
