"""Sheets of a workbook, row by row: what the cells show, never what formulas would do."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _
from openpyxl import load_workbook
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser

from projects.imports.storing import Refused

# Stands in a cell whose formula was never worked out by the program that saved the file.
NO_VALUE = "\ufffcformula"
MAX_COLUMNS = 500


class Sheet:
    """A sheet that was read: after the last row it knows its merged areas."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        self.merged: list[str] = []

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Number (as in the program) and cells of each row that is there. Raises Refused."""
        with _workbook(self.path) as book, _broken_is_refused():
            if self.name not in book.sheetnames:
                raise Refused(_("This sheet is no longer there. Choose another."))
            sheet = book[self.name]
            with sheet._get_source() as source:
                parser = _Parser(
                    source, sheet._shared_strings, data_only=True, epoch=book.epoch,
                    date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,
                )  # fmt: skip
                for number, cells in parser.parse():
                    yield number, _row(cells)
                merged = parser.merged_cells
            self.merged = [str(area.ref) for area in merged.mergeCell] if merged else []


class _Parser(WorkSheetParser):
    """Marks cells with a formula but without a value, which would else look empty."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["value"] = NO_VALUE
        return cell


def _row(cells: list[dict[str, Any]]) -> list[str]:
    filled = [cell for cell in cells if cell["value"] not in (None, "")]
    if not filled:
        return []
    width = max(cell["column"] for cell in filled)
    if width > MAX_COLUMNS:
        raise too_wide()
    row = [""] * width
    for cell in filled:
        row[cell["column"] - 1] = as_text(cell["value"])
    return row


def too_wide() -> Refused:
    """What is said of a table with too many columns."""
    return Refused(_("The table has more than 500 columns. Keep those that you need."))


def as_text(value: Any) -> str:
    """A typed cell as text that reads in one way only: dates as 2026-03-01, numbers with a point."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, float):
        shown = f"{Decimal(repr(value)):f}"
        whole, _point, rest = shown.partition(".")
        if not rest.strip("0"):
            return whole
        return f"{shown}0" if len(rest) == 3 else shown  # 12.345 could be read as twelve thousand
    return str(value)


def sheet_names(path: Path) -> list[str]:
    """The names of the sheets with cells. Raises Refused when the workbook can't be read or has none."""
    with _workbook(path) as book:
        names = [sheet.title for sheet in book.worksheets]
    if not names:
        raise Refused(_("There is no sheet with cells in this file."))
    return names[:100]


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        with _broken_is_refused():
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            yield book
        finally:
            book.close()


@contextmanager
def _broken_is_refused() -> Iterator[None]:
    """A parser given hostile bytes raises almost anything; whatever it is, the file is not one that we can take."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (Refused, GeneratorExit, KeyboardInterrupt):
        raise
    except Exception as error:
        raise Refused(
            _("This XLSX file can't be read. Save it again in your spreadsheet program, or as CSV.")
        ) from error
