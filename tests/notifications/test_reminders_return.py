"""A reminder that was called off, and whose reason to be called off went away again, is told after all, once."""

import datetime as dt

import pytest

from ground import clock
from notifications import brakes, planner, reminders
from notifications.models import Brake, InboxItem, Message, ReminderPlan, ReminderRule
from notifications.sender import Sender
from tests.notifications.test_planner import DATE, DAY_30, Deadlines

pytestmark = pytest.mark.django_db
EARLY, HOUR = DAY_30 - dt.timedelta(hours=3), dt.timedelta(hours=1)


@pytest.fixture
def kind(dainius):
    kind = Deadlines(dainius)
    with reminders.only(kind):
        yield kind


@pytest.fixture
def hands(monkeypatch):
    told = [EARLY]
    monkeypatch.setattr(clock, "read", lambda: told[0])
    return lambda moment: told.__setitem__(0, moment)


@pytest.fixture
def ring(hands, relay):
    """What the bell does at a moment."""

    def ring(moment):
        hands(moment)
        planner.plan(moment)
        planner.release(moment)
        return Sender(relay).run()

    return ring


def settled(kind, key):
    kept = kind.dated.pop(key)
    return lambda: kind.dated.__setitem__(key, kept)


def left(kind, key):
    kept, kind.people = kind.people, []
    return lambda: setattr(kind, "people", kept)


def moved(kind, key):
    kind.put(DATE + dt.timedelta(days=400), key=key)
    return lambda: kind.put(DATE, key=key)


def rested(kind, key):
    ReminderRule.objects.update(active=False)
    return lambda: ReminderRule.objects.update(active=True)


CHANGES = [settled, left, moved, rested]


@pytest.mark.parametrize("change", CHANGES)
def test_called_off_when_it_was_handed_over_and_back_again_it_is_told_once(
    kind, hands, ring, arrived, change
):
    key = kind.put()
    planner.plan(EARLY)
    assert ReminderPlan.objects.filter(state="planned").count() == 1
    back = change(kind, key)
    assert planner.release(DAY_30) == 0
    back()
    ring(DAY_30 + HOUR)
    ring(DAY_30 + 2 * HOUR)
    assert len(arrived()) == 1
    assert InboxItem.objects.count() == 1


@pytest.mark.parametrize("change", CHANGES)
def test_called_off_when_it_was_to_be_sent_and_back_again_it_is_told_once(
    kind, hands, ring, relay, arrived, change
):
    key = kind.put()
    planner.plan(EARLY)
    hands(DAY_30)
    assert planner.release(DAY_30) == 1
    back = change(kind, key)
    Sender(relay).run()
    assert Message.objects.get().state == "cancelled"
    assert arrived() == []
    back()
    ring(DAY_30 + HOUR)
    ring(DAY_30 + 2 * HOUR)
    assert len(arrived()) == 1
    assert InboxItem.objects.count() == 1


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_told_is_not_told_again_when_it_comes_back(kind, ring, relay, arrived, change):
    key = kind.put()
    ring(DAY_30)
    assert len(arrived()) == 1
    back = change(kind, key)
    Sender(relay).run()
    planner.release(DAY_30 + HOUR)
    back()
    ring(DAY_30 + 2 * HOUR)
    assert len(arrived()) == 1


@pytest.mark.parametrize("change", CHANGES)
def test_what_stays_called_off_is_never_told(kind, ring, arrived, change):
    key = kind.put()
    planner.plan(EARLY)
    change(kind, key)
    for hours in range(4):
        ring(DAY_30 + hours * HOUR)
    assert arrived() == []


def test_back_after_a_newer_one_was_told_it_stays_silent(kind, ring, arrived):
    key = kind.put()
    planner.plan(EARLY)
    back = settled(kind, key)
    planner.release(DAY_30)
    back()
    ring(DAY_30 + dt.timedelta(days=25))
    ring(DAY_30 + dt.timedelta(days=25, hours=1))
    assert len(arrived()) == 1
    assert Message.objects.filter(state="sent").count() == 1


def test_what_the_office_discarded_while_sending_was_stopped_stays_discarded(kind, hands, ring, arrived):
    kind.put()
    planner.plan(EARLY)
    hands(DAY_30)
    assert planner.release(DAY_30) == 1
    Brake.objects.create(pulled_at=DAY_30, volume=9, limit=5)
    assert brakes.release(DAY_30, discard=["projects.period_ends"])[1] == 1
    ring(DAY_30 + HOUR)
    assert arrived() == []
    assert ReminderPlan.objects.exclude(state="skipped").count() == 1


def test_two_planners_that_plan_anew_at_once_plan_one_line(kind, hands):
    key = kind.put()
    planner.plan(EARLY)
    back = settled(kind, key)
    planner.release(DAY_30)
    back()
    found = planner._held

    def slow(lines):
        """The other planner is done before this one writes."""
        held = found(lines)
        planner._held = found
        planner.plan(DAY_30 + HOUR)
        return held

    planner._held = slow
    try:
        planner.plan(DAY_30 + HOUR)
    finally:
        planner._held = found
    states = ReminderPlan.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["planned", "skipped"], "the one of 90 days before was overtaken"
