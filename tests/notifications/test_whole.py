"""A look at every date from the beginning."""

import io

import pytest
from django.core.management import call_command

from notifications import planner, reminders, rounds, whole
from notifications.models import (
    Message,
    ReminderOverride,
    ReminderPlan,
    ReminderRound,
    ReminderRule,
    TrackedDate,
)
from tests.notifications.test_planner import DATE, DAY_90, Deadlines, at

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(dainius):
    kind = Deadlines(dainius)
    with reminders.only(kind):
        yield kind


def remind():
    out = io.StringIO()
    call_command("remind", "--whole", "--now", DAY_90.isoformat(), stdout=out)
    return out.getvalue()


def test_dates_that_the_rounds_have_yet_to_reach_are_found_at_once(kind, monkeypatch):
    monkeypatch.setattr(rounds, "BUDGET", 0)
    planner.plan(DAY_90)
    for _ in range(30):
        kind.put()
    assert planner.plan(DAY_90) == 0, "time brings nothing, and the round has no budget"
    said = remind()
    assert "tests.deadline: 30 dates within reach, 30 reminders planned" in said
    assert "Looked at 30 dates. Planned 30, handed to the outbox 30." in said
    row = ReminderRound.objects.get()
    assert (row.next_on, row.completed_at) == (None, DAY_90)


def test_what_was_told_is_not_told_again(kind):
    kind.put()
    assert at(DAY_90) == 1
    assert "Planned 0, handed to the outbox 0." in remind()
    assert Message.objects.count() == 1


def test_a_ledger_that_was_restored_without_its_marks_is_filled_again(kind):
    kind.put()
    planner.plan(DAY_90)
    TrackedDate.objects.all().delete()
    ReminderPlan.objects.all().delete()
    ReminderRule.objects.update(looked_at=DAY_90)
    assert "Planned 1, handed to the outbox 1." in remind()


def test_records_with_an_exception_far_from_the_rule_are_seen(kind):
    key = kind.put(DATE.replace(year=2027))
    rule = ReminderRule.objects.create(kind="tests.deadline", days_before=30)
    owner = kind.dated[key].owner
    ReminderOverride.objects.create(
        rule=rule, subject_kind=owner[0], subject_uuid=owner[1], subject_name="X", days_before=500,
        changed_at=DAY_90,
    )  # fmt: skip
    [looked] = whole.look(DAY_90)
    assert (looked.dates, looked.planned) == (1, 1)
