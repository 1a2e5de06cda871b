import datetime as dt

import pytest
from django.conf import settings
from django.core.management import call_command

from notifications import tasks
from notifications.models import Message
from tests.notifications.conftest import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def ending(dainius, ktu):
    from ground import clock
    from tests import factories

    return factories.ProjectFactory(lead=ktu, ends_on=clock.now().date() + dt.timedelta(days=60))


def test_the_bells_plan_and_send(ending, dainius, tmp_path):
    tasks.plan_reminders()
    tasks.plan_reminders()
    tasks.send_messages()
    tasks.send_messages()
    assert Message.objects.get().state == Message.State.SENT
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1


def test_the_commands_ring_the_same_bells(ending, dainius, capsys):
    call_command("plan_reminders")
    call_command("send_messages")
    call_command("send_messages")
    said = capsys.readouterr().out
    assert "Planned 1, handed to the outbox 1." in said
    assert "Messages: sent 1." in said
    assert "Messages: none." in said


def test_the_commands_can_be_silent(dainius, capsys):
    say(dainius)
    call_command("plan_reminders", verbosity=0)
    call_command("send_messages", verbosity=0)
    assert capsys.readouterr().out == ""


def test_both_bells_are_rung_every_thirty_seconds_by_interval():
    rung = {entry["task"]: entry["schedule"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert rung[tasks.plan_reminders.name] == 30.0
    assert rung[tasks.send_messages.name] == 30.0
