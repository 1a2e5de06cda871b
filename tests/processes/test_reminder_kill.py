"""Kill -9 at every point between planning and recording: a reminder arrives once. With the question to the relay left
out it arrives twice, so these tests would notice."""

import datetime as dt
import os
import subprocess
import sys
from email import message_from_bytes
from urllib.parse import quote

import pytest
from django.db import connection

from alliance_portal.preflight import CLONE
from ground import clock
from members.models import Role
from notifications.models import InboxItem, Message, ReminderPlan
from tests import factories
from tests.processes.conftest import wait_for
from tests.processes.reminder_worker import work

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]


def database_url():
    """The database of this test, as an address."""
    at = connection.settings_dict
    password = f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else ""
    port = f":{at['PORT']}" if at["PORT"] else ""
    return f"postgres://{at['USER']}{password}@{quote(at['HOST'] or 'localhost', safe='')}{port}/{at['NAME']}"


@pytest.fixture
def project():
    """It ends in 60 days, and two people are to be told."""
    project = factories.ProjectFactory(ends_on=clock.now().date() + dt.timedelta(days=60))
    for _ in range(2):
        factories.AppointmentFactory(role=Role.PROJECT_MANAGER, university=project.lead)
    return project


@pytest.fixture
def kill(tmp_path, project):
    """Start a process and kill it with signal 9 when it has come to a point."""
    reached = tmp_path / "reached"
    environment = os.environ | {
        "DATABASE_URL": database_url(), "DATA_DIR": str(tmp_path), "REACHED": str(reached), "PORTAL_MODE": "demo",
    }  # fmt: skip
    environment.pop("REDIS_URL", None)

    def start(name, point):
        reached.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.processes.reminder_worker", name, point]
        process = subprocess.Popen(command, cwd=CLONE, env=environment)
        try:
            wait_for(lambda: reached.exists() or process.poll() is not None, what=f"{name}: {point}")
            assert process.poll() is None, f"{name} ended before {point}"
        finally:
            process.kill()
            process.wait()

    return start


def lease_runs_out():
    """The time that the dead sender's lease still had has passed."""
    past = clock.read() - dt.timedelta(seconds=1)
    assert Message.objects.filter(state=Message.State.SENDING).update(lease_until=past)


@pytest.fixture
def arrived(tmp_path):
    """How often each message arrived."""

    def count():
        counts = {}
        for path in (tmp_path / "mail").glob("*.eml"):
            name = message_from_bytes(path.read_bytes())["Message-ID"]
            counts[name] = counts.get(name, 0) + 1
        return sorted(counts.values())

    return count


def told_once():
    """What the portal holds: one line, one message, one notification for each person."""
    sent = Message.objects.filter(state=Message.State.SENT).count()
    released = ReminderPlan.objects.filter(state=ReminderPlan.State.RELEASED).count()
    return (released, sent, InboxItem.objects.count()) == (2, 2, 2)


@pytest.mark.parametrize("point", ["planned", "releasing", "released"])
def test_a_reminder_whose_planner_is_killed_arrives_once(kill, arrived, point):
    kill("plan", point)
    assert arrived() == []
    assert Message.objects.count() == (2 if point == "released" else 0)
    work("plan")
    work("send")
    assert arrived() == [1, 1]
    assert told_once()


@pytest.mark.parametrize("point", ["claimed", "handing over", "sent", "handing over the second", "noted"])
def test_a_reminder_whose_sender_is_killed_arrives_once(kill, arrived, point):
    work("plan")
    kill("send", point)
    work("send")
    if point != "noted":
        lease_runs_out()
    work("send")
    assert arrived() == [1, 1]
    assert told_once()


def test_of_texts_that_were_taken_one_at_most_is_not_written_down_when_its_sender_is_killed(kill):
    work("plan")
    kill("send", "handing over the second")
    assert sorted(Message.objects.values_list("state", flat=True)) == ["sending", "sent"]


def test_a_reminder_both_of_whose_processes_are_killed_arrives_once(kill, arrived):
    kill("plan", "released")
    kill("send", "sent")
    lease_runs_out()
    work("plan")
    work("send")
    assert arrived() == [1, 1]
    assert told_once()


def test_without_asking_the_relay_it_would_arrive_twice(kill, arrived):
    """The negative control."""
    work("plan")
    kill("careless", "sent")
    lease_runs_out()
    work("careless")
    assert arrived() == [1, 2]
