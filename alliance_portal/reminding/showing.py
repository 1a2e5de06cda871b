"""What the pages of rules show, in words and few queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alliance_portal.reminding.forms import AFTER_, BEFORE_
from audit.models import Event
from ground import clock
from ground.paging import Page
from notifications import due, foresight, planner, reminders
from notifications.foresight import Coming
from notifications.models import ReminderOverride, ReminderRound, ReminderRule
from notifications.models.message import recipient_of
from notifications.models.rule import in_words
from notifications.reminders import ReminderKind

SOME = 10  # lines of a change that are named
VERBS = {
    "notifications.add_rule": gettext_lazy("Rule added"),
    "notifications.change_rule": gettext_lazy("Rule changed"),
    "notifications.rule_on": gettext_lazy("Rule switched on"),
    "notifications.rule_off": gettext_lazy("Rule switched off"),
    "notifications.rules_restored": gettext_lazy("The portal's own rules put back"),
    "notifications.try_rule": gettext_lazy("Test sent to oneself"),
    "notifications.except_from_rule": gettext_lazy("Exception set"),
}


@dataclass(frozen=True)
class Line:
    """One thing that is told: when, about what, to whom."""

    at: dt.datetime
    zone: str
    name: str
    on: dt.date
    number: int
    people: Sequence[str]
    rule: ReminderRule | None = None
    label: Any = ""
    excepted: str = ""  # what holds for this record instead of the rule
    owner: Sequence[str] = ()  # kind and uuid of the record whose exception that is

    @property
    def others(self) -> int:
        """How many people are not named."""
        return self.number - len(self.people)


@dataclass(frozen=True)
class ShownRule:
    """A rule with whom it tells in words, its exceptions, and the next thing it tells."""

    rule: ReminderRule
    audience: Sequence[Any]
    exceptions: int
    next: Line | None


@dataclass(frozen=True)
class ShownKind:
    """A kind of date with its rules."""

    kind: ReminderKind
    rules: Sequence[ShownRule]

    @property
    def anchor(self) -> str:
        """Its place on the page."""
        return self.kind.name.replace(".", "-")


def all_kinds() -> list[ShownKind]:
    """Every kind with its rules; three queries, once the rules are stored."""
    rules = planner.store_default_rules()
    exceptions = dict(
        ReminderOverride.objects.order_by()
        .values_list("rule")
        .annotate(number=Count("pk"))
        .values_list("rule", "number")
    )
    following = {
        entry["rule"]: _line(entry, {})
        for row in ReminderRound.objects.values_list("foreseen__next", flat=True)
        for entry in row or []
    }
    return [
        ShownKind(kind, [
            ShownRule(rule, _audience(kind, rule), exceptions.get(rule.pk, 0),
                      following.get(rule.pk) if rule.active else None)
            for rule in rules if rule.kind == kind.name
        ])
        for kind in reminders.all_kinds()
    ]  # fmt: skip


def _audience(kind: ReminderKind, rule: ReminderRule) -> list[Any]:
    return [kind.audiences[role] for role in rule.audience if role in kind.audiences]


def initial(rule: ReminderRule) -> dict[str, Any]:
    """The rule as its form shows it."""
    names = (
        "hour",
        "zone_source",
        "channel",
        "audience",
        "subject_en",
        "subject_lt",
        "text_en",
        "text_lt",
        "version",
    )
    days = {"days": rule.days_after or rule.days_before, "direction": AFTER_ if rule.days_after else BEFORE_}
    return {name: getattr(rule, name) for name in names} | days


@dataclass(frozen=True)
class Change:
    """What a change that is not saved would make of the next days: reminders to people, and the first of them."""

    more: int
    fewer: int
    added: Sequence[Line]
    gone: Sequence[Line]


def change(kind: ReminderKind, rule: ReminderRule, values: Mapping[str, Any]) -> Change:
    """What the rule with other `values` would tell that is not told now, and the other way round."""
    now = clock.now()
    overrides = due.overrides_of([rule])
    before = foresight.coming(kind, [rule], overrides, now) if rule.pk and rule.active else []
    other = ReminderRule(
        **{field.attname: getattr(rule, field.attname) for field in rule._meta.concrete_fields}
    )
    for name, value in values.items():
        setattr(other, name, value)
    after = foresight.coming(kind, [other], overrides, now) if other.active else []
    old, new = _by_person(before), _by_person(after)
    return Change(len(new - old), len(old - new), _lines(after, new - old), _lines(before, old - new))


def said(change: Change) -> str:
    """What a change made of the next days, in one sentence."""
    if not (change.more or change.fewer):
        return _("In the next 30 days the same reminders go out as before.")
    more = ngettext("%(number)d reminder more", "%(number)d reminders more", change.more)
    fewer = ngettext("%(number)d fewer", "%(number)d fewer", change.fewer)
    return _("In the next 30 days: %(more)s, %(fewer)s.") % {
        "more": more % {"number": change.more}, "fewer": fewer % {"number": change.fewer},
    }  # fmt: skip


def _by_person(found: Iterable[Coming]) -> set[tuple[Any, ...]]:
    return {(one.dated.uuid, one.at, recipient_of(person)) for one in found for person in one.people}


def _lines(found: Iterable[Coming], wanted: set[tuple[Any, ...]]) -> list[Line]:
    rows = []
    for one in found:
        people = [p for p in one.people if (one.dated.uuid, one.at, recipient_of(p)) in wanted]
        if people and len(rows) < SOME:
            names = [getattr(p, "name", "") or _nameless() for p in people[: foresight.NAMED]]
            rows.append(Line(one.at, one.dated.zone, one.dated.name, one.dated.date, len(people), names))
    return rows


def _nameless() -> str:
    return _("Somebody without an account")


@dataclass(frozen=True)
class Preview:
    """A page of what goes out, with how much there is and how fresh that is."""

    page: Page[Any]
    lines: Sequence[Line]
    things: int
    people: int
    made_at: dt.datetime | None
    cut: bool
    rule: ReminderRule | None
    rules: Sequence[ReminderRule]


def preview(chosen: str, asked: Mapping[str, str], size: int) -> Preview:
    """What goes out by all rules or the `chosen` one; four queries. Raises ValueError for what is no page or rule."""
    labels = {kind.name: kind.label for kind in reminders.all_kinds()}
    rules = {rule.pk: rule for rule in ReminderRule.objects.filter(kind__in=labels)}
    wanted = UUID(chosen) if chosen else None
    rule = next((one for one in rules.values() if one.uuid == wanted), None)
    if wanted and rule is None:
        raise ValueError(chosen)
    rows = ReminderRound.objects.filter(kind__in=[rule.kind] if rule else labels)
    kept = [(row.foreseen or {}, row.foreseen_at) for row in rows]
    known = rules if rule is None else {rule.pk}
    entries = [entry for told, _made in kept for entry in told.get("lines", ()) if entry["rule"] in known]
    entries.sort(key=lambda entry: (entry["at"], entry["name"]))
    begin, page = _cut(len(entries), asked, size)
    shown = entries[begin : begin + size]
    names = _names(shown)
    return Preview(
        page=page, lines=[_line(entry, names, rules, labels) for entry in shown], things=len(entries),
        people=sum(entry["number"] for entry in entries),
        made_at=min((made for _told, made in kept if made), default=None),
        cut=any(told.get("cut") for told, _made in kept), rule=rule, rules=list(rules.values()),
    )  # fmt: skip


def _cut(number: int, asked: Mapping[str, str], size: int) -> tuple[int, Page[Any]]:
    """Where the page begins, and the pages around it. Raises ValueError."""
    after, before = asked.get("after", ""), asked.get("before", "")
    for place in (after, before):
        if place and not (place.isascii() and place.isdigit() and len(place) < 8):
            raise ValueError(place)
    begin = int(after) if after else max(0, int(before) - size) if before else 0
    if begin and begin >= number:
        raise ValueError(after)
    return begin, Page([], str(begin) if begin else "", str(begin + size) if begin + size < number else "")


def _names(entries: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """The names of the people of these lines; one query."""
    uuids = {one.partition(":")[2] for entry in entries for one in entry["people"] if one.startswith("user:")}
    rows = get_user_model().objects.filter(uuid__in=uuids)
    return {recipient_of(row): row.get_full_name() for row in rows}


def _line(
    entry: Mapping[str, Any],
    names: Mapping[str, str],
    rules: Mapping[int, ReminderRule] | None = None,
    labels: Mapping[str, Any] | None = None,
) -> Line:
    rule = (rules or {}).get(entry["rule"])
    return Line(
        dt.datetime.fromisoformat(entry["at"]), entry["zone"], entry["name"], dt.date.fromisoformat(entry["on"]),
        entry["number"], [names.get(one) or _nameless() for one in entry["people"]] if names or rules else [],
        rule, (labels or {}).get(rule.kind, "") if rule else "",
        in_words(max(0, -entry["shift"]), max(0, entry["shift"])) if "shift" in entry else "", entry.get("owner", ()),
    )  # fmt: skip


class Past:
    """An event of the log about rules, in words."""

    def __init__(self, event: Event) -> None:
        self.event = event
        self.what = VERBS.get(event.verb, event.verb)
        kind, _colon, record = event.subject_name.partition(": ")
        known = {one.name: one.label for one in reminders.all_kinds()}
        self.kind, self.record = known.get(kind, kind), record
        self.rule = event.details.get("rule") or event.details.get("when") or ""
        self.now = self._now(event.details.get("now"))

    def _now(self, values: Mapping[str, Any] | None) -> str:
        if "now" not in self.event.details:
            return ""
        if not values:
            return _("As the rule says")
        return _("Switched off") if values["off"] else in_words(values["days_before"], values["days_after"])
