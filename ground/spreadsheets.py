"""Small tables for spreadsheets: CSV and XLSX whose cells do nothing when they are opened.

For lists that fit in memory; what is larger is written piece by piece (`projects/exports`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from ground.cells import disarmed

Cell = str | int

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_LONGEST = 32767  # of a cell in Excel
_BOM = "\ufeff"  # without it Excel reads UTF-8 as something else


def harmless(cell: Cell) -> Cell:
    """`cell`; text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return disarmed(cell) if isinstance(cell, str) else cell


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with its mark, commas, CRLF, quotes where needed (RFC 4180); the first line names the columns."""
    page = io.StringIO()
    page.write(_BOM)
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return page.getvalue().encode()


def as_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet; text is text, whatever it begins with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in (header, *rows):
        sheet.append([_cell(sheet, cell) for cell in row])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: object, value: Cell) -> WriteOnlyCell:
    made = WriteOnlyCell(sheet, value=_NOT_XML.sub("", value)[:_LONGEST] if isinstance(value, str) else value)
    if isinstance(value, str):
        made.data_type = "s"
    return made
