"""Plans reminders into the ledger and hands those that are due to the outbox.

Any number of planners may run at any time: the ledger takes each line once. The moment is an argument. Only the
newest due reminder of a record goes to a person; older ones that were missed are written down as skipped, so that an
outage of a week is no flood. A date that has passed plans nothing.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from ground import clock
from notifications import outbox, reminders
from notifications.models import ReminderPlan, ReminderRule, TrackedDate
from notifications.models.message import recipient_of
from notifications.reminders import Dated, ReminderKind

CHUNK = 500
State = ReminderPlan.State
# Civil dates differ by this much around the world at one moment.
WEST, EAST = dt.timedelta(hours=12), dt.timedelta(hours=14)


@dataclass(frozen=True)
class Line:
    """What the ledger is to hold for one person."""

    rule: ReminderRule
    dated: Dated
    person: Any
    epoch: int
    due_at: dt.datetime
    newest: bool


def due_rules(rules: Iterable[ReminderRule], date: dt.date, today: dt.date) -> list[ReminderRule]:
    """The rules whose day has come for `date` on `today`, the newest first; none when the date has passed."""
    if date < today:
        return []
    come = [rule for rule in rules if date - dt.timedelta(days=rule.days_before) <= today]
    return sorted(come, key=lambda rule: rule.days_before)


def moment_of(rule: ReminderRule, dated: Dated, person: Any) -> dt.datetime:
    """The moment at which `person` is told: the rule's day and civil time, in the zone that the rule names."""
    zone = dated.zone
    if rule.zone_source == ReminderRule.ZoneSource.PORTAL:
        zone = settings.TIME_ZONE
    elif rule.zone_source == ReminderRule.ZoneSource.RECIPIENT:
        zone = (person.zone if person else "") or dated.zone
    day = dated.date - dt.timedelta(days=rule.days_before)
    return dt.datetime.combine(day, rule.hour, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


def rules_of(kind: ReminderKind) -> list[ReminderRule]:
    """The active rules of `kind`: the office's, or the kind's own (not stored) while there are none."""
    stored = list(ReminderRule.objects.filter(kind=kind.name))
    if not stored:
        return [ReminderRule(kind=kind.name, days_before=days) for days in kind.offsets]
    return [rule for rule in stored if rule.active]


def store_default_rules() -> None:
    """Give every kind that has no rule yet its own ones, so that the office can change them."""
    having = set(ReminderRule.objects.values_list("kind", flat=True).distinct())
    missing = [
        ReminderRule(kind=kind.name, days_before=days)
        for kind in reminders.all_kinds()
        if kind.name not in having
        for days in kind.offsets
    ]
    if missing:
        ReminderRule.objects.bulk_create(missing, ignore_conflicts=True)


def window(kind: ReminderKind, rules: Sequence[ReminderRule], now: dt.datetime) -> Iterator[list[Dated]]:
    """The records that may be due at `now`, in chunks: dates from today to the farthest offset."""
    if not rules:
        return
    farthest = dt.timedelta(days=max(rule.days_before for rule in rules))
    found = iter(kind.due((now - WEST).date(), (now + EAST).date() + farthest))
    while chunk := list(islice(found, CHUNK)):
        yield chunk


def lines_of(
    kind: ReminderKind,
    rules: Sequence[ReminderRule],
    chunk: Sequence[Dated],
    epochs: dict[Any, int],
    now: dt.datetime,
) -> list[Line]:
    """The lines of the ledger for the records of `chunk` at `now`; records without an epoch are left out.

    A record of which nobody is to be told has lines without a person.
    """
    dated_rules = [
        (dated, come)
        for dated in chunk
        if dated.uuid in epochs and (come := due_rules(rules, dated.date, clock.date_in(now, dated.zone)))
    ]
    people = kind.recipients([dated.uuid for dated, _come in dated_rules]) if dated_rules else {}
    return [
        Line(rule, dated, person, epochs[dated.uuid], moment_of(rule, dated, person), newest=rule is come[0])
        for dated, come in dated_rules
        for person in people.get(dated.uuid) or [None]
        for rule in come
    ]


def plan(now: dt.datetime) -> int:
    """Bring the ledger up to date for `now`; how many reminders were planned anew."""
    store_default_rules()
    planned = 0
    for kind in reminders.all_kinds():
        rules = rules_of(kind)
        for chunk in window(kind, rules, now):
            lines = lines_of(kind, rules, chunk, _track(kind, chunk), now)
            planned += _write(kind, [line for line in lines if line.person], now)
    return planned


def _track(kind: ReminderKind, chunk: Sequence[Dated]) -> dict[Any, int]:
    """The epoch of each record's date: raised when the date has moved since it was last looked at."""
    known = _tracked(kind, chunk)
    fresh = [dated for dated in chunk if dated.uuid not in known]
    if fresh:
        rows = [
            TrackedDate(kind=kind.name, subject_kind=d.subject_kind, subject_uuid=d.uuid, date=d.date)
            for d in fresh
        ]
        rows.sort(key=lambda row: row.subject_uuid)
        TrackedDate.objects.bulk_create(rows, ignore_conflicts=True)
        known |= _tracked(kind, fresh)
    epochs: dict[Any, int] = {}
    for dated in chunk:
        date, epoch = known[dated.uuid]
        moved = epoch if date == dated.date else _move(kind, dated)
        if moved is not None:
            epochs[dated.uuid] = moved
    return epochs


def _tracked(kind: ReminderKind, chunk: Sequence[Dated]) -> dict[Any, tuple[dt.date, int]]:
    rows = TrackedDate.objects.filter(kind=kind.name, subject_uuid__in=[dated.uuid for dated in chunk])
    return {row[0]: (row[1], row[2]) for row in rows.values_list("subject_uuid", "date", "epoch")}


@transaction.atomic
def _move(kind: ReminderKind, dated: Dated) -> int | None:
    """Take note of a moved date: a new epoch, and what was planned for the old one is cancelled.

    The date is asked for once more under the row's lock, so that a planner with an old reading can't move it back;
    such a planner gets None and leaves the record to the next round.
    """
    row = TrackedDate.objects.select_for_update().get(kind=kind.name, subject_uuid=dated.uuid)
    present = kind.current([dated.uuid]).get(dated.uuid)
    if present is None or present.date != dated.date:
        return None
    if row.date != dated.date:
        row.date, row.epoch = dated.date, row.epoch + 1
        row.save(update_fields=["date", "epoch"])
        ReminderPlan.objects.filter(
            rule__kind=kind.name, subject_uuid=dated.uuid, state=State.PLANNED, epoch__lt=row.epoch
        ).update(state=State.CANCELLED, reason="moved")
    return row.epoch


@transaction.atomic
def _write(kind: ReminderKind, lines: Sequence[Line], now: dt.datetime) -> int:
    """Write the lines that the ledger does not hold yet; how many of them are to be told."""
    held = _held(kind, lines)
    missing = [line for line in lines if _identity(line) not in held]
    missing.sort(
        key=_identity
    )  # planners that write the same lines at once wait for each other, never in a circle
    ReminderPlan.objects.bulk_create(
        [_row(line, now) for line in missing], ignore_conflicts=True, batch_size=CHUNK
    )
    _overtake(kind, missing)
    return sum(line.newest for line in missing)


def _overtake(kind: ReminderKind, lines: Sequence[Line]) -> None:
    """What was planned for these records by an older rule and has not gone out goes no more."""
    by_rule: dict[int, set[Any]] = defaultdict(set)
    for line in lines:
        if line.newest:
            by_rule[line.rule.days_before].add(line.dated.uuid)
    for days, uuids in by_rule.items():
        older = ReminderPlan.objects.filter(
            rule__kind=kind.name, rule__days_before__gt=days, state=State.PLANNED
        )
        older.filter(subject_uuid__in=uuids).update(state=State.SKIPPED, reason="overtaken")


def _fact(line: Line) -> tuple[Any, ...]:
    """What is told to whom, whichever epoch of the date it is."""
    return line.rule.pk, line.dated.uuid, recipient_of(line.person) if line.person else "", line.dated.date


def _identity(line: Line) -> tuple[Any, ...]:
    return *_fact(line), line.epoch


def _held(kind: ReminderKind, lines: Sequence[Line]) -> set[tuple[Any, ...]]:
    """What the ledger holds about these records already."""
    if not lines:
        return set()
    rows = ReminderPlan.objects.filter(
        rule__in={line.rule.pk for line in lines}, subject_uuid__in={line.dated.uuid for line in lines}
    )
    return set(rows.values_list("rule", "subject_uuid", "recipient", "due_date", "epoch"))


def _row(line: Line, now: dt.datetime) -> ReminderPlan:
    return ReminderPlan(
        rule=line.rule, subject_kind=line.dated.subject_kind, subject_uuid=line.dated.uuid,
        subject_name=line.dated.name[:300], recipient=recipient_of(line.person), due_date=line.dated.date,
        epoch=line.epoch, due_at=line.due_at, planned_at=now,
        state=State.PLANNED if line.newest else State.SKIPPED, reason="" if line.newest else "overtaken",
    )  # fmt: skip


def release(now: dt.datetime) -> int:
    """Hand every reminder that is due at `now` to the outbox, once each; how many went."""
    released = 0
    while True:
        with transaction.atomic():
            rows = ReminderPlan.objects.waiting(now).select_related("rule")
            batch = list(rows.select_for_update(skip_locked=True, of=("self",))[:CHUNK])
            for name, plans in groupby(sorted(batch, key=_kind_of), key=_kind_of):
                released += _release(name, list(plans), now)
        if not batch:
            return released


def _kind_of(plan: ReminderPlan) -> str:
    return plan.rule.kind


def _release(name: str, plans: list[ReminderPlan], now: dt.datetime) -> int:
    """Hand over the locked `plans` of one kind, or say why not."""
    kind = next((kind for kind in reminders.all_kinds() if kind.name == name), None)
    uuids = {plan.subject_uuid for plan in plans}
    current = kind.current(uuids) if kind else {}
    people = kind.recipients(uuids) if kind else {}
    released = 0
    for plan in plans:
        dated = current.get(plan.subject_uuid)
        person = next(
            (p for p in people.get(plan.subject_uuid, ()) if recipient_of(p) == plan.recipient), None
        )
        plan.state, plan.reason = _verdict(plan, dated, person, now)
        if kind and dated and plan.state == State.RELEASED:
            subject = (dated.subject_kind, dated.uuid, dated.name)
            plan.message = outbox.enqueue(
                kind.message, to=person, subject=subject, context=dated.context, key=plan.key
            )
            plan.released_at = now
            released += 1
    ReminderPlan.objects.bulk_update(plans, ["state", "reason", "message", "released_at"])
    return released


def _verdict(plan: ReminderPlan, dated: Dated | None, person: Any, now: dt.datetime) -> tuple[str, str]:
    """What becomes of a planned reminder at `now`, and why."""
    if dated is None:
        return State.CANCELLED, "settled"
    if dated.date != plan.due_date:
        return State.CANCELLED, "moved"
    if dated.date < clock.date_in(now, dated.zone):
        return State.SKIPPED, "passed"
    if person is None:
        return State.CANCELLED, "not concerned"
    return State.RELEASED, ""


@dataclass(frozen=True)
class Foreseen:
    """A reminder that is due at a moment, and when it went out if it has; a line without a person reaches nobody."""

    kind: ReminderKind
    line: Line
    told_at: dt.datetime | None


def foresee(now: dt.datetime) -> list[Foreseen]:
    """What would go out at `now`, and what of it has. Writes nothing."""
    found: list[Foreseen] = []
    for kind in reminders.all_kinds():
        rules = rules_of(kind)
        for chunk in window(kind, rules, now):
            epochs = {dated.uuid: 0 for dated in chunk}
            epochs |= {uuid: epoch for uuid, (_date, epoch) in _tracked(kind, chunk).items()}
            lines = [
                line
                for line in lines_of(kind, rules, chunk, epochs, now)
                if line.newest and line.due_at <= now
            ]
            told = _told([line for line in lines if line.rule.pk])
            found += [Foreseen(kind, line, told.get(_fact(line))) for line in lines]
    return found


def _told(lines: Sequence[Line]) -> dict[tuple[Any, ...], dt.datetime | None]:
    rows = ReminderPlan.objects.filter(
        state=State.RELEASED, subject_uuid__in={line.dated.uuid for line in lines}
    ).values_list("rule", "subject_uuid", "recipient", "due_date", "released_at")
    return {row[:4]: row[4] for row in rows}
