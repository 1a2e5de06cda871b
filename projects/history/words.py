"""What a revision holds, in the words of the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from ground.templatetags.ground_tags import day, money, number
from members.models import Organisation, OrganisationalUnit, University
from projects.history.record import Fields, Kept
from projects.models import (
    Amendment,
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Programme,
    Project,
    ProjectDocument,
    Result,
    Sharing,
    TeamMember,
    Website,
)

Words = Promise | str
Names = Mapping[tuple[str, Any], str]

FIELDS: Mapping[str, Words] = {
    "code": gettext_lazy("Project number"),
    "lead": gettext_lazy("Lead university"),
    "title_en": gettext_lazy("Title in English"),
    "title_lt": gettext_lazy("Title in Lithuanian"),
    "acronym": gettext_lazy("Acronym"),
    "starts_on": gettext_lazy("First day"),
    "ends_on": gettext_lazy("Last day"),
    "description_en": gettext_lazy("Description in English"),
    "description_lt": gettext_lazy("Description in Lithuanian"),
    "objectives_en": gettext_lazy("Objectives in English"),
    "objectives_lt": gettext_lazy("Objectives in Lithuanian"),
    "results_en": gettext_lazy("Results in English"),
    "results_lt": gettext_lazy("Results in Lithuanian"),
    "publication": gettext_lazy("Publication"),
}
TEXTS = tuple(name for name in FIELDS if name.endswith(("_en", "_lt")))
ROW_LABELS: Mapping[type[Model], Words] = {
    Website: gettext_lazy("Websites"),
    FundingLine: gettext_lazy("Funding"),
    TeamMember: gettext_lazy("People"),
    Department: gettext_lazy("Departments"),
    Partnership: gettext_lazy("Partners"),
    Milestone: gettext_lazy("Milestones"),
    Result: gettext_lazy("Results"),
    Amendment: gettext_lazy("Amendments of the period"),
    Sharing: gettext_lazy("Shared with"),
    ProjectDocument: gettext_lazy("Documents"),
}
# Of each kind of row: what names it, and what else is told of it. "title" is the text in the reader's language.
_CELLS: Mapping[type[Model], tuple[str, ...]] = {
    Website: ("url",),
    FundingLine: ("programme", "amount", "share", "contract_number"),
    TeamMember: ("name", "part"),
    Department: ("unit",),
    Partnership: ("organisation", "part"),
    Milestone: ("title", "kind", "due_on", "done_on", "evidence_url", "evidence"),
    Result: ("title", "category", "url", "reached_on"),
    Amendment: ("number", "agreed_on", "before", "after", "reason", "document"),
    Sharing: ("university",),
    ProjectDocument: ("title", "is_public"),
}
# A row is the same one in two revisions when this is the same.
KEYS: Mapping[type[Model], str] = {
    Website: "url",
    Department: "unit_id",
    Partnership: "organisation_id",
    Sharing: "university_id",
    ProjectDocument: "document_id",
}
_LABELS: Mapping[str, Words] = {
    "part": gettext_lazy("Role"),
    "share": gettext_lazy("Share"),
    "amount": gettext_lazy("Amount"),
    "contract_number": gettext_lazy("Contract number"),
    "kind": gettext_lazy("Kind"),
    "category": gettext_lazy("Category"),
    "title_en": gettext_lazy("Title in English"),
    "title_lt": gettext_lazy("Title in Lithuanian"),
    "reason_en": gettext_lazy("Reason in English"),
    "reason_lt": gettext_lazy("Reason in Lithuanian"),
    "due_on": gettext_lazy("Due on"),
    "done_on": gettext_lazy("Done on"),
    "reached_on": gettext_lazy("Reached on"),
    "agreed_on": gettext_lazy("Agreed on"),
    "before": gettext_lazy("Period before"),
    "after": gettext_lazy("Period after"),
    "evidence": gettext_lazy("Evidence"),
    "evidence_url": gettext_lazy("Address of the evidence"),
    "document": gettext_lazy("Document"),
    "is_public": gettext_lazy("Shown to"),
    "url": gettext_lazy("Web address"),
    "name": gettext_lazy("Name"),
}
_TOLD_WITH_LABEL = ("due_on", "done_on", "reached_on", "agreed_on", "contract_number", "document", "evidence")
_NUMBERS = ("amount", "share")
_NAMED: Mapping[str, type[Model]] = {
    "lead": University, "university": University, "programme": Programme, "unit": OrganisationalUnit,
    "organisation": Organisation, "evidence": ProjectDocument, "document": ProjectDocument,
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A row in words: `line` as a whole, and its cells, each by its label."""

    key: Any
    name: str
    line: str
    cells: Mapping[str, str]


@dataclass(frozen=True)
class State:
    """A project in words: its fields by their name, its rows by their kind."""

    own: Mapping[str, str]
    rows: Mapping[type[Model], list[Row]]


def in_words(states: Iterable[Kept]) -> list[State]:
    """Each of the states in words; one query for each kind of thing that they name."""
    states = list(states)
    names = _names(states)
    return [_state(kept, names) for kept in states]


class Teller:
    """Tells single values of `states` in the words of the history; one query for each kind of thing they name."""

    def __init__(self, states: Iterable[Kept]) -> None:
        self._names = _names(list(states))

    def value(self, model: type[Model], name: str, fields: Fields) -> str:
        """The field `name` ("programme", not "programme_id") of a project or of one of its rows."""
        return _word(model, name, fields, self._names)

    def row(self, model: type[Model], fields: Fields) -> Row:
        """A row as a whole."""
        return _row(model, fields, self._names)


def _names(states: list[Kept]) -> Names:
    wanted: dict[str, set[Any]] = {name: set() for name in _NAMED}
    for kept in states:
        for fields in [kept.own, *(row for rows in kept.rows.values() for row in rows)]:
            for name in _NAMED:
                wanted[name].add(fields.get(f"{name}_id"))
    names: dict[tuple[str, Any], str] = {}
    for name, model in _NAMED.items():
        numbers = wanted[name] - {None}
        rows = model._default_manager.filter(pk__in=numbers)
        related = rows.select_related("organisation") if model is University else rows
        for row in related if numbers else ():
            names[name, row.pk] = str(getattr(row, "name_shown", row))
    return names


def _state(kept: Kept, names: Names) -> State:
    own = {name: _word(Project, name, kept.own, names) for name in FIELDS}
    return State(own, {model: [_row(model, row, names) for row in rows] for model, rows in kept.rows.items()})


def _row(model: type[Model], fields: Fields, names: Names) -> Row:
    cells: dict[str, str] = {}
    told = []
    for name in _CELLS[model]:
        words = _word(model, name, fields, names)
        told.append(f"{_LABELS[name]}: {words}" if words and name in _TOLD_WITH_LABEL else words)
        for cell in (f"{name}_en", f"{name}_lt") if name in ("title", "reason") else (name,):
            cells[str(_LABELS.get(cell, ""))] = _word(model, cell, fields, names)
    if model is Amendment:
        told[2:4] = [f"{told[2]} → {told[3]}"]
    key = fields.get(KEYS.get(model, "uuid"))
    return Row(key, told[0], " · ".join(words for words in told if words), cells)


def _word(model: type[Model], name: str, fields: Fields, names: Names) -> str:
    if name in _NAMED and f"{name}_id" in fields and model is not ProjectDocument:
        key = fields[f"{name}_id"]
        return names.get((name, key), _("no longer on record")) if key else ""
    if name in ("title", "reason"):
        return _in_language(fields, name)
    if name in ("before", "after"):
        ends = ("starts_before", "ends_before") if name == "before" else ("starts_on", "ends_on")
        return " – ".join(day(fields.get(end)) for end in ends)
    value = fields.get(name)
    if name == "is_public":
        return _("everybody") if value else _("staff")
    return "" if value in (None, "") else _plain(model, name, value, fields)


def _plain(model: type[Model], name: str, value: Any, fields: Fields) -> str:
    if isinstance(value, dt.date):
        return day(value)
    if isinstance(value, str) and name in _NUMBERS:
        return value  # what somebody typed that is no number
    if name == "amount":
        return money(Decimal(value), fields.get("currency") or "EUR")
    if name == "share":
        return f"{number(Decimal(value))} %"
    if model is Amendment and name == "number":
        return _("Amendment %(number)s") % {"number": value}
    return str(dict(model._meta.get_field(name).flatchoices).get(value, value))  # type: ignore[union-attr]


def _in_language(fields: Fields, name: str) -> str:
    own, other = ("lt", "en") if (get_language() or "").startswith("lt") else ("en", "lt")
    return str(fields.get(f"{name}_{own}") or fields.get(f"{name}_{other}") or "")
