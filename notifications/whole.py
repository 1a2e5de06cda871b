"""A look at every date from the beginning, at once: after a restore, or where somebody doubts the rounds.

The planner looks at what time brings and goes round all other dates bit by bit; this goes round once, without a budget
and without what was noted about earlier looks. The ledger takes each line once, so that it tells nobody twice.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from notifications import due, planner, reminders, rounds
from notifications.due import Overrides


@dataclass(frozen=True)
class Looked:
    """One kind of date: how many dates were within reach of its rules, and how many reminders were planned anew."""

    kind: str
    dates: int
    planned: int


def look(now: dt.datetime) -> list[Looked]:
    """Look at every date of every kind at `now`, and bring the ledger up to date."""
    rules = planner.store_default_rules()
    overrides = due.overrides_of(rules)
    done = rounds.begun(rules, reminders.all_kinds())
    found = [_look(one, overrides, now) for one in done]
    rounds.keep(done)
    return found


def _look(one: rounds.Round, overrides: Overrides, now: dt.datetime) -> Looked:
    keys = {rule.pk for rule in one.rules}
    span = rounds.within(
        one.rules, now, [other.shift for (pk, *_of), other in overrides.items() if pk in keys]
    )
    dates = planned = 0
    for chunk in rounds.chunks(one.kind.due(*span)) if span else ():
        planned += planner.plan_records(one, overrides, chunk, now)
        dates += len(chunk)
    rounds.mark(one.rules, now)
    one.row.next_on, one.row.completed_at = None, now
    return Looked(one.kind.name, dates, planned)
