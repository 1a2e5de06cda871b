"""What a changed rule does to the ledger. Belongs into the transaction that changes the rule, under its row's lock.

Lines that were told stay told: the same rule tells a person about a date once, whatever becomes of its days. What is
planned is taken out and planned anew by the next call of the planner, which is rung for.
"""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db.models import QuerySet

from ground import clock
from notifications import doorbell, reminders
from notifications.due import CATCHES_UP
from notifications.models import ReminderOverride, ReminderPlan, ReminderRule

State = ReminderPlan.State
AGAIN = dt.timedelta(days=3)  # planned lines are of the last days at most


def first_told(now: dt.datetime) -> dt.date:
    """From which day on a rule tells that gets other days at `now`: what passed longer ago is not told."""
    return clock.date_in(now, settings.TIME_ZONE) - dt.timedelta(days=CATCHES_UP)


def other_days(rule: ReminderRule, now: dt.datetime) -> None:
    """The rule is new, on again or tells on other days: it is looked at from its first day on."""
    rule.since, rule.looked_at = first_told(now), None
    if rule.pk:
        _lines(rule).exclude(state=State.RELEASED).delete()
    doorbell.ring_after_commit(doorbell.PLAN_REMINDERS)


def other_hour(rule: ReminderRule, now: dt.datetime) -> None:
    """The rule tells at another time or other people: what is planned moves with it."""
    if rule.looked_at:
        rule.looked_at = min(rule.looked_at, now) - AGAIN
    _lines(rule).filter(state=State.PLANNED).delete()
    doorbell.ring_after_commit(doorbell.PLAN_REMINDERS)


def off(rule: ReminderRule) -> None:
    """The rule tells nothing more: what is planned is cancelled."""
    _lines(rule).filter(state=State.PLANNED).update(state=State.CANCELLED, reason="switched off")


def excepted(other: ReminderOverride) -> None:
    """One record has an exception from a rule now, a changed one, or none any more."""
    of_record = _lines(other.rule).filter(subject_uuid__in=_belonging(other.rule.kind, other.subject_uuid))
    of_record.exclude(state=State.RELEASED).delete()
    doorbell.ring_after_commit(doorbell.PLAN_REMINDERS)


def _belonging(kind: str, owner: uuid.UUID) -> list[uuid.UUID]:
    return list(reminders.find(kind).belonging([owner]))


def _lines(rule: ReminderRule) -> QuerySet[ReminderPlan]:
    return ReminderPlan.objects.filter(rule=rule)
