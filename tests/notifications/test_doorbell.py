import socket
import time
from collections.abc import Iterator

import pytest
from celery import current_app
from django.db import transaction

from notifications import doorbell
from notifications.doorbell import Bell
from notifications.models import Message
from tests.notifications.conftest import say


def rung() -> int:
    """How many bells were heard since the last look."""
    with current_app.connection_for_read() as broker:
        queue = broker.SimpleQueue("celery")
        count = 0
        try:
            while True:
                queue.get_nowait().ack()
                count += 1
        except queue.Empty:
            return count
        finally:
            queue.close()


@pytest.fixture
def broker_url() -> Iterator[object]:
    """Set the broker for one test."""
    before = current_app.conf.broker_url

    def use(url):
        current_app.conf.broker_url = url

    yield use
    current_app.conf.broker_url = before


@pytest.mark.django_db(transaction=True)
def test_a_transaction_rings_once_and_only_when_it_is_committed(dainius):
    rung()
    with transaction.atomic():
        say(dainius)
        say(dainius)
        assert rung() == 0
    assert rung() == 1


@pytest.mark.django_db(transaction=True)
def test_a_bell_of_a_part_that_was_undone_does_not_silence_the_rest(dainius):
    rung()
    with transaction.atomic():
        try:
            with transaction.atomic():
                say(dainius)
                raise ValueError
        except ValueError:
            pass
        say(dainius)
    assert rung() == 1
    assert Message.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_fails_nothing(dainius, broker_url, caplog):
    broker_url("redis://127.0.0.1:1/0")
    doorbell._bells[doorbell.SEND_MESSAGES].quiet_until = 0.0
    message = say(dainius)
    assert Message.objects.filter(pk=message.pk).exists()
    assert "The broker does not answer" in caplog.text
    doorbell._bells[doorbell.SEND_MESSAGES].quiet_until = 0.0


def test_a_broker_that_hangs_costs_a_moment_once(broker_url):
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        broker_url(f"redis://127.0.0.1:{listening.getsockname()[1]}/0")
        bell = Bell(doorbell.SEND_MESSAGES)
        began = time.monotonic()
        bell()
        first = time.monotonic() - began
        began = time.monotonic()
        bell()
        assert first < 5
        assert time.monotonic() - began < 0.05
