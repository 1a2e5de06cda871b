"""The versions that are merged: what is kept and stored of a project, and what somebody typed into its form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from members import doubles
from members.models import Organisation
from projects.actions import PARTS
from projects.forms.editor import Editor, plain
from projects.forms.partner_rows import NEWCOMER_FIELDS, newcomer_in
from projects.forms.project import ProjectForm
from projects.forms.row import RowSet, ids_in
from projects.forms.stored import ROW_FIELDS, TYPED_ONLY
from projects.history import Kept

Values = dict[str, Any]
Unit = tuple[str, ...]
# What is kept or changed together: an amount means nothing without its currency.
_TOGETHER: Mapping[str, Unit] = {"amount": ("amount", "currency")}
_NUMBERED = ("id", "programme_id", "unit_id", "organisation_id", "evidence_id")
OWN: tuple[str, ...] = tuple(ProjectForm.Meta.fields)


@dataclass(frozen=True, eq=False)
class Line:
    """A row of one of the versions: its values, and the same as they are typed."""

    values: Values
    typed: Mapping[str, str]

    def at(self, unit: Unit) -> Unit:
        """What stands in the fields of `unit`, so that it can be compared."""
        found = tuple(plain(self.values.get(name)) for name in unit)
        return found if found[0] or len(found) == 1 else ("",) * len(found)


@dataclass(frozen=True)
class Side:
    """One version. `own` by the name of the form's field; a kind of rows that is not in `rows` did not arrive whole."""

    own: Values
    rows: dict[str, list[Line]]

    @property
    def kept(self) -> Kept:
        """The same as the history keeps it, for telling it in words."""
        kept = Kept(own={_column(name): value for name, value in self.own.items()})
        for kind, lines in self.rows.items():
            kept.rows[PARTS[kind].model] = [line.values for line in lines]
        return kept


def units_of(kind: str) -> list[Unit]:
    """The fields of a kind of rows, those together that are kept together."""
    later = {name for unit in _TOGETHER.values() for name in unit[1:]}
    return [_TOGETHER.get(name, (name,)) for name in ROW_FIELDS[kind] if name not in later]


def side_of(kept: Kept) -> Side:
    """A version that is stored. A field that was not there yet is not in its `own`."""
    own = {name: kept.own[_column(name)] for name in OWN if _column(name) in kept.own}
    return Side(
        own, {kind: [_line(kind, row) for row in kept.rows[PARTS[kind].model]] for kind in ROW_FIELDS}
    )


def side_typed(editor: Editor, stored: Side) -> Side:
    """What was sent, read as far as it can be read and as it was typed where not.

    A new organisation that another person has put among the project's partners meanwhile (`stored`) is theirs.
    """
    form, data = editor.form, editor.form.data
    own = {name: form.cleaned_data.get(name, _read(form.fields[name], data.get(name, ""))) for name in OWN}
    lead = own["lead"]
    own["lead"] = getattr(lead, "pk", None) or next(iter(ids_in([lead or ""])), None)
    rows = {kind: _typed_lines(kind, found) for kind, found in editor.sets.items() if _whole(found)}
    if "partners" in rows:
        rows["partners"] = _known(rows["partners"], stored.rows["partners"])
    return Side(own, rows)


def _read(field: forms.Field, typed: str) -> Any:
    """A day that was refused, as the day it is, so that it can be told in words; anything else as it was typed."""
    if isinstance(field, forms.DateField):
        with suppress(ValidationError):
            return field.to_python(typed)
    return typed


def _column(name: str) -> str:
    return "lead_id" if name == "lead" else name


def _line(kind: str, row: Values) -> Line:
    return Line(row, {name: plain(row.get(name)) for name in ROW_FIELDS[kind]})


def _whole(rows: RowSet) -> bool:
    """Whether as many rows arrived as the form says it sent."""
    head = rows.management_form
    if not head.is_valid():
        return False
    total: int = head.cleaned_data["TOTAL_FORMS"] or 0
    return 0 <= total <= rows.absolute_max  # type: ignore[attr-defined]


def _typed_lines(kind: str, rows: RowSet) -> list[Line]:
    names = ("id", *ROW_FIELDS[kind], *TYPED_ONLY.get(kind, ()))
    found = []
    for form in rows.forms:
        if form.has_changed():
            read = getattr(form, "cleaned_data", {})
            typed = {name: form.data.get(form.add_prefix(name)) or "" for name in names}
            values = {name: _value(name, read.get(name, typed[name])) for name in names}
            found.append(Line(values, typed))
    return found


def _value(name: str, value: Any) -> Any:
    """A number of a record is one or nothing, whatever was sent for it."""
    return next(iter(ids_in([value])), None) if name in _NUMBERED else value


def _known(mine: list[Line], theirs: Iterable[Line]) -> list[Line]:
    newcomers = {line: newcomer for line in mine if (newcomer := newcomer_in(line.values))}
    if not newcomers:
        return mine
    numbers = [line.values["organisation_id"] for line in theirs]
    there = Organisation.objects.filter(pk__in=numbers).defer("search")
    found = {
        line: organisation
        for line, newcomer in newcomers.items()
        for organisation in there
        if doubles.same(organisation, newcomer)
    }
    blank = dict.fromkeys((*NEWCOMER_FIELDS, "sure"), "")
    return [
        Line(
            {**line.values, **blank, "organisation_id": found[line].pk},
            {**line.typed, **blank, "organisation_id": str(found[line].pk)},
        )
        if line in found
        else line
        for line in mine
    ]
