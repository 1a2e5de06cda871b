"""Payments got rules of their own: as those of both were, and nobody is told a second time."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps

from ground import clock
from notifications import planner, reminders
from notifications.models import Message, ReminderOverride, ReminderPlan, ReminderRule
from projects.models import Milestone
from projects.reminders import PaymentDue, ReportDue
from tests import factories

pytestmark = pytest.mark.django_db
part = import_module("projects.migrations.0010_kinds_of_milestones").part
MOMENT = dt.datetime(2027, 6, 1, 12, tzinfo=dt.UTC)


class Together(ReportDue):
    """As it was: reports and payments."""

    def due(self, first, last):
        rows = self._open(Milestone.Kind.REPORT, Milestone.Kind.PAYMENT).filter(due_on__range=(first, last))
        return [self._dated(row) for row in rows]


def at(moment, *kinds):
    with clock.one_moment(moment), reminders.only(*kinds):
        planner.plan(moment)
        return planner.release(moment)


@pytest.fixture
def told(ktu, dainius):
    project = factories.ProjectFactory(lead=ktu)
    for kind in ("report", "payment"):
        factories.MilestoneFactory(project=project, kind=kind, due_on=dt.date(2027, 7, 1))
    with reminders.only(Together()):
        planner.store_default_rules()
    rule = ReminderRule.objects.get(kind="projects.milestone_due", days_before=30)
    ReminderOverride.objects.create(
        rule=rule, subject_kind="projects.project", subject_uuid=project.uuid, subject_name="X", days_before=31,
        changed_at=MOMENT,
    )  # fmt: skip
    assert at(MOMENT, Together()) == 2
    part(apps, None)
    return project


def test_rules_and_exceptions_are_copied_and_nobody_is_told_twice(told):
    both = [sorted(ReminderRule.objects.filter(kind=kind).values_list("days_before", "days_after"))
            for kind in ("projects.milestone_due", "projects.payment_due")]  # fmt: skip
    assert both[0] == both[1] != []
    assert ReminderOverride.objects.filter(rule__kind="projects.payment_due").count() == 1
    assert at(MOMENT, ReportDue(), PaymentDue()) == 0
    assert Message.objects.count() == 2
    part(apps, None)
    assert ReminderRule.objects.filter(kind="projects.payment_due").count() == len(both[1])


def test_what_comes_next_is_told_by_each_kind_once(told):
    week_before = dt.datetime(2027, 6, 24, 12, tzinfo=dt.UTC)
    assert at(week_before, ReportDue(), PaymentDue()) == 2
    assert at(week_before, ReportDue(), PaymentDue()) == 0
    kinds = ReminderPlan.objects.filter(state="released", rule__days_before=7).values_list(
        "rule__kind", flat=True
    )
    assert sorted(kinds) == ["projects.milestone_due", "projects.payment_due"]
