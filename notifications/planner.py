"""Plans reminders into the ledger and hands those that are due to the outbox.

Any number of planners may run at any time: the ledger takes each line once. The moment is an argument. Only the
newest due reminder of a record goes to a person; older ones that were missed are written down as skipped, so that an
outage of a week is no flood. A date that has passed plans nothing, but for rules that tell after it. What is looked
at is said in `rounds`; what a rule and its exceptions mean for a record in `due`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, When

from notifications import due, outbox, own_words, reminders, rounds
from notifications.brakes import DISCARDED
from notifications.due import Overrides, Reach, moment_of
from notifications.models import Message, ReminderPlan, ReminderRule, TrackedDate
from notifications.models.message import Correspondent, recipient_of
from notifications.reminders import Dated, ReminderKind

CHUNK = rounds.CHUNK
State = ReminderPlan.State
# Lines that were cancelled before they were told: by a planner, or while their message waited; not by the office.
_CALLED_OFF = Q(state=State.CANCELLED) | Q(message__state=Message.State.CANCELLED) & ~Q(
    message__error=DISCARDED
)
__all__ = ["Line", "lines_of", "moment_of", "plan", "release", "rules_of", "store_default_rules"]


@dataclass(frozen=True)
class Line:
    """What the ledger is to hold for one person."""

    rule: ReminderRule
    dated: Dated
    person: Any
    epoch: int
    due_at: dt.datetime
    newest: bool


def rules_of(kind: ReminderKind) -> list[ReminderRule]:
    """The active rules of `kind`: the office's, or the kind's own (not stored) while there are none."""
    stored = list(ReminderRule.objects.filter(kind=kind.name))
    return [rule for rule in stored if rule.active] if stored else default_rules(kind)


def default_rules(kind: ReminderKind) -> list[ReminderRule]:
    """The rules that `kind` comes with, not stored."""
    before = [ReminderRule(kind=kind.name, days_before=days) for days in kind.offsets]
    return [*before, *(ReminderRule(kind=kind.name, days_after=days) for days in kind.after)]


def store_default_rules() -> list[ReminderRule]:
    """Give every kind that has no rule yet its own ones, so that the office can change them; all rules there are."""
    rules = list(ReminderRule.objects.all())
    having = {rule.kind for rule in rules}
    missing = [
        rule for kind in reminders.all_kinds() if kind.name not in having for rule in default_rules(kind)
    ]
    if missing:
        ReminderRule.objects.bulk_create(missing, ignore_conflicts=True)
        rules = list(ReminderRule.objects.all())
    return rules


def lines_of(
    kind: ReminderKind, found: Sequence[tuple[Dated, list[Reach]]], epochs: dict[Any, int]
) -> list[Line]:
    """The lines of the ledger for records of which rules have come; records without an epoch are left out.

    A record of which nobody is to be told has lines without a person.
    """
    found = [(dated, come) for dated, come in found if dated.uuid in epochs]
    roles = kind.by_role([dated.uuid for dated, _come in found]) if found else {}
    lines = []
    for dated, come in found:
        told: set[Any] = set()
        by_role = roles.get(dated.uuid, {})
        for reach in come:
            for person in due.people_of(reach.rule, by_role) or [None]:
                newest = due.id_of(person) not in told
                told.add(due.id_of(person))
                moment = moment_of(reach.rule, dated, person, reach.shift)
                lines.append(Line(reach.rule, dated, person, epochs[dated.uuid], moment, newest))
    return lines


def come_of(
    rules: Sequence[ReminderRule], overrides: Overrides, chunk: Iterable[Dated], now: dt.datetime
) -> list[tuple[Dated, list[Reach]]]:
    """Those of these records of which a rule has come at `now`, with the rules, the newest first."""
    judged = ((dated, due.reaches(rules, overrides, dated)) for dated in chunk)
    found = ((dated, due.come(all_of, dated.date, due.today_of(now, dated))) for dated, all_of in judged)
    return [(dated, come) for dated, come in found if come]


def plan(now: dt.datetime) -> int:
    """Bring the ledger up to date for `now`; how many reminders were planned anew."""
    rules = store_default_rules()
    overrides = due.overrides_of(rules)
    done = rounds.begun(rules, reminders.all_kinds())
    planned = 0
    for one in done:
        looked = 0
        marked = [rule for rule in one.rules if rounds.stale(rule, now, _changed(overrides, rule))]
        for chunk in _newly_due(one.kind, marked, overrides, now):
            planned += plan_records(one, overrides, chunk, now)
            looked += len(chunk)
        if marked:
            rounds.mark(marked, now)
        if looked > rounds.BUDGET:
            continue  # enough for one call; the round goes on with the next
        for chunk in rounds.next_part(one, now):
            planned += plan_records(one, overrides, chunk, now)
    rounds.keep([one for one in done if one.moved])
    return planned


def _changed(overrides: Overrides, rule: ReminderRule) -> dt.datetime | None:
    """When an exception from the rule was last set."""
    changed = [other.changed_at for (pk, *_of), other in overrides.items() if pk == rule.pk]
    return max(changed, default=None)


def _newly_due(
    kind: ReminderKind, rules: Sequence[ReminderRule], overrides: Overrides, now: dt.datetime
) -> Iterator[list[Dated]]:
    """The records that came within reach of these rules since they were last looked at, and all with exceptions."""
    for first, last in rounds.new_days(rules, now):
        yield from rounds.chunks(kind.due(first, last))
    keys = {rule.pk for rule in rules}
    owners = list({owner for pk, _name, owner in overrides if pk in keys})
    for start in range(0, len(owners), CHUNK):
        yield list(kind.belonging(owners[start : start + CHUNK]).values())


def plan_records(one: rounds.Round, overrides: Overrides, chunk: Sequence[Dated], now: dt.datetime) -> int:
    """The lines of the ledger about the records of `chunk`; how many of them are new and to be told."""
    found = come_of(one.rules, overrides, chunk, now)
    if not found:
        return 0
    lines = lines_of(one.kind, found, _track(one.kind, [dated for dated, _come in found]))
    return _write([line for line in lines if line.person], now)


def _track(kind: ReminderKind, chunk: Sequence[Dated]) -> dict[Any, int]:
    """The epoch of each record's date: raised when the date has moved since it was last looked at."""
    known = tracked(kind, chunk)
    fresh = [dated for dated in chunk if dated.uuid not in known]
    if fresh:
        rows = [
            TrackedDate(kind=kind.name, subject_kind=d.subject_kind, subject_uuid=d.uuid, date=d.date)
            for d in fresh
        ]
        rows.sort(key=lambda row: row.subject_uuid)
        TrackedDate.objects.bulk_create(rows, ignore_conflicts=True)
        known |= tracked(kind, fresh)
    epochs: dict[Any, int] = {}
    for dated in chunk:
        date, epoch = known[dated.uuid]
        moved = epoch if date == dated.date else _move(kind, dated)
        if moved is not None:
            epochs[dated.uuid] = moved
    return epochs


def tracked(kind: ReminderKind, chunk: Sequence[Dated]) -> dict[Any, tuple[dt.date, int]]:
    """The date and the epoch under which each of these records is known."""
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
def _write(lines: Sequence[Line], now: dt.datetime) -> int:
    """Write the lines that the ledger does not hold yet; how many of them are to be told.

    A line that was called off and comes again, untold, is planned anew.
    """
    held = _held(lines)
    back = [pk for line in lines if line.newest and (pk := held.get(_identity(line)))]
    missing = [
        line for line in lines if _identity(line) not in held or (line.newest and held[_identity(line)])
    ]
    if back:
        locked = ReminderPlan.objects.filter(pk__in=back).order_by("pk").select_for_update(of=("self",))
        ReminderPlan.objects.filter(_CALLED_OFF, pk__in=[row.pk for row in locked]).delete()
    # Planners that write the same lines at once wait for each other, never in a circle.
    missing.sort(key=_identity)
    ReminderPlan.objects.bulk_create([_row(line, now) for line in missing], ignore_conflicts=True)
    _overtake([line for line in missing if line.newest])
    return sum(line.newest for line in missing)


def _overtake(lines: Sequence[Line]) -> None:
    """What was planned earlier for these records and people and has not gone out goes no more.

    Never the line itself: another planner may have written it first, for the hour that its rule had until now.
    """
    newest = {(line.dated.uuid, recipient_of(line.person), line.rule.kind): line for line in lines}
    if not newest:
        return
    planned = ReminderPlan.objects.filter(
        state=State.PLANNED,
        subject_uuid__in={key[0] for key in newest},
        due_at__lt=max(line.due_at for line in newest.values()),
    )
    rows = planned.values_list(
        "subject_uuid", "recipient", "rule__kind", "pk", "due_at", "rule", "due_date", "epoch"
    )
    older = [
        pk
        for *of, pk, moment, rule, date, epoch in rows
        if (line := newest.get(tuple(of))) is not None
        and moment < line.due_at
        and (rule, date, epoch) != (line.rule.pk, line.dated.date, line.epoch)
    ]
    if older:
        waiting = ReminderPlan.objects.filter(pk__in=older, state=State.PLANNED).order_by("pk")
        keys = list(waiting.select_for_update().values_list("pk", flat=True))
        ReminderPlan.objects.filter(pk__in=keys).update(state=State.SKIPPED, reason="overtaken")


def _identity(line: Line) -> tuple[Any, ...]:
    """What makes a line one: what is told to whom about which date."""
    return line.rule.pk, line.dated.uuid, recipient_of(line.person), line.dated.date, line.epoch


def _held(lines: Sequence[Line]) -> dict[tuple[Any, ...], int]:
    """What the ledger holds about these records already; with the key of the line where it was called off, else 0."""
    if not lines:
        return {}
    rows = ReminderPlan.objects.filter(
        rule__in={line.rule.pk for line in lines}, subject_uuid__in={line.dated.uuid for line in lines}
    )
    off = Case(When(_CALLED_OFF, then="pk"), default=0)
    told = rows.values_list("rule", "subject_uuid", "recipient", "due_date", "epoch", off)
    return {tuple(identity): pk for *identity, pk in told}


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
    roles = kind.by_role(uuids) if kind else {}
    overrides = due.overrides_of({plan.rule for plan in plans})
    released = 0
    for plan in plans:
        dated = current.get(plan.subject_uuid)
        told = due.people_of(plan.rule, roles.get(plan.subject_uuid, {}))
        person = next((one for one in told if recipient_of(one) == plan.recipient), None)
        _decide(plan, dated, person, overrides, now)
        if kind and dated and plan.state == State.RELEASED:
            _hand_over(kind, plan, dated, person)
            plan.released_at = now
            released += 1
    ReminderPlan.objects.bulk_update(plans, ["state", "reason", "due_at", "message", "released_at"])
    return released


def _hand_over(kind: ReminderKind, plan: ReminderPlan, dated: Dated, person: Any) -> None:
    """The reminder as a message, in the office's own words where the rule has some."""
    subject = (dated.subject_kind, dated.uuid, dated.name)
    context = own_words.with_words(dated.context, plan.rule.words, dated.date, dated.zone)
    if plan.rule.channel == ReminderRule.Channel.PORTAL and not isinstance(person, Correspondent):
        outbox.show(kind.message, to=person, subject=subject, context=context)
    else:
        plan.message = outbox.enqueue(kind.message, to=person, subject=subject, context=context, key=plan.key)


def _decide(
    plan: ReminderPlan, dated: Dated | None, person: Any, overrides: Overrides, now: dt.datetime
) -> None:
    """What becomes of a planned reminder at `now`, and why; one whose rule now speaks later waits on."""
    reach = next(iter(due.reaches([plan.rule], overrides, dated)), None) if dated else None
    if dated is None:
        plan.state, plan.reason = State.CANCELLED, "settled"
    elif dated.date != plan.due_date:
        plan.state, plan.reason = State.CANCELLED, "moved"
    elif reach is None or not plan.rule.active:
        plan.state, plan.reason = State.CANCELLED, "switched off"
    elif person is None:
        plan.state, plan.reason = State.CANCELLED, "not concerned"
    elif (moment := moment_of(plan.rule, dated, person, reach.shift)) > now:
        plan.due_at = moment
    elif not reach.holds(dated.date, due.today_of(now, dated)):
        plan.state, plan.reason = State.SKIPPED, "passed"
    else:
        plan.state, plan.reason = State.RELEASED, ""
