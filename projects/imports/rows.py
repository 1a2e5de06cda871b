"""A row as it stands in the file, cell by cell, as values of ours; what can't be is said beside its cell."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_noop

from ground.text import fold
from members.models.organisation import PATTERNS, Scheme
from projects.imports import cells, entries
from projects.imports.cells import Wrong
from projects.imports.columns import BY_NAME, LONG, ORGANISATIONS
from projects.imports.lookups import Lookups
from projects.imports.numbered import MONEY
from projects.models import Partnership, TeamMember

REFUSE, LEAVE, MAKE = "refuse", "leave", "make"
PARTS = {
    "coordinator": Partnership.Part.COORDINATOR.value,
    "partners": Partnership.Part.BENEFICIARY.value,
    "associated": Partnership.Part.ASSOCIATED.value,
    "affiliated": Partnership.Part.AFFILIATED.value,
}
_LENGTHS = {"code": 60, "acronym": 40, "title_en": 300, "title_lt": 300, "contract_number": 100, "head": 200}
Filled = Sequence[tuple[int, str]]
MOST_PARTNERS, MOST_ENTRIES = 300, 100
_DAYS = frozenset({"starts_on", "ends_on"})
_LISTS = {"milestones": entries.MILESTONES, "outcomes": entries.OUTCOMES}
_PARTNER_ROLES = frozenset(Partnership.Part.values)
_TEAM_ROLES = frozenset(TeamMember.Part.values) - {TeamMember.Part.HEAD.value}


@dataclass(frozen=True)
class Plan:
    """What was chosen for a file: which field each column fills, and how cells are to be understood."""

    places: Mapping[str, Sequence[int]]
    order: str = "dmy"
    mark: str = ""
    clear: bool = False
    partners: str = REFUSE
    lead: int | None = None
    countries: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def of(cls, mapping: Mapping[str, str], chosen: Mapping[str, Any]) -> Plan:
        """The plan of an import, from what it stores."""
        places: dict[str, list[int]] = {}
        countries: dict[int, int] = {}
        latest: int | None = None
        for position in sorted(int(key) for key in mapping):
            name = mapping[str(position)]
            places.setdefault(name, []).append(position)
            if name in ORGANISATIONS:
                latest = position
            elif name == "partner_country" and latest is not None:
                countries.setdefault(latest, position)
        return cls(
            places, order=chosen.get("order", "dmy"), mark=chosen.get("mark", ""), clear=bool(chosen.get("clear")),
            partners=chosen.get("partners", REFUSE), lead=chosen.get("lead"), countries=countries,
        )  # fmt: skip

    def place(self, *names: str) -> int | None:
        """The first column that fills one of `names`; None when there is none."""
        return next((self.places[name][0] for name in names if self.places.get(name)), None)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """What stands after the names of the columns of each line of funding: nothing for the first, then "_2" …"""
        found = {name.removeprefix(BY_NAME[name].base) for name in self.places if BY_NAME[name].base in MONEY}
        return ("", *sorted(found))

    @cached_property
    def _numbers(self) -> Mapping[str, tuple[int, ...]]:
        found: dict[str, set[int]] = {"milestone": set(), "result": set()}
        for name in self.places:
            kind, _mark, rest = name.partition("_")
            if kind in found:
                found[kind].add(int(rest.partition("_")[0]))
        return {kind: tuple(sorted(numbers)) for kind, numbers in found.items()}

    def numbers(self, kind: str) -> tuple[int, ...]:
        """The numbers of the milestones or results for which the file has columns."""
        return self._numbers[kind]


@dataclass
class Given:
    """What a row says: values by the name of the field, only where something is said; and what is wrong with it."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[dict[str, Any]] = field(default_factory=list)
    unsure: list[tuple[str, str]] = field(default_factory=list)

    def refuse(self, column: int | None, words: str, **values: Any) -> None:
        """Note what makes the row impossible."""
        self.problems.append({"column": column, "words": words, "with": values})

    def warn(self, column: int | None, words: str, **values: Any) -> None:
        """Note what the person should know although the row is possible."""
        self.problems.append({"column": column, "words": words, "with": values, "warning": True})

    @property
    def refused(self) -> bool:
        return any(not problem.get("warning") for problem in self.problems)


class RowReader:
    """Reads rows by one plan."""

    def __init__(self, plan: Plan, lookups: Lookups) -> None:
        self.plan, self.lookups = plan, lookups

    def read(self, row: Sequence[str], columns: int) -> Given:
        """The values of a row of the file, which has `columns` headings."""
        given = Given()
        if any(row[columns:]):
            given.refuse(None, gettext_noop("This row has more cells than there are headings."))
        for name, places in self.plan.places.items():
            filled = [(place, row[place]) for place in places if place < len(row) and row[place]]
            if name == "partner_country":
                continue
            if filled:
                self._fill(given, name, filled, row)
            elif self.plan.clear and BY_NAME[name].clearable:
                given.values[name] = [] if BY_NAME[name].several and name != "programme" else ""
        return given

    def _fill(self, given: Given, name: str, filled: Filled, row: Sequence[str]) -> None:
        for place, cell in filled:
            try:
                cells.whole(cell)
            except Wrong as wrong:
                given.refuse(place, **_noted(wrong))
                return
        if name in ORGANISATIONS:
            given.values[name] = self._organisations(given, filled, row)
        elif name in ("websites", "team"):
            given.values[name] = self._items(given, name, filled)
        elif name == "funding" or name in _LISTS:
            given.values[name] = self._list(given, name, filled[0])
        elif name == "departments":
            given.values[name] = [
                (place, cells.parts(item, 1)[0]) for place, cell in filled for item in cells.items(cell)
            ]
        else:
            try:
                given.values[name] = self._single(given, name, filled)
            except Wrong as wrong:
                given.refuse(filled[-1][0], **_noted(wrong))

    def _single(self, given: Given, name: str, filled: Filled) -> Any:
        cell, read_as = filled[0][1], BY_NAME[name].read_as
        if read_as in _LENGTHS:
            return cells.line(cell, _LENGTHS[read_as])
        if read_as in LONG:
            return cells.long_text(cell)
        if read_as in MONEY:
            return self._money(given, name, read_as, filled)
        if read_as == "lead":
            return self.lookups.lead(cell)
        found, unsure = entries.value("day" if read_as in _DAYS else read_as, cell, self.plan.order)
        if unsure:
            given.unsure.append((cell, found))
        return found

    def _money(self, given: Given, name: str, read_as: str, filled: Filled) -> Any:
        cell = filled[0][1]
        if read_as == "programme":
            return self.lookups.programme(cell for _place, cell in filled)
        if read_as == "currency":
            return cells.currency(cell)
        if read_as == "share":
            return cells.share(cell, self.plan.mark)
        amount, currency = cells.amount(cell, self.plan.mark)
        given.values[f"said_currency{name.removeprefix('amount')}"] = currency
        return amount

    def _list(self, given: Given, name: str, filled: tuple[int, str]) -> list[Any]:
        """Several lines of funding, milestones or results in one cell, as the portal's own export writes them."""
        found: list[Any] = []
        place, cell = filled
        items = cells.items(cell)
        if len(items) > MOST_ENTRIES:
            given.refuse(place, gettext_noop("More than %(most)s stand in this cell."), most=MOST_ENTRIES)
            return found
        for item in items:
            try:
                if name == "funding":
                    found.append(self._line(item))
                else:
                    found.append(entries.listed(_LISTS[name], item, self.plan.order))
            except Wrong as wrong:
                given.refuse(place, **_noted(wrong))
        return found

    def _line(self, item: str) -> dict[str, Any]:
        programme, amount, currency, share, contract = cells.parts(item, 5)
        given: dict[str, Any] = {"contract_number": cells.line(contract, _LENGTHS["contract_number"])}
        if programme:
            given["programme"] = self.lookups.programme([programme])
        if amount:
            given["amount"], _said = cells.amount(amount, ".")
        if currency:
            given["currency"] = cells.currency(currency)
        if share:
            given["share"] = cells.share(share, ".")
        return given

    def _items(self, given: Given, name: str, filled: Filled) -> list[Any]:
        """Web addresses, or [role or "", name] of people; each once."""
        found: dict[Any, None] = {}
        for place, cell in filled:
            for item in cells.items(cell):
                try:
                    found[cells.address(item) if name == "websites" else _person(item)] = None
                except Wrong as wrong:
                    given.refuse(place, **_noted(wrong))
        return list(found)

    def _organisations(self, given: Given, filled: Filled, row: Sequence[str]) -> list[Any]:
        """[organisation, role or ""] each; an organisation that is to be made is (name, country, PIC or "")."""
        found: list[Any] = []
        for place, cell in filled:
            said = self.plan.countries.get(place)
            beside = row[said] if said is not None and said < len(row) else ""
            items = cells.items(cell)
            if len(items) > MOST_PARTNERS:
                given.refuse(
                    place, gettext_noop("More than %(most)s stand in this cell."), most=MOST_PARTNERS
                )
                continue
            for item in items:
                first, country, role, name = cells.parts(item, 4)
                try:
                    one = self._organisation(given, place, first or name, country or beside, name)
                    if one is not None:
                        found.append((one, _role(role, _PARTNER_ROLES)))
                except Wrong as wrong:
                    given.refuse(place, **_noted(wrong))
        return found

    def _organisation(self, given: Given, place: int, item: str, country: str, called: str) -> Any:
        """The organisation that `item` means, or where that is a code that nobody knows, its name `called`."""
        key, name, code = self.lookups.organisation(item, country)
        pic = ""
        if key is None and called:
            pic = item if PATTERNS[Scheme.PIC].fullmatch(item) else ""
            item = called
            key, name, code = self.lookups.organisation(called, country)
        if key is not None:
            return key
        if self.plan.partners == MAKE:
            if not code:
                raise Wrong(
                    gettext_noop("“%(name)s” is new: give its country in brackets, such as (DE)."),
                    name=name[:80],
                )
            if not any(sign.isalpha() for sign in fold(name)):
                raise Wrong(gettext_noop("“%(name)s” is not the name of an organisation."), name=name[:80])
            return cells.line(name, 300), code, pic
        words = gettext_noop("“%(name)s” is not an organisation that the portal knows.")
        if self.plan.partners == LEAVE:
            given.warn(place, words, name=item[:80])
            return None
        raise Wrong(words, name=item[:80])


def _noted(wrong: Wrong) -> dict[str, Any]:
    return {"words": wrong.noted["words"], **wrong.noted["with"]}


def _person(item: str) -> tuple[str, str]:
    name, role = cells.parts(item, 2)
    return _role(role, _TEAM_ROLES), cells.line(name, 200)


def _role(role: str, known: Collection[str]) -> str:
    if role and role not in known:
        raise Wrong(gettext_noop("“%(role)s” is not a role here."), role=role[:40])
    return role
