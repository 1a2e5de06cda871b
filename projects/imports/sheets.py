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
from projects.imports.weighing import MAX_COLUMNS, names_in, too_wide, unreadable, weigh

# Stands in a cell whose formula was never worked out by the program that saved the file.
NO_VALUE = "\ufffcformula"


class Sheet:
    """A sheet that was read: after the last row it knows its merged areas."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name
        self.merged: list[str] = []

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Number (as in the program, but always rising) and cells of each row that is there. Raises Refused."""
        last = 0
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
                    last = max(number, last + 1)
                    yield last, _row(cells)
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
    with _broken_is_refused():
        names = names_in(path)
    if not names:
        raise Refused(_("There is no sheet with cells in this file."))
    return names[:100]


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    with path.open("rb") as file:
        with _broken_is_refused():
            weigh(path)
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
        raise unreadable() from error
