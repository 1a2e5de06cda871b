"""The register as a table for spreadsheets: a row for each flow of each agreement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from django.conf import settings

from ground.spreadsheets import Cell
from members.register.listing import Line

# Names of columns are the same in every language, so that sheets can be joined.
COLUMNS = (
    "agreement", "state", "proposed_by", "partner", "proposed_by_code", "partner_code", "first_year", "last_year",
    "kind", "sending", "receiving", "places_a_year", "flow_first_year", "flow_last_year", "next_step", "page",
)  # fmt: skip


def rows(lines: Iterable[Line]) -> Iterator[list[Cell]]:
    """The rows of `lines`; an agreement in which nothing flows yet has one row."""
    for line in lines:
        names = {u.pk: str(u) for u in (line.left, line.partner, line.first)}
        head = _head(line, names)
        tail: list[Cell] = [line.next.words, f"{settings.BASE_URL}{line.url}"]
        for flow in line.standing.flows:
            receiving = names[line.standing.other(flow.sending)]
            told: list[Cell] = [
                flow.kind,
                names[flow.sending],
                receiving,
                flow.places,
                flow.first_year,
                max(flow.first_year, min(flow.last_year, line.standing.ends)),
            ]
            yield [*head, *told, *tail]
        if not line.standing.flows:
            yield [*head, "", "", "", "", "", "", *tail]


def _head(line: Line, names: Mapping[int, str]) -> list[Cell]:
    one = line.standing
    first, second = one.sides
    return [
        str(one.uuid), "; ".join(state.words for state in line.states), names[first.university],
        names[second.university], first.code, second.code, one.first_year, one.ends,
    ]  # fmt: skip
