"""When a rule speaks: pure functions of dates, rules and a moment.

A rule tells on one day before or after a date, at a civil time. Of the rules whose day has come for a record only the
newest tells a person. Rules before a date are silent once it has passed; rules after it are told at most `LATE` days
late, and only while the thing has not settled itself (its kind then no longer names it).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from ground import clock
from notifications import reminders
from notifications.models import ReminderOverride, ReminderPlan, ReminderRule
from notifications.models.message import recipient_of
from notifications.reminders import Dated, ReminderKind

# A reminder after a date that could not go out for longer than this goes no more.
LATE = 14
# A rule that is new, switched on again or set to other days tells what its day passed by at most so many days.
CATCHES_UP = 7
Overrides = Mapping[tuple[int, str, uuid.UUID], ReminderOverride]


@dataclass(frozen=True)
class Reach:
    """A rule as it holds for one record: the days between the date and the telling, and from which day on."""

    rule: ReminderRule
    shift: int
    since: dt.date | None = None

    def day(self, date: dt.date) -> dt.date:
        """The civil day on which it tells of `date`."""
        return date + dt.timedelta(days=self.shift)

    def speaks(self, date: dt.date, today: dt.date) -> bool:
        """Whether its day has come for `date`, and it is not too late to tell."""
        day = self.day(date)
        if day > today or (self.since is not None and day < self.since):
            return False
        return self.holds(date, today)

    def holds(self, date: dt.date, today: dt.date) -> bool:
        """Whether it is not too late to tell of `date`."""
        return date >= today if self.shift <= 0 else (today - self.day(date)).days <= LATE


def overrides_of(rules: Iterable[ReminderRule], *, owner: tuple[str, uuid.UUID] | None = None) -> Overrides:
    """The exceptions from `rules` (for the record `owner` alone, if given), by rule and record; one query."""
    rows = ReminderOverride.objects.filter(rule__in=[rule.pk for rule in rules if rule.pk])
    if owner is not None:
        rows = rows.filter(subject_kind=owner[0], subject_uuid=owner[1])
    return {(row.rule_id, row.subject_kind, row.subject_uuid): row for row in rows}


def reaches(rules: Iterable[ReminderRule], overrides: Overrides, dated: Dated) -> list[Reach]:
    """The rules as they hold for `dated`: with the exceptions of the record it belongs to."""
    found = []
    for rule in rules:
        other = overrides.get((rule.pk or 0, *dated.owner))
        if other is None:
            found.append(Reach(rule, rule.shift, rule.since))
        elif not other.off:
            found.append(Reach(rule, other.shift, max(filter(None, (rule.since, other.since)), default=None)))
    return found


def come(found: Iterable[Reach], date: dt.date, today: dt.date) -> list[Reach]:
    """Those whose day has come for `date` on `today`, the newest first; of one day the one for fewer people first."""
    speaking = [reach for reach in found if reach.speaks(date, today)]
    return sorted(speaking, key=lambda reach: (-reach.shift, not reach.rule.audience, reach.rule.pk or 0))


def moment_of(rule: ReminderRule, dated: Dated, person: Any, shift: int | None = None) -> dt.datetime:
    """The moment at which `person` is told: the rule's day and civil time, in the zone that the rule names."""
    zone = dated.zone
    if rule.zone_source == ReminderRule.ZoneSource.PORTAL:
        zone = settings.TIME_ZONE
    elif rule.zone_source == ReminderRule.ZoneSource.RECIPIENT:
        zone = getattr(person, "zone", "") or dated.zone
    day = dated.date + dt.timedelta(days=rule.shift if shift is None else shift)
    return dt.datetime.combine(day, rule.hour, tzinfo=clock.zone_of(zone)).astimezone(dt.UTC)


def people_of(rule: ReminderRule, by_role: Mapping[str, Sequence[Any]]) -> list[Any]:
    """Whom the rule tells, each once: everybody, or those with the roles it names."""
    chosen = [people for role, people in by_role.items() if not rule.audience or role in rule.audience]
    return list({id_of(person): person for people in chosen for person in people}.values())


def id_of(person: Any) -> Any:
    """What makes a person one, with an account or without."""
    return getattr(person, "pk", None) or person


def today_of(now: dt.datetime, dated: Dated) -> dt.date:
    """The civil day that `now` is where the record's date holds."""
    return clock.date_in(now, clock.zone_of(dated.zone))


def still_wanted(plan: ReminderPlan) -> bool:
    """Whether a reminder that was handed over still holds right before it is sent."""
    return plan.pk in wanted_among([plan])


def wanted_among(plans: Collection[ReminderPlan]) -> dict[int, Dated]:
    """Which of these lines of the ledger still hold, with the date as it is now.

    The rule tells of this record, the record is not settled, its date is the same, and this person is to know. A few
    queries for each kind of date.
    """
    by_kind: dict[str, list[ReminderPlan]] = {}
    for plan in plans:
        if plan.rule.active:
            by_kind.setdefault(plan.rule.kind, []).append(plan)
    known = {kind.name: kind for kind in reminders.all_kinds()}
    overrides = overrides_of({plan.rule for plan in plans})
    found = (_holding(known[name], lines, overrides) for name, lines in by_kind.items() if name in known)
    return {plan.pk: dated for lines in found for plan, dated in lines}


def _holding(
    kind: ReminderKind, plans: Collection[ReminderPlan], overrides: Overrides
) -> Iterator[tuple[ReminderPlan, Dated]]:
    dates = kind.current({plan.subject_uuid for plan in plans})
    same = [
        (plan, dated)
        for plan in plans
        if (dated := dates.get(plan.subject_uuid))
        and dated.date == plan.due_date
        and reaches([plan.rule], overrides, dated)
    ]
    roles = kind.by_role({plan.subject_uuid for plan, _dated in same}) if same else {}
    for plan, dated in same:
        people = people_of(plan.rule, roles.get(plan.subject_uuid, {}))
        if plan.recipient in {recipient_of(person) for person in people}:
            yield plan, dated
