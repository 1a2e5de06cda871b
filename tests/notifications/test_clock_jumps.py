"""A clock that was ahead for a while, and is right again: nothing that was promised waits until it comes round."""

import datetime as dt

import pytest

from ground import clock
from notifications import brakes
from notifications.models import Brake, InboxItem, Message
from notifications.sender import Sender
from tests import factories
from tests.notifications.conftest import KeepingRelay, say, state_of

pytestmark = pytest.mark.django_db
State = Message.State
NOW = dt.datetime(2026, 6, 1, 9, 0, tzinfo=dt.UTC)
YEAR, MINUTE = dt.timedelta(days=365), dt.timedelta(minutes=1)


@pytest.fixture
def hands(monkeypatch):
    """The database's clock, set by hand."""
    told = [NOW]
    monkeypatch.setattr(clock, "read", lambda: told[0])
    return lambda moment: told.__setitem__(0, moment)


class Dies(BaseException):
    """The process is gone."""


class Deadly(KeepingRelay):
    """A process that dies before the text leaves, or right after the relay took it."""

    after = False

    def deliver(self, envelope, hand_over):
        if not self.after:
            raise Dies
        super().deliver(envelope, hand_over)
        raise Dies


@pytest.mark.parametrize("ahead", [YEAR, dt.timedelta(hours=2)], ids=["a year", "two hours"])
@pytest.mark.parametrize("after", [False, True], ids=["before the text left", "after it left"])
def test_what_a_sender_held_when_it_died_under_a_clock_that_was_ahead_comes_once(
    dainius, hands, tmp_path, arrived, relay, ahead, after
):
    hands(NOW + ahead)
    message = say(dainius)
    deadly = Deadly(relay.folder)
    deadly.after = after
    with pytest.raises(Dies):
        Sender(deadly).run()
    assert state_of(message) == State.SENDING
    for minutes in range(0, 40, 5):
        hands(NOW + minutes * MINUTE)
        Sender(relay).run()
    assert state_of(message) == State.SENT
    assert len(arrived()) == 1


@pytest.mark.parametrize("ahead", [YEAR, dt.timedelta(hours=2)], ids=["a year", "two hours"])
def test_what_was_said_under_a_clock_that_was_ahead_is_sent_and_seen_now(dainius, hands, sender, ahead):
    hands(NOW + ahead)
    message = say(dainius)
    hands(NOW)
    assert sender.run() == {State.SENT: 1}
    assert state_of(message) == State.SENT
    assert InboxItem.objects.visible_to(dainius).shown_at(NOW).count() == 1


def test_what_is_for_later_still_waits_for_its_time(dainius, hands, sender):
    message = say(dainius, not_before=NOW + YEAR)
    assert sender.run() == {}
    hands(NOW + YEAR)
    assert sender.run() == {State.SENT: 1}
    assert state_of(message) == State.SENT


def stopped(number, at):
    """So many messages went out at a moment."""
    for _ in range(number):
        message = say(factories.UserFactory())
        Message.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=at)


def test_a_stop_under_a_clock_that_was_ahead_does_not_take_the_brake_away_for_a_year(settings, hands):
    settings.MAIL_BRAKE_FLOOR = 3
    hands(NOW + YEAR)
    stopped(3, NOW + YEAR)
    assert brakes.paused(NOW + YEAR)
    hands(NOW)
    brakes.release(NOW)
    assert not brakes.paused(NOW), "what went out in another year is not of this hour"
    stopped(3, NOW + MINUTE)
    assert brakes.paused(NOW + 2 * MINUTE)
    later = NOW + dt.timedelta(hours=3)
    assert brakes.paused(later), "it stays until the office lets it go on"
    brakes.release(later)
    assert not brakes.paused(later)
    assert Brake.objects.filter(on=True).count() == 0


def test_a_person_who_got_much_under_a_clock_that_was_ahead_is_not_crowded_for_a_year(dainius, hands):
    message = say(dainius)
    Message.objects.filter(pk=message.pk).update(state=State.SENT, sent_at=NOW + YEAR)
    assert brakes.crowded([message], NOW)[message.recipient] == 0
