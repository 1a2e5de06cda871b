"""The rows of a file, one after the other, whatever its kind: numbers as in the file, cells as clean text."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ground.cells import rearmed
from ground.forms import BROKEN
from projects.imports.sheets import Sheet
from projects.imports.sniffing import CSV
from projects.imports.storing import Refused
from projects.imports.weighing import MAX_COLUMNS, too_wide

MAX_ROWS = 500_000
_MAX_LINE = 2_000_000  # characters of one line of the file
_UNREADABLE = "\ufffd"


class Empty(Refused):
    """There is nothing below the headings."""


@dataclass
class Table:
    """A file being read: its headings, then its rows; what is worth saying about it gathers in `notes`."""

    path: Path
    settings: Mapping[str, Any]
    headings: list[str] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Number and cells of each row below the headings that has something in it. Raises Refused, Empty."""
        empty = Empty(_("There are no rows below the headings."))
        seen = False
        for number, cells in self._raw():
            if number > MAX_ROWS + 100:
                raise Refused(_("The table has more than 500,000 rows. Divide it."))
            cells = [rearmed(BROKEN.sub(_UNREADABLE, cell).strip()) for cell in cells]
            if not any(cells):
                continue
            if not self.headings:
                self.headings = _named(cells)
                continue
            seen = True
            yield number, cells
        if not seen:
            raise empty

    def _raw(self) -> Iterator[tuple[int, list[str]]]:
        if self.settings["kind"] == CSV:
            yield from _csv_rows(self.path, self.settings["encoding"], self.settings["delimiter"])
            return
        sheet = Sheet(self.path, self.settings["sheet"])
        yield from sheet.rows()
        if sheet.merged:
            self.notes.append(
                {"words": gettext_noop(
                    "The sheet has merged cells (%(areas)s). Only the first cell of each has the value; "
                    "the others are read as empty."
                ), "with": {"areas": ", ".join(sheet.merged[:5])}}
            )  # fmt: skip


def _named(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return [" ".join(cell.split())[:300] for cell in cells]


def _lines(path: Path, encoding: str) -> Iterator[str]:
    """The lines of the file, none of them longer than a page of memory. Raises Refused."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        first = True
        while line := file.readline(_MAX_LINE):
            if len(line) >= _MAX_LINE:
                raise Refused(
                    _("A line of the file is longer than two million characters. This is not a table.")
                )
            yield line.lstrip("\ufeff") if first else line
            first = False


def _csv_rows(path: Path, encoding: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    rows = csv.reader(_lines(path, encoding), delimiter=delimiter)
    try:
        for number, cells in enumerate(rows, start=1):
            if len(cells) > MAX_COLUMNS and any(cells[MAX_COLUMNS:]):
                raise too_wide()
            if number == 1 and cells and cells[0].lower().startswith("sep="):
                continue
            yield number, cells[:MAX_COLUMNS]
    except csv.Error as error:
        raise Refused(
            _("A cell after row %(row)s is too long or its quotation marks are not closed.") % {"row": number}
        ) from error
