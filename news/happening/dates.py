"""What a new rule does to the dates of a series, before anything is done."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q

from ground import clock
from news.models import ACTIVE, Event, Series
from news.models.series import rule_dates


@dataclass(frozen=True)
class Rule:
    """How events come again from a date on."""

    repeats: str
    until: dt.date
    skipped: Sequence[dt.date] = ()

    def dates(self, first: dt.date) -> list[dt.date]:
        """The dates from `first` on, without those that are skipped."""
        return [day for day in rule_dates(self.repeats, first, self.until) if day not in self.skipped]


@dataclass
class Plan:
    """`stays`: dates of both rules. `new`: dates to be made. `empty`: dates that go, for which nobody registered.
    `people`: dates that go and for which somebody did (`going` counts who is in or waits)."""

    stays: list[Event] = field(default_factory=list)
    new: list[dt.date] = field(default_factory=list)
    empty: list[Event] = field(default_factory=list)
    people: list[Event] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """A fingerprint: what is done is what was seen."""
        seen = [
            [str(day) for day in self.new], [(one.pk, one.publication) for one in self.empty],
            [(one.pk, one.going) for one in self.people], [one.pk for one in self.stays],  # type: ignore[attr-defined]
        ]  # fmt: skip
        return hashlib.sha256(repr(seen).encode()).hexdigest()[:16]


def plan_of(event: Event, rule: Rule) -> Plan:
    """What `rule` from the date of `event` on does to the series; dates that have begun or are cancelled stay."""
    assert event.occurrence_on is not None  # noqa: S101 - an event of a series has its date
    dates, plan = rule.dates(event.occurrence_on), Plan()
    rows = list(following(event))
    free = {row.occurrence_on for row in rows}
    for row in rows:
        moves = row.starts_by > clock.now() and not row.is_cancelled and row.occurrence_on not in dates
        group = plan.stays if not moves else plan.people if row.known else plan.empty  # type: ignore[attr-defined]
        group.append(row)
    plan.new = [day for day in dates if day not in free]
    return plan


def following(event: Event) -> Any:
    """The events of the series from this one on, with how many are `going` and how many ever registered (`known`)."""
    going = Count("registrations", filter=Q(registrations__state__in=ACTIVE))
    rows = Event.objects.filter(series=event.series_id, occurrence_on__gte=event.occurrence_on)
    return rows.annotate(going=going, known=Count("registrations")).order_by("occurrence_on")


def rule_of(series: Series) -> Rule:
    """The rule as it stands."""
    return Rule(series.repeats, series.until, tuple(series.skipped))
