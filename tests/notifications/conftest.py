"""Messages to Dainius, and relays that remember."""

import datetime as dt
import uuid

import pytest

from ground import clock
from notifications import kinds, outbox
from notifications.models import Message
from notifications.relays import FileRelay
from notifications.sender import Sender

PERIOD = "projects.period_ends"


class KeepingRelay(FileRelay):
    """A file relay that keeps every copy it gets, so that a message that came twice is there twice."""

    def path(self, message_id):
        copies = len(list(self.folder.glob(f"{message_id}*.eml"))) if self.folder.exists() else 0
        return self.folder / f"{message_id}.{copies}.eml"

    def has(self, message_id, since):
        return any(self.folder.glob(f"{message_id}*.eml"))


def say(to, **more):
    """A message about S-NET-24-50 in the outbox."""
    context = kinds.find(PERIOD).sample | {"ends_on": clock.now().date() + dt.timedelta(days=30)}
    more = {"subject": ("projects.project", uuid.uuid4(), "S-NET-24-50"), "context": context} | more
    return outbox.enqueue(PERIOD, to=to, **more)


def state_of(message):
    return Message.objects.get(pk=message.pk).state


@pytest.fixture
def relay(tmp_path):
    return KeepingRelay(tmp_path / "kept")


@pytest.fixture
def arrived(relay):
    """The texts that arrived."""
    return lambda: [path.read_text() for path in sorted(relay.folder.glob("*.eml"))]


@pytest.fixture
def sender(relay):
    return Sender(relay)
