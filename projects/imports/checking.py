"""What a row would do: make a project, change one, nothing, or be refused – by the rules of the portal."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop

from ground import text
from projects.imports.cells import Wrong
from projects.imports.columns import LONG, ORGANISATIONS
from projects.imports.existing import FIELDS, Line, State
from projects.imports.lookups import Lookups
from projects.imports.rows import PARTS, Given, Plan
from projects.models import RESERVED_KEYS, ImportRow, TeamMember, address_key
from projects.models.project import title_keys

TAKEN = gettext_noop("There is already a project with this number.")
ELSEWHERE = gettext_noop("This project is kept by another university. You may not change it.")
ARCHIVED = gettext_noop("This project is archived and read-only. Open it again to change it.")
NOT_YOURS = gettext_noop("You may not create projects for this university.")
NOT_MOVED = gettext_noop(
    "Only managers of the lead university and the alliance office move a project elsewhere."
)
_MOST_NAMED = 20
_CODE = re.compile(r"[\w][\w ./+\-]*")
_MONEY = ("programme", "amount", "said_currency", "currency", "share", "contract_number")
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
        self._settle_lead()
        self._settle_fields()
        self._settle_lists()
        self._settle_money()
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
                "new": [[*key, part] for key, part in after.items() if not isinstance(key, int)],
            }
            before = self.before.partners
            gone = {key: part for key, part in before.items() if after.get(key) != part}
            come = {key: part for key, part in after.items() if before.get(key) != part}
            self._change("partners", self._partner_names(gone), self._partner_names(come))
        self.after.partners = after

    def _partner_names(self, partners: Mapping[Any, str]) -> list[list[str]]:
        """Names with their parts, for putting into words when they are read."""
        named = [
            [self.lookups.words_of(key)[0] if isinstance(key, int) else key[0], part]
            for key, part in partners.items()
        ]
        return sorted(named)[:_MOST_NAMED]

    def _settle_money(self) -> None:
        values = {name: self.given.values[name] for name in _MONEY if name in self.given.values}
        if all(value in ("", None) for value in values.values()):
            return
        line = self._line_meant(values)
        if line is None:
            return
        wanted = self._filled(line, values)
        others = [one for one in self.before.funding if one.id != line.id or line.id is None]
        if sum((one.share or Decimal(0)) for one in [*others, wanted]) > 100:
            self._refuse("share", gettext_noop("The shares of the funding add up to more than 100 percent."))
        self.after.funding = [*others, wanted]
        if wanted != line or line.id is None:
            self.parts["funding"] = {name: _plain(value) for name, value in asdict(wanted).items()}
            self._change("funding", _line_shown(line), _line_shown(wanted))

    def _line_meant(self, values: Mapping[str, Any]) -> Line | None:
        """The line of funding that the row is about: by contract, by programme, or the only one; else a new one."""
        lines, programme = self.before.funding, values.get("programme")
        contract = values.get("contract_number")
        for fits in (
            [one for one in lines if contract and one.contract_number == contract],
            [one for one in lines if programme and one.programme == programme],
            lines if not programme else [],
        ):
            if len(fits) == 1:
                return fits[0]
            if fits:
                self.given.refuse(
                    self.plan.place("programme", "amount", "share", "contract_number"),
                    gettext_noop(
                        "The project has several lines of funding. Say by programme which one is meant."
                    ),
                )
                return None
        if not programme:
            if not self._said("programme"):
                place = self.plan.place("amount", "share", "contract_number", "currency")
                self.given.refuse(place, gettext_noop("Say from which programme this money comes."))
            return None
        return Line()

    def _filled(self, line: Line, values: Mapping[str, Any]) -> Line:
        """`line` with what the row says of it."""
        fields: dict[str, Any] = {}
        for name in ("programme", "amount", "share", "contract_number"):
            if name in values and not (name == "programme" and not values[name]):
                fields[name] = values[name] if values[name] != "" or name == "contract_number" else None
        if currency := values.get("currency") or values.get("said_currency"):
            fields["currency"] = currency
        if (
            values.get("currency")
            and values.get("said_currency")
            and values["currency"] != values["said_currency"]
        ):
            self._refuse("currency", gettext_noop("The amount names another currency."))
        return replace(line, **fields)

    def _change(self, name: str, before: Any, after: Any) -> None:
        if before != after:
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


def _line_shown(line: Line) -> dict[str, Any]:
    """What is told of a line of funding; nothing of one that is not there yet."""
    shown = {name: _plain(value) for name, value in asdict(line).items() if name != "id"}
    return shown if line.programme is not None else {}


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


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal) else value
