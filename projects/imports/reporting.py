"""What is handed back: the report of an import, and files to begin with."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font

from projects.imports.columns import TEMPLATE
from projects.imports.showing import Problem, problems
from projects.models import Import, ImportRow

_BOM = "\ufeff"
_AT_ONCE = 1000
Escape = Callable[[str], str]


def report(batch: Import, *, only_refused: bool, escape: Escape) -> Iterator[bytes]:
    """Every row of the file with what became of it and why, as CSV, a thousand rows at a time.

    The columns of the file come last and as they were, so that refused rows can be corrected and sent again.
    """
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    page.write(_BOM)
    writer.writerow([_("Row"), _("Outcome"), _("Errors and warnings"), *map(escape, batch.columns)])
    rows = batch.rows.order_by("number")
    if only_refused:
        rows = rows.filter(step=ImportRow.Step.REFUSED)
    last = 0
    while found := list(rows.filter(number__gt=last)[:_AT_ONCE]):
        for row in found:
            words = "; ".join(_said(problem) for problem in problems(batch, row))
            cells = [escape(str(cell)) for cell in row.cells]
            writer.writerow([row.number, str(row.get_step_display()), escape(words), *cells])
        last = found[-1].number
        yield page.getvalue().encode()
        page.seek(0)
        page.truncate()
    yield page.getvalue().encode()


def _said(problem: Problem) -> str:
    return f"{problem.place}: {problem.words}" if problem.column else problem.words


def template_csv() -> bytes:
    """Headings in the reader's language and one example row, as CSV."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    writer.writerow(str(column.label) for column in TEMPLATE)
    writer.writerow(column.example for column in TEMPLATE)
    return (_BOM + page.getvalue()).encode()


def template_xlsx() -> bytes:
    """The same as a workbook; its second sheet says in both languages what each column is for."""
    book = Workbook()
    sheet: Any = book.active
    sheet.title = _("Projects")
    sheet.append([str(column.label) for column in TEMPLATE])
    sheet.append([column.example for column in TEMPLATE])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        sheet.column_dimensions[cell.column_letter].width = 24
    sheet.freeze_panes = "A2"
    _explain(book.create_sheet(_("Columns")))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _explain(sheet: Any) -> None:
    rows: list[list[str]] = [[] for _column in TEMPLATE]
    head: list[str] = []
    for code, name in settings.LANGUAGES:
        with translation.override(code):
            head += [f"{words} ({name})" for words in (_("Column"), _("What it takes"))]
            for row, column in zip(rows, TEMPLATE, strict=True):
                row += [str(column.label), str(column.about)]
    for row in [head, *rows]:
        sheet.append(row)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for letter, width in zip("ABCD", (28, 60, 28, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")


TEMPLATES: dict[str, tuple[str, Callable[[], bytes]]] = {
    "csv": ("text/csv; charset=utf-8", template_csv),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", template_xlsx),
}
