"""What the rules would tell, without writing anything: at a moment, and in the days after it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

from notifications import due, planner, reminders, rounds
from notifications.due import Overrides, Reach
from notifications.models import ReminderPlan, ReminderRound, ReminderRule
from notifications.models.message import recipient_of
from notifications.planner import Line
from notifications.reminders import Dated, ReminderKind

DAYS = 30
MOST = 2000  # records of a kind that a preview names; what comes after them is not looked at
NAMED = 8  # people of a line that are named; the others are counted
KEPT = dt.timedelta(hours=1)  # so old a kept preview may be


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
        rules = planner.rules_of(kind)
        overrides = due.overrides_of(rules)
        span = rounds.within(rules, now, [other.shift for other in overrides.values()])
        for chunk in rounds.chunks(kind.due(*span)) if span else ():
            epochs = {dated.uuid: 0 for dated in chunk}
            epochs |= {uuid: epoch for uuid, (_date, epoch) in planner.tracked(kind, chunk).items()}
            lines = planner.lines_of(kind, planner.come_of(rules, overrides, chunk, now), epochs)
            lines = [line for line in lines if line.newest and line.due_at <= now]
            told = _told([line for line in lines if line.rule.pk])
            found += [Foreseen(kind, line, told.get(_fact(line))) for line in lines]
    return found


def _fact(line: Line) -> tuple[Any, ...]:
    """What is told to whom, whichever epoch of the date it is."""
    return line.rule.pk, line.dated.uuid, recipient_of(line.person) if line.person else "", line.dated.date


def _told(lines: Sequence[Line]) -> dict[tuple[Any, ...], dt.datetime | None]:
    rows = ReminderPlan.objects.filter(
        state=ReminderPlan.State.RELEASED, subject_uuid__in={line.dated.uuid for line in lines}
    ).values_list("rule", "subject_uuid", "recipient", "due_date", "released_at")
    return {row[:4]: row[4] for row in rows}


@dataclass(frozen=True)
class Coming:
    """One thing that one rule will tell: when, about what, to whom; `shift` is the rule's or that of an exception."""

    rule: ReminderRule
    dated: Dated
    at: dt.datetime
    people: Sequence[Any]
    shift: int


def coming(
    kind: ReminderKind, rules: Sequence[ReminderRule], overrides: Overrides, now: dt.datetime
) -> list[Coming]:
    """What `rules` of `kind` tell within the next `DAYS` days, the earliest first, `MOST` records at most.

    Of rules for the same days the one for fewer people tells a person, as the planner has it. Who was told already is
    left out. A rule with changes that are not saved counts as the one that is stored.
    """
    days = now, now + dt.timedelta(days=DAYS)
    found: dict[tuple[Any, ...], tuple[Reach, Dated]] = {}
    for rule in rules:
        for dated in _dated_for(kind, rule, overrides, days):
            for reach in due.reaches([rule], overrides, dated):
                found[id(rule), dated.uuid] = (reach, dated)
    first = sorted(found.values(), key=lambda pair: (pair[0].day(pair[1].date), pair[1].name))[:MOST]
    roles = kind.by_role({dated.uuid for _reach, dated in first})
    told = _already(first)
    lines = [one for reach, dated in first if (one := _coming(reach, dated, roles, told, days))]
    return sorted(_each_once(lines), key=lambda one: (one.at, one.dated.name, one.shift))


def _each_once(lines: Iterable[Coming]) -> Iterator[Coming]:
    """The lines without whom another rule for the same days tells."""
    told: set[tuple[Any, ...]] = set()
    for one in sorted(lines, key=lambda one: not one.rule.audience):
        keys = {(one.dated.uuid, one.shift, recipient_of(person)): person for person in one.people}
        if people := [person for key, person in keys.items() if key not in told]:
            yield replace(one, people=people)
        told |= keys.keys()


def _dated_for(
    kind: ReminderKind, rule: ReminderRule, overrides: Overrides, days: tuple[dt.datetime, dt.datetime]
) -> Iterable[Dated]:
    """Records of which the rule may tell within `days`, and those with an exception from it."""
    apart = dt.timedelta(days=rule.shift)
    begin = max(rule.since or dt.date.min, rounds.first_day(days[0]))
    yield from islice(kind.due(begin - apart, rounds.last_day(days[1]) - apart), MOST)
    owners = [owner for pk, _name, owner in overrides if pk == rule.pk]
    if owners:
        yield from kind.belonging(owners).values()


def _coming(
    reach: Reach, dated: Dated, roles: Any, told: set[tuple[Any, ...]], days: tuple[dt.datetime, dt.datetime]
) -> Coming | None:
    """What the rule will tell of one record within `days`; None when that is nothing."""
    day = reach.day(dated.date)
    if reach.since and day < reach.since:
        return None
    people = [
        person
        for person in due.people_of(reach.rule, roles.get(dated.uuid, {}))
        if (reach.rule.pk, dated.uuid, recipient_of(person), dated.date) not in told
        and days[0] <= due.moment_of(reach.rule, dated, person, reach.shift) <= days[1]
    ]
    if not people:
        return None
    at = min(due.moment_of(reach.rule, dated, person, reach.shift) for person in people)
    return Coming(reach.rule, dated, at, people, reach.shift)


def _already(pairs: Sequence[tuple[Reach, Dated]]) -> set[tuple[Any, ...]]:
    """What was told, or decided not to be told, of these dates."""
    settled = ReminderPlan.objects.exclude(state=ReminderPlan.State.PLANNED)
    rows = settled.filter(
        rule__in={reach.rule.pk for reach, _dated in pairs if reach.rule.pk},
        subject_uuid__in={dated.uuid for _reach, dated in pairs},
    )
    return set(rows.values_list("rule", "subject_uuid", "recipient", "due_date"))


def refresh(kind: ReminderKind, now: dt.datetime) -> None:
    """Keep what the active rules of `kind` tell in the next days, for the office's pages."""
    rules = planner.rules_of(kind)
    found = coming(kind, rules, due.overrides_of(rules), now)
    first: dict[int, dict[str, Any]] = {}
    lines = _joined(_plainly(one) for one in found if one.rule.pk)
    for line in lines:
        first.setdefault(line["rule"], line)
    told = {"lines": lines, "next": list(first.values()), "cut": len(found) >= MOST}
    ReminderRound.objects.update_or_create(kind=kind.name, defaults={"foreseen": told, "foreseen_at": now})


def refresh_old(now: dt.datetime) -> None:
    """Make the previews anew that are older than `KEPT`, the oldest kind alone in each call."""
    made = dict(ReminderRound.objects.values_list("kind", "foreseen_at"))
    old = [kind for kind in reminders.all_kinds() if _is_old(made.get(kind.name), now)]
    if old:
        refresh(min(old, key=lambda kind: made.get(kind.name) or dt.datetime.min.replace(tzinfo=dt.UTC)), now)


def _is_old(made: dt.datetime | None, now: dt.datetime) -> bool:
    return made is None or abs(now - made) > KEPT


def _plainly(one: Coming) -> dict[str, Any]:
    """As it is kept: people by their identifiers, so that no name outlives its account."""
    excepted = {"shift": one.shift, "owner": [one.dated.owner[0], str(one.dated.owner[1])]}
    return {
        "rule": one.rule.pk, "at": one.at.isoformat(), "name": one.dated.name[:300], "on": one.dated.date.isoformat(),
        "zone": one.dated.zone, "subject": [one.dated.subject_kind, str(one.dated.uuid)],
        "number": len(one.people), "people": [recipient_of(person) for person in one.people[:NAMED]],
        **(excepted if one.shift != one.rule.shift else {}),
    }  # fmt: skip


def _joined(lines: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Lines that say the same of several records (the registrations of one event) as one, with all their people."""
    joined: dict[tuple[Any, ...], dict[str, Any]] = {}
    for line in lines:
        first = joined.setdefault(tuple(line[name] for name in ("rule", "at", "name", "on")), line)
        if first is not line:
            first["number"] += line["number"]
            first["people"] = [*first["people"], *line["people"]][:NAMED]
    return list(joined.values())
