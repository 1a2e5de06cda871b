"""When somebody saved meanwhile: what differs between the two factsheets, and what is kept of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from ground import languages
from ground.templatetags.ground_tags import day
from members.factsheets.content import DATES, FIELDS, FactsheetContent, TermContent, read, record_at
from members.forms.factsheets import FactsheetForm, flat
from members.models import Contact, Factsheet, FactsheetLanguage, FactsheetTerm, Term

KEEP = "keep-"


@dataclass(frozen=True)
class Clash:
    """One part that differs; `keep_mine` is what is proposed."""

    name: str
    label: str
    mine: list[str]
    theirs: list[str]
    keep_mine: bool


class Conflict:
    """What was sent (`mine`, filled from version `seen`) beside what stands now (`factsheet`)."""

    def __init__(self, factsheet: Factsheet, mine: FactsheetContent, seen: int) -> None:
        self.factsheet = factsheet
        self.mine = mine
        self.theirs = read(factsheet)
        self.base = record_at(factsheet, seen)
        self.contacts = dict(
            Contact.objects.filter(university=factsheet.university_id).values_list("uuid", "name")
        )
        self.clashes = list(self._clashes())

    @property
    def is_mine_alone(self) -> bool:
        """Whether everything that differs was changed by this person only, so that there is nothing to choose."""
        if self.base is None:
            return not self.clashes
        return all(_part(self.base, clash.name) == _part(self.theirs, clash.name) for clash in self.clashes)

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Everything that was sent, for the next sending."""
        sent = [(name, value) for name, values in flat(self.mine).items() for value in values]
        return [*sent, ("version", str(self.factsheet.version))]

    def _clashes(self) -> Iterator[Clash]:
        for name in _parts():
            mine, theirs = _part(self.mine, name), _part(self.theirs, name)
            if mine != theirs:
                before = _part(self.base, name) if self.base else None
                keep = self.base is None or mine != before
                yield Clash(name, _label(name), self._lines(name, mine), self._lines(name, theirs), keep)

    def _lines(self, name: str, value: Any) -> list[str]:
        if name == "languages":
            return [_language(row) for row in value]
        if name == "contacts":
            return sorted(self.contacts.get(key, "") for key in value)
        if name.startswith("term-"):
            return _dates(value)
        return [str(value)] if value not in (None, "") else []


def chosen(mine: FactsheetContent, factsheet: Factsheet, sent: Mapping[str, Any]) -> FactsheetContent:
    """What was sent, with what stands now wherever the person chose theirs."""
    parts = {
        name.removeprefix(KEEP) for name, kept in sent.items() if name.startswith(KEEP) and kept == "theirs"
    }
    if not parts:
        return mine
    theirs = read(factsheet)
    fields = {name: (theirs if name in parts else mine).fields[name] for name in FIELDS}
    terms = [_part(theirs if f"term-{term.value}" in parts else mine, f"term-{term.value}") for term in Term]
    return replace(
        mine, fields=fields, terms=tuple(row for row in terms if row is not None),
        languages=(theirs if "languages" in parts else mine).languages,
        contacts=(theirs if "contacts" in parts else mine).contacts,
    )  # fmt: skip


def _parts() -> list[str]:
    return [*(f"term-{term.value}" for term in Term), "languages", *FIELDS, "contacts"]


def _part(said: FactsheetContent, name: str) -> Any:
    if name.startswith("term-"):
        return next((row for row in said.terms if f"term-{row.term}" == name), None)
    return said.fields[name] if name in said.fields else getattr(said, name)


def _label(name: str) -> str:
    if name.startswith("term-"):
        return str(Term(name.removeprefix("term-")).label)
    if name == "languages":
        return _("Language requirements")
    return str(FactsheetForm.base_fields[name].label)


def _dates(row: TermContent | None) -> list[str]:
    fields = FactsheetTerm._meta
    return [
        f"{fields.get_field(name).verbose_name}: {day(value)}"  # type: ignore[union-attr]
        for name in DATES
        if (value := getattr(row, name, None))
    ]


def _language(row: Any) -> str:
    whom = FactsheetLanguage.Whom(row.whom).label
    words = f"{whom}: {languages.name(row.language)} {row.level}"
    notes = "; ".join(note for note in (row.note_en, row.note_lt) if note)
    return f"{words} ({notes})" if notes else words
