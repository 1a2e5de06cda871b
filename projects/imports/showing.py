"""Staged rows and columns as people read them: headings, samples, sentences in their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ground.forms import NOT_IN_A_LINE
from ground.templatetags.ground_tags import number
from projects.imports import batches
from projects.imports.previewing import Change, Understood, Words, in_full
from projects.imports.sheets import NO_VALUE
from projects.models import Import, ImportRow

_SAMPLES = 3
_TONES = {"create": "good", "update": "accent", "same": "", "refused": "bad"}


@dataclass(frozen=True)
class Problem:
    """What is wrong (or to know) with a row, in words, and in which cell."""

    column: str
    cell: str
    words: str
    warning: bool


@dataclass(frozen=True)
class ShownRow:
    """A staged row: what it would do and why."""

    number: int
    code: str
    step: str
    words: Any
    tone: str
    problems: list[Problem]
    changes: list[Change]
    new: Understood


@dataclass(frozen=True)
class Listed:
    """An import in the list: where it stands in words, and whether it can still be cancelled."""

    batch: Import
    words: Any
    open: bool


@dataclass(frozen=True)
class Heading:
    """A column of the file, with what stands in its first filled cells."""

    position: int
    name: str
    samples: list[str]


def sentence(noted: Mapping[str, Any] | None) -> str:
    """A stored sentence in the reader's language."""
    if not noted:
        return ""
    words = _(noted["words"])
    return words % noted["with"] if noted.get("with") else words


def standing(batch: Import) -> Any:
    """Where the import stands, in a word or two."""
    return _("Stopping …") if batches.is_stopping(batch) else batch.get_status_display()


def listed(imports: Iterable[Import]) -> list[Listed]:
    """Imports for the list of a person."""
    return [
        Listed(one, standing(one), one.status not in batches.ENDED and not batches.is_stopping(one))
        for one in imports
    ]


def progress(batch: Import) -> dict[str, Any]:
    """How far the work is, for the page and for the script that keeps it fresh."""
    if batches.is_stopping(batch):
        return {"status": "stopping", "words": _("Stopping …"), "done": 0, "total": 0}
    words = _("%(done)s of %(total)s rows") if batch.rows_total else _("%(done)s rows so far")
    done = min(batch.rows_done, batch.rows_total or batch.rows_done)
    numbers = {"done": done, "total": batch.rows_total}
    shown = {name: number(value) for name, value in numbers.items()}
    return {"status": batch.status, "words": words % shown, **numbers}


def unsure(batch: Import) -> dict[str, Any] | None:
    """The cells whose date could be read twice: how many, and one of them with the day in full."""
    found: dict[str, Any] | None = batch.outcome.get("unsure")
    return found | {"day": in_full(found["day"])} if found else None


def shown_rows(batch: Import, rows: Sequence[ImportRow]) -> list[ShownRow]:
    """Rows for the preview."""
    words = Words(rows)
    place = next((int(key) for key, name in batch.mapping.items() if name == "code"), None)
    return [
        ShownRow(
            row.number, _cell(row, place)[:80], row.step, row.get_step_display(), _TONES.get(row.step, ""),
            problems(batch, row), [words.change(noted) for noted in row.values.get("changes", ())],
            words.understood(row),
        )
        for row in rows
    ]  # fmt: skip


def problems(batch: Import, row: ImportRow) -> list[Problem]:
    """What is wrong with a row, the errors first."""
    found = [
        Problem(
            _heading(batch, one["column"]),
            _cell(row, one["column"])[:200],
            sentence(one),
            bool(one.get("warning")),
        )
        for one in row.problems
    ]
    return sorted(found, key=lambda problem: problem.warning)


def _heading(batch: Import, column: int | None) -> str:
    if column is None or column >= len(batch.columns):
        return ""
    return batch.columns[column] or _("Column %(number)s") % {"number": column + 1}


def _cell(row: ImportRow, column: int | None) -> str:
    if column is None or column >= len(row.cells):
        return ""
    return "=…" if row.cells[column] == NO_VALUE else NOT_IN_A_LINE.sub(" ", str(row.cells[column]))


def headings(batch: Import) -> list[Heading]:
    """The columns of the file with up to three samples each."""
    first = [row.cells for row in batch.rows.order_by("number")[:50]]
    found = []
    for position in range(len(batch.columns)):
        filled = [cells[position] for cells in first if position < len(cells) and cells[position]]
        samples = [
            ("=…" if cell == NO_VALUE else NOT_IN_A_LINE.sub(" ", cell))[:60]
            for cell in dict.fromkeys(filled)
        ]
        found.append(Heading(position, _heading(batch, position), samples[:_SAMPLES]))
    return found
