"""What of somebody's version is different from another one, in the words of the history."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from projects import history
from projects.actions import PARTS
from projects.forms.editor import plain
from projects.forms.merging.fields import MergedFields
from projects.forms.merging.rows import Doubt, MergedRows, Outcome, has_order
from projects.forms.merging.sides import Side, Values
from projects.forms.partner_rows import newcomer_in
from projects.forms.project import LONG
from projects.history import Difference, Kept, Piece
from projects.models import Partnership

Rows = Mapping[str, Sequence[Values]]


def changed(before: Kept, own: Values, rows: Rows) -> list[Difference]:
    """What is different when `before` gets these fields, and for each kind in `rows` these instead of its own."""
    values = {_column(name): _text(name, value) for name, value in own.items()}
    then = Kept(own={**before.own, **values}, rows=dict(before.rows))
    new = []
    for kind, found in rows.items():
        new += [newcomer for row in found if kind == "partners" and (newcomer := newcomer_in(row))]
        then.rows[PARTS[kind].model] = [
            _known(row) for row in found if not newcomer_in(row) or kind != "partners"
        ]
        if not has_order(kind):
            _as_before(then.rows[PARTS[kind].model], before.rows[PARTS[kind].model])
    label = history.ROW_LABELS[Partnership]
    return [
        *history.difference_of(before, then),
        *(Difference(label, [Piece(", ".join(filter(None, (n.name, n.city))), came=True)]) for n in new),
    ]


def written(now: Kept, mine: Side, fields: MergedFields, rows: Sequence[MergedRows]) -> list[Difference]:
    """What of mine goes over what is stored, without what is asked first."""
    kept = {
        merged.kind: [values for outcome in merged.outcomes if (values := _written(outcome))]
        for merged in rows
    }
    return changed(now, {name: mine.own[name] for name in fields.own}, kept)


def typed(before: Kept, mine: Side, rows: Sequence[MergedRows]) -> list[Difference]:
    """All that I typed which was not so before; texts whole, so that they can be copied."""
    kept: dict[str, list[Values]] = {merged.kind: [] for merged in rows}
    for merged in rows:
        for triple in merged.triples:
            there = triple.base or triple.theirs
            if triple.mine:
                kept[merged.kind].append({**(there.values if there else {}), **triple.mine.values})
    own = {
        name: value
        for name, value in mine.own.items()
        if plain(value) != plain(before.own.get(_column(name)))
    }
    blank = {_column(name): None for name, value in own.items() if plain(value)}
    return changed(Kept(own={**before.own, **blank}, rows=before.rows), own, kept)


def _written(outcome: Outcome) -> Values | None:
    mine, theirs = outcome.triple.mine, outcome.triple.theirs
    if outcome.doubt is not Doubt.NONE or mine is None:
        return theirs.values if theirs else None
    if theirs is None:
        return mine.values
    return {**theirs.values, **{name: mine.values[name] for unit in outcome.own for name in unit}}


def _known(row: Values) -> Values:
    """A row that is not stored yet is none of those that are, nor another such one."""
    return row if row.get("uuid") else {**row, "uuid": uuid.uuid4()}


def _as_before(rows: list[Values], before: list[Values]) -> None:
    """Put the rows in the order in which they were, the new ones last: nobody moved them."""
    places = {row.get("id"): place for place, row in enumerate(before)}
    rows.sort(key=lambda row: places.get(row.get("id"), len(places)))


def _column(name: str) -> str:
    return "lead_id" if name == "lead" else name


def _text(name: str, value: Any) -> Any:
    return plain(value) if name.startswith(LONG) else value
