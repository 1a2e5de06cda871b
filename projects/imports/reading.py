"""The rows of a file, one after the other, whatever its kind: numbers as in the file, cells as clean text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ground.cells import rearmed
from ground.forms import BROKEN
from projects.imports.columns import JOINED
from projects.imports.cordis import Organisations, Row, has_organisations, joined
from projects.imports.sheets import Sheet
from projects.imports.sniffing import CSV, ZIP, broken_is_refused
from projects.imports.storing import Refused
from projects.imports.weighing import MAX_COLUMNS, too_wide

MAX_ROWS = 500_000
_MAX_LINE = 2_000_000  # characters of one line of the file
_UNREADABLE = "\ufffd"


class Empty(Refused):
    """There is nothing below the headings."""


@dataclass
class Table:
    """A file being read: its headings, then its rows; what is worth saying about it gathers in `notes`.

    `sign` is called while much is read before the first row comes.
    """

    path: Path
    settings: Mapping[str, Any]
    headings: list[str] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    sign: Callable[[], None] = field(default=lambda: None)

    def rows(self) -> Iterator[Row]:
        """Number and cells of each row below the headings that has something in it. Raises Refused, Empty."""
        empty = Empty(_("There are no rows below the headings."))
        seen = False
        for row in self._cordis() if self.settings["kind"] == ZIP else self._single():
            seen = True
            yield row
        if not seen:
            raise empty

    def _single(self) -> Iterator[Row]:
        """One table; CORDIS's table of organisations as one row for each project."""
        self.headings, rows = _table(self._raw())
        if not has_organisations(self.headings):
            yield from rows
            return
        organisations = Organisations(self.sign)
        organisations.gather(self.headings, rows)
        yield from self._of_organisations(organisations)

    def _cordis(self) -> Iterator[Row]:
        """CORDIS's tables as they are packed: the organisations beside their projects."""
        organisations = Organisations(self.sign)
        if "organisations" in self.settings:
            organisations.gather(*_table(self._packed("organisations")))
        if "projects" not in self.settings:
            yield from self._of_organisations(organisations)
            return
        self.headings, rows = _table(self._packed("projects"))
        if "organisations" not in self.settings:
            yield from rows
            return
        listed, self.headings = self.headings, [*self.headings, JOINED]
        yield from joined(listed, rows, organisations)
        self.notes += organisations.notes(whole=True)

    def _of_organisations(self, organisations: Organisations) -> Iterator[Row]:
        self.headings = ["projectID", JOINED]
        yield from organisations.alone()
        self.notes += organisations.notes(whole=False)

    def _packed(self, kind: str) -> Iterator[Row]:
        with (
            broken_is_refused(),
            zipfile.ZipFile(self.path) as archive,
            archive.open(self.settings[kind]) as packed,
        ):
            text = io.TextIOWrapper(packed, encoding="utf-8", errors="replace", newline="")
            yield from _csv_rows(_lines(text), self.settings[f"{kind}_delimiter"])

    def _raw(self) -> Iterator[Row]:
        if self.settings["kind"] == CSV:
            with self.path.open(encoding=self.settings["encoding"], errors="replace", newline="") as file:
                yield from _csv_rows(_lines(file), self.settings["delimiter"])
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


def _table(raw: Iterator[Row]) -> tuple[list[str], Iterator[Row]]:
    """The headings, and the rows below them that have something in them. Raises Refused."""
    filled = _filled(raw)
    _number, headings = next(filled, (0, []))
    return _named(headings), filled


def _filled(raw: Iterator[Row]) -> Iterator[Row]:
    for number, cells in raw:
        if number > MAX_ROWS + 100:
            raise Refused(_("The table has more than 500,000 rows. Divide it."))
        cells = [rearmed(BROKEN.sub(_UNREADABLE, cell).strip()) for cell in cells]
        if any(cells):
            yield number, cells


def _named(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return [" ".join(cell.split())[:300] for cell in cells]


def _lines(file: TextIO) -> Iterator[str]:
    """The lines of the file, none of them longer than a page of memory. Raises Refused."""
    first = True
    while line := file.readline(_MAX_LINE):
        if len(line) >= _MAX_LINE:
            raise Refused(_("A line of the file is longer than two million characters. This is not a table."))
        yield line.lstrip("\ufeff") if first else line
        first = False


def _csv_rows(lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    number = 0
    rows = csv.reader(lines, delimiter=delimiter)
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
