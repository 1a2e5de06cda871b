"""Staged rows and columns as people read them: headings, samples, sentences in their language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django_countries import countries

from ground.forms import NOT_IN_A_LINE
from ground.templatetags.ground_tags import number
from projects.imports import batches, columns
from projects.imports.previewing import Change, Understood, Words, in_full
from projects.imports.sheets import NO_VALUE
from projects.models import Import, ImportRow

_SAMPLES = 3
_AT = {"reading": 1, "mapping": 2, "checking": 3, "checked": 3, "merging": 4}
_GIVEN_UP = (Import.Status.CANCELLED, Import.Status.FAILED)
_TONES = {"create": "good", "update": "accent", "same": "", "refused": "bad"}


@dataclass(frozen=True)
class Problem:
    """What is wrong (or to know) with a row, in words, and in which cell."""

    column: str
    cell: str
    words: str
    warning: bool
    field: str = ""

    @property
    def place(self) -> str:
        """The heading as it stands in the file, and the name of the field that it fills where that is another."""
        return f"{self.column} ({self.field})" if self.field else self.column


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
class Stage:
    """A step of the wizard: behind the person, the one where they are, or still to come."""

    number: int
    name: str
    done: bool
    now: bool


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


def wizard(batch: Import | None, *, choosing: bool = False) -> list[Stage]:
    """The steps of an import for the person who is at one of them; None stands before the file.

    `choosing`: the person chooses the columns (again). An import that was given up stays where it was, at no step.
    """
    now, over = 1, False
    if batch:
        now, over = _AT.get(batch.status, 5), batch.status in _GIVEN_UP
        if over:
            now = 3 if batch.outcome.get("counts") else 2 if batch.columns else 1
        elif choosing:
            now = 2 if batch.columns else 1  # without columns it could not be read
    names = [
        pgettext("step of an import", "File"), pgettext("step of an import", "Columns"),
        pgettext("step of an import", "Check"), pgettext("step of an import", "Take over"),
        pgettext("step of an import", "Report"),
    ]  # fmt: skip
    return [
        Stage(place, name, place < now, place == now and not over)
        for place, name in enumerate(names, start=1)
    ]


def counted(batch: Import) -> dict[str, int]:
    """How many rows there are of each kind; of a cancelled import none, as they will never be anything."""
    counts: dict[str, int] = batch.outcome.get("counts", {})
    return {} if batch.status == Import.Status.CANCELLED else counts


def found(counts: Mapping[str, int]) -> str:
    """How many errors and warnings there are, as a sentence."""
    errors, warnings = counts.get("errors", 0), counts.get("warnings", 0)
    parts = {
        "errors": ngettext("%(number)s error", "%(number)s errors", errors) % {"number": number(errors)}
        if errors else _("no errors"),
        "warnings": ngettext("%(number)s warning", "%(number)s warnings", warnings) % {"number": number(warnings)}
        if warnings else _("no warnings"),
    }  # fmt: skip
    return capfirst(_("%(errors)s and %(warnings)s.") % parts)


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


def newcomers(batch: Import) -> dict[str, Any] | None:
    """The organisations that would be made, in words: the first of them, how many, and how many more."""
    found: dict[str, Any] | None = batch.outcome.get("newcomers")
    if found is None:
        return None
    some = [
        {
            "name": name,
            "more": " · ".join(filter(None, [countries.name(country), f"PIC {pic}" if pic else ""])),
        }
        for name, country, pic in found["some"]
    ]
    return {"some": some, "count": found["count"], "rest": found["count"] - len(some)}


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
            _field(batch, one["column"]),
        )
        for one in row.problems
    ]
    return sorted(found, key=lambda problem: problem.warning)


def _heading(batch: Import, column: int | None) -> str:
    if column is None or column >= len(batch.columns):
        return ""
    return batch.columns[column] or _("Column %(number)s") % {"number": column + 1}


def _field(batch: Import, column: int | None) -> str:
    """What the column fills, in the reader's language; nothing where the heading says so already."""
    known = columns.BY_NAME.get(batch.mapping.get(str(column), ""))
    said = columns.plain(_heading(batch, column))
    if known is None or said in (columns.plain(known.name), columns.plain(str(known.label))):
        return ""
    return str(known.label)


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
