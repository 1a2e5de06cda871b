"""What a row would do: make a project, change one, nothing, or be refused – by the rules of the portal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop

from ground import text
from projects.imports.cells import Wrong
from projects.imports.columns import LONG, ORGANISATIONS
from projects.imports.entries import MILESTONES, OUTCOMES
from projects.imports.existing import FIELDS, State
from projects.imports.fields import SAMPLE_NUMBER
from projects.imports.funding import Funding
from projects.imports.lookups import Lookups
from projects.imports.named import Entries
from projects.imports.rows import PARTS, Given, Plan
from projects.models import RESERVED_KEYS, ImportRow, TeamMember, address_key
from projects.models.project import title_keys

SAMPLE_ROW = gettext_noop(
    "This is the sample row of the template. Delete it, or write a project of yours in it."
)
TAKEN = gettext_noop("There is already a project with this number.")
ELSEWHERE = gettext_noop("This project is kept by another university. You may not change it.")
ARCHIVED = gettext_noop("This project is archived and read-only. Open it again to change it.")
UNKNOWN = gettext_noop(
    "No project here has this number, and the file has neither titles nor periods from which to make one."
)
NOT_YOURS = gettext_noop("You may not create projects for this university.")
NOT_MOVED = gettext_noop(
    "Only managers of the lead university and the alliance office move a project elsewhere."
)
_MOST_NAMED = 20
_CODE = re.compile(r"[\w][\w ./+\-]*")
_HEAD, _MEMBER = TeamMember.Part.HEAD.value, TeamMember.Part.MEMBER.value
_ROLES = [part for part in TeamMember.Part.values if part != _HEAD]
Step = ImportRow.Step


def key_of(given: Given, plan: Plan) -> str:
    """The address key of the row's number; "" and a problem when it can't be one."""
    code = given.values.get("code")
    place = plan.place("code")
    if code is None:
        if not any(problem["column"] == place for problem in given.problems):
            given.refuse(place, gettext_noop("The project number is missing."))
        return ""
    if not _CODE.fullmatch(code):
        given.refuse(place, gettext_noop("Use letters, digits, spaces and . / + - only."))
        return ""
    key = address_key(code)
    if key == address_key(SAMPLE_NUMBER):
        given.refuse(place, SAMPLE_ROW)
        return ""
    if not key or key in RESERVED_KEYS or len(key) > 80:
        given.refuse(place, gettext_noop("This number cannot be used as an address. Choose another one."))
        return ""
    return key


@dataclass(frozen=True)
class Checked:
    """A row after the check: what it would do, what would be written, and what is wrong."""

    step: str
    values: dict[str, Any]
    problems: list[dict[str, Any]]


class Check:
    """One row against the project that has its number (or none)."""

    def __init__(self, given: Given, key: str, state: State | None, plan: Plan, lookups: Lookups) -> None:
        self.given, self.key, self.plan, self.lookups = given, key, plan, lookups
        self.new = state is None
        self.before = state or State()
        self.after = replace(self.before, fields=dict(self.before.fields))
        self.changes: list[list[Any]] = []
        self.parts: dict[str, Any] = {}

    def run(self) -> Checked:
        """Settle everything; a project that is not the person's own tells nothing of itself."""
        if not self.before.kept:
            self._refuse("code", ELSEWHERE if self.before.seen else TAKEN)
            return self._refused()
        if self.before.archived:
            self._refuse("code", ARCHIVED)
            return self._refused()
        if self.new and self.plan.place("title_en", "title_lt", "starts_on", "ends_on") is None:
            self._refuse("code", UNKNOWN)
            return self._refused()
        self._settle_lead()
        self._settle_fields()
        self._settle_lists()
        self._settle_money()
        self._settle_entries()
        if self.given.refused:
            return self._refused()
        step = Step.CREATE if self.new else (Step.UPDATE if self.changes else Step.SAME)
        return Checked(step, self._values() if step != Step.SAME else self._identity(), self.given.problems)

    def _refused(self) -> Checked:
        return Checked(Step.REFUSED, {"key": self.key}, self.given.problems)

    def _refuse(self, name: str, words: str, **values: Any) -> None:
        self.given.refuse(self.plan.place(name), words, **values)

    def _said(self, name: str) -> bool:
        """Whether the row says something about the field, be it something wrong."""
        place = self.plan.place(name)
        wrong = any(p["column"] == place and not p.get("warning") for p in self.given.problems)
        return name in self.given.values or (place is not None and wrong)

    def _settle_lead(self) -> None:
        lead = self.given.values.get("lead") or self.before.lead or self.plan.lead
        if lead is None:
            if not self._said("lead"):
                self._refuse("lead", gettext_noop("The lead university is missing."))
            return
        # As in actions.sharing.demand_right_to_move: who keeps a project for another university does not move it.
        allowed = self.lookups.allowed
        if lead != self.before.lead and (lead not in allowed or self.before.lead not in {None, *allowed}):
            self._refuse("lead", NOT_YOURS if lead not in allowed else NOT_MOVED)
        if lead != self.before.lead:
            self._change("lead", self._lead_name(self.before.lead), self._lead_name(lead))
        self.after.lead = lead

    def _lead_name(self, key: int | None) -> str:
        return str(self.lookups.universities[key]) if key else ""

    def _settle_fields(self) -> None:
        values, fields = self.given.values, self.after.fields
        for name in FIELDS:
            if name in values:
                self._change(name, fields.get(name, ""), values[name])
                fields[name] = values[name]
        if not fields.get("title_en") and not fields.get("title_lt"):
            if (not self._said("title_en") and not self._said("title_lt")) or self.given.values.get(
                "title_en"
            ) == "":
                place = self.plan.place("title_en", "title_lt")
                self.given.refuse(place, gettext_noop("Give the title in at least one language."))
        for name, words in (
            ("starts_on", gettext_noop("The first day is missing.")),
            ("ends_on", gettext_noop("The last day is missing.")),
        ):
            if not fields.get(name) and not self._said(name):
                self._refuse(name, words)
        first, last = fields.get("starts_on"), fields.get("ends_on")
        if first and last and last < first:
            self.given.refuse(
                self.plan.place("ends_on", "starts_on"), gettext_noop("The last day is before the first day.")
            )
        self._demand_no_amendment()

    def _demand_no_amendment(self) -> None:
        for name in ("starts_on", "ends_on"):
            if self.before.amended and self.after.fields[name] != self.before.fields[name]:
                self._refuse(name, gettext_noop("The period was amended. Change it by another amendment."))

    def _settle_lists(self) -> None:
        values = self.given.values
        if "websites" in values:
            self._list("websites", self.before.websites, values["websites"], lambda url: url)
            self.after.websites = values["websites"]
        if "departments" in values:
            self._settle_departments(values["departments"])
        self._settle_team()
        if any(name in values for name in ORGANISATIONS):
            self._settle_partners()

    def _list(self, name: str, before: list[Any], after: list[Any], shown: Any) -> None:
        if before != after:
            self.parts[name] = after
            if not self.new:
                self._change(name, "; ".join(map(shown, before)), "; ".join(map(shown, after)))

    def _settle_departments(self, items: list[tuple[int, str]]) -> None:
        found: dict[int, None] = {}
        for place, item in items:
            try:
                found[self.lookups.unit(item, self.after.lead, self.before.departments)] = None
            except Wrong as wrong:
                self.given.refuse(place, wrong.noted["words"], **wrong.noted["with"])
        self._list("departments", self.before.departments, list(found), self._unit_name)
        self.after.departments = list(found)

    def _unit_name(self, key: int) -> str:
        return next(iter(self.lookups.unit_names.get(key, ())), "")

    def _settle_team(self) -> None:
        values, parts = self.given.values, {}
        if "head" in values:
            parts[_HEAD] = [values["head"]] if values["head"] else []
        if "team" in values:
            said = any(role for role, _name in values["team"])
            for role in _ROLES if said else (_MEMBER,):
                parts[role] = [name for has, name in values["team"] if (has or _MEMBER) == role]
        for part, names in parts.items():
            before = [name for has, name in self.before.team if has == part]
            if before != names:
                self.parts.setdefault("team", {})[part] = names
                self._change("head" if part == _HEAD else "team", "; ".join(before), "; ".join(names))
                kept = [person for person in self.after.team if person[0] != part]
                self.after.team = kept + [(part, name) for name in names]

    def _settle_partners(self) -> None:
        values = self.given.values
        said = any(role for name in ORGANISATIONS for _one, role in values.get(name, ()))
        covered = set(PARTS.values()) if said else {PARTS[name] for name in ORGANISATIONS if name in values}
        wanted: dict[Any, str] = {}
        for name in ORGANISATIONS:
            for one, role in values.get(name, ()):
                wanted.setdefault(one, role or PARTS[name])
        kept = {o: p for o, p in self.before.partners.items() if p not in covered and o not in wanted}
        after = wanted | kept
        if after != self.before.partners:
            self.parts["partners"] = {
                "known": [[key, part] for key, part in after.items() if isinstance(key, int)],
                "new": [[*key[:2], part, key[2]] for key, part in after.items() if not isinstance(key, int)],
            }
            self._tell_partners(after)
        self.after.partners = after

    def _tell_partners(self, after: Mapping[Any, str]) -> None:
        if not self.new:
            before = self.before.partners
            gone = {key: part for key, part in before.items() if after.get(key) != part}
            come = {key: part for key, part in after.items() if before.get(key) != part}
            self._change("partners", self._partner_names(gone), self._partner_names(come))

    def _partner_names(self, partners: Mapping[Any, str]) -> list[list[str]]:
        """Names with their parts, for putting into words when they are read."""
        named = [
            [self.lookups.words_of(key)[0] if isinstance(key, int) else key[0], part]
            for key, part in partners.items()
        ]
        return sorted(named)[:_MOST_NAMED]

    def _settle_money(self) -> None:
        money = Funding(self.given, self.plan, self.before.funding, self._said)
        money.settle()
        self.after.funding = money.after
        self._take("funding", money)

    def _settle_entries(self) -> None:
        for kind, before in ((MILESTONES, self.before.milestones), (OUTCOMES, self.before.outcomes)):
            if kind.name in self.given.values or self.plan.numbers(kind.prefix):
                named = Entries(kind, self.given, self.plan, before)
                named.settle()
                self._take(kind.name, named)

    def _take(self, name: str, settled: Funding | Entries) -> None:
        """What was settled: the rows to write, and how each changes."""
        if settled.parts:
            self.parts[name] = settled.parts
        for before, after in settled.changes:
            self._change(name, before, after)

    def _change(self, name: str, before: Any, after: Any) -> None:
        """Note what a known project would become; of a new one everything is new."""
        if not self.new and before != after:
            shown = [one[:400] if isinstance(one, str) else one for one in (before, after)]
            self.changes.append([name, *shown])

    def _identity(self) -> dict[str, Any]:
        return {"key": self.key, "id": self.before.id, "version": self.before.version}

    def _values(self) -> dict[str, Any]:
        fields = self.after.fields
        return (
            self._identity()
            | {
                "code": self._code(),
                "lead": self.after.lead,
                "fields": {name: value for name, value in fields.items() if name in self.given.values},
                "parts": self.parts,
                "changes": [] if self.new else self.changes,
                "names": text.document(
                    [self._code(), *(fields.get(n) for n in ("acronym", "title_en", "title_lt"))]
                ),
                "words": _words(self.after, self.lookups),
            }
            | title_keys(fields.get("title_en"), fields.get("title_lt"))
        )

    def _code(self) -> str:
        return self.before.code or str(self.given.values["code"])


def _words(after: State, found: Lookups) -> str:
    """The folded words by which the project will be found; as Project.refresh_search gathers them."""
    parts: list[str] = []
    if after.lead:
        parts += found.words_of(found.universities[after.lead].organisation_id)
    parts += [after.fields.get(name, "") for name in LONG]
    parts += [name for _part, name in after.team]
    parts += [name for unit in after.departments for name in found.unit_names.get(unit, ())]
    for key in after.partners:
        parts += found.words_of(key)[:2] if isinstance(key, int) else [key[0]]
    parts += [n for line in after.funding for n in found.programme_names.get(line.programme or 0, ())]
    return " ".join(_document(part) for part in parts if part)


@lru_cache(2_000)
def _document(part: str) -> str:
    """The folded words of a text; names come again and again."""
    return text.document([part])
