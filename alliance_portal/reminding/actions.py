"""What the office does with rules of reminders, and whoever edits a record with its exceptions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from alliance_portal.reminding.rules import KEEP
from alliance_portal.reminding.subjects import Subject, find
from audit import trail
from ground import clock
from ground.workflow import NotPossible
from notifications import foresight, kinds, outbox, own_words, reminders, replanning
from notifications.models import ReminderOverride, ReminderRule
from notifications.planner import default_rules, store_default_rules

RULE = "notifications.rule"  # how a rule is named in the log
_DAYS = ("days_before", "days_after")
_PLANNED = (*_DAYS, "hour", "zone_source", "audience")


class Stale(NotPossible):
    """Somebody saved meanwhile; the message says so."""


class Taken(NotPossible):
    """There is a rule for these days and people already."""


def add(kind: str, *, by: Any, values: Mapping[str, Any]) -> ReminderRule:
    """A rule more for a kind of date. Raises PermissionDenied or Taken."""
    _require(by)
    with _once(), transaction.atomic():
        rule = ReminderRule(kind=kind, **values)
        replanning.other_days(rule, clock.now())
        rule.save()
        _told("notifications.add_rule", rule, by)
    foresight.refresh(reminders.find(kind), clock.now())
    return rule


def change(rule: ReminderRule, *, by: Any, version: int, values: Mapping[str, Any]) -> ReminderRule:
    """Keep other values of a rule. Saved as it is, nothing changes. Raises PermissionDenied, Stale or Taken."""
    _require(by)
    with _once(), transaction.atomic():
        rule = ReminderRule.objects.select_for_update().get(pk=rule.pk)
        if rule.version != version:
            raise Stale(_("Somebody else saved this rule meanwhile. Compare both, then save again."))
        changed = {name: value for name, value in values.items() if getattr(rule, name) != value}
        if not changed:
            return rule
        before = rule.when
        for name, value in changed.items():
            setattr(rule, name, value)
        _plan_anew(rule, changed)
        _keep(rule)
        _told("notifications.change_rule", rule, by, changed=sorted(changed), before=before)
    foresight.refresh(reminders.find(rule.kind), clock.now())
    return rule


def _plan_anew(rule: ReminderRule, changed: Mapping[str, Any]) -> None:
    if any(name in changed for name in _DAYS):
        replanning.other_days(rule, clock.now())
    elif any(name in changed for name in _PLANNED):
        replanning.other_hour(rule, clock.now())


def switch(rule: ReminderRule, *, on: bool, by: Any) -> None:
    """Let a rule tell, or let it rest; twice is the same as once. Raises PermissionDenied."""
    _require(by)
    with transaction.atomic():
        rule = ReminderRule.objects.select_for_update().get(pk=rule.pk)
        if rule.active == on:
            return
        _switch(rule, on)
        _told("notifications.rule_on" if on else "notifications.rule_off", rule, by)
    foresight.refresh(reminders.find(rule.kind), clock.now())


def _switch(rule: ReminderRule, on: bool) -> None:
    rule.active = on
    if on:
        replanning.other_days(rule, clock.now())
    else:
        replanning.off(rule)
    _keep(rule)


@transaction.atomic
def restore_defaults(kind: str, *, by: Any) -> None:
    """The rules that the portal comes with hold again; all others of the kind rest. Raises PermissionDenied."""
    _require(by)
    store_default_rules()
    rows = list(ReminderRule.objects.filter(kind=kind).order_by("pk").select_for_update())
    wanted = {rule.shift: rule for rule in default_rules(reminders.find(kind))}
    plain = {row.shift: row for row in rows if not row.audience}
    for shift, rule in wanted.items():
        if shift not in plain:
            replanning.other_days(rule, clock.now())
            rule.save()
    for row in rows:
        _to_default(row, wanted.get(row.shift) if plain.get(row.shift) is row else None)
    trail.record("notifications.rules_restored", by=by, kind=RULE, subject=rows[0].uuid, name=kind)
    foresight.refresh(reminders.find(kind), clock.now())


def _to_default(row: ReminderRule, wanted: ReminderRule | None) -> None:
    if wanted is None:
        if row.active:
            _switch(row, False)
        return
    for name in ("hour", "zone_source", "channel", "subject_en", "subject_lt", "text_en", "text_lt"):
        setattr(row, name, getattr(wanted, name))
    if row.active:
        replanning.other_hour(row, clock.now())
        _keep(row)
    else:
        _switch(row, True)


@transaction.atomic
def try_out(rule: ReminderRule, *, by: Any) -> None:
    """Send `by` what the rule tells, about the next record that it will tell of, else about an invented one."""
    _require(by)
    kind = reminders.find(rule.kind)
    now = clock.now()
    found = foresight.coming(kind, [rule], {}, now)
    message = kinds.find(kind.message)
    if found:
        dated = found[0].dated
        subject = (dated.subject_kind, dated.uuid, dated.name)
        context: Mapping[str, Any] = own_words.with_words(dated.context, rule.words, dated.date, dated.zone)
    else:
        subject = (RULE, rule.uuid, _("Sample"))
        day = now.date() - dt.timedelta(days=rule.shift)
        context = own_words.with_words(message.sample, rule.words, day, "")
    outbox.enqueue(kind.message, to=by, subject=subject, context={**context, own_words.TEST: True})
    _told("notifications.try_rule", rule, by)


@transaction.atomic
def except_from(
    subject: Subject, rule: ReminderRule, *, by: Any, version: int, values: Mapping[str, Any] | None
) -> None:
    """Let a record have other days than a rule, or none; `values` None: as the rule says.

    Raises PermissionDenied, or Stale when somebody saved meanwhile.
    """
    if find(by, subject.kind, subject.uuid) is None:
        raise PermissionDenied
    rule = ReminderRule.objects.select_for_update().get(pk=rule.pk)
    rows = ReminderOverride.objects.filter(rule=rule, subject_kind=subject.kind, subject_uuid=subject.uuid)
    other = rows.first()
    if (other.version if other else 0) != version:
        raise Stale(_("Somebody else saved this meanwhile. Look at it, then save again."))
    if not _excepted(subject, rule, other, values):
        return
    trail.record(
        "notifications.except_from_rule", by=by, kind=RULE, subject=rule.uuid, name=f"{rule.kind}: {subject.name}",
        details={"rule": rule.when, "now": dict(values) if values else None},
    )  # fmt: skip


def _excepted(
    subject: Subject, rule: ReminderRule, other: ReminderOverride | None, values: Mapping[str, Any] | None
) -> bool:
    """Write the exception; whether that changed anything."""
    row = other or ReminderOverride(
        rule=rule, subject_kind=subject.kind, subject_uuid=subject.uuid, version=0
    )
    if values is None:
        if other is None:
            return False
        other.delete()
    else:
        if other is not None and all(getattr(other, name) == value for name, value in values.items()):
            return False
        for name, value in values.items():
            setattr(row, name, value)
        now = clock.now()
        row.subject_name, row.changed_at, row.since = subject.name[:300], now, replanning.first_told(now)
        row.version += 1
        row.save()
    replanning.excepted(row)
    return True


def _require(by: Any) -> None:
    if not by.has_perm(KEEP):
        raise PermissionDenied


def _keep(rule: ReminderRule) -> None:
    rule.version += 1
    rule.save()


def _told(verb: str, rule: ReminderRule, by: Any, **details: Any) -> None:
    about = {"when": rule.when, **details}
    trail.record(verb, by=by, kind=RULE, subject=rule.uuid, name=rule.kind, details=about)


class _once:  # noqa: N801 - used as a block
    """A second rule for the same days and people is refused in words."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, _type: Any, error: BaseException | None, _trace: Any) -> None:
        if isinstance(error, IntegrityError):
            raise Taken(_("There is already a rule for this many days and these people.")) from error
