"""XLSX, piece by piece: the sheet is compressed while its rows are read, and nothing is kept.

openpyxl writes the whole sheet to a file before the first byte can be sent, which takes a minute for 200,000
projects; what is needed here of the format is a few small parts (ECMA-376, Part 1, §18).
"""

from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from projects.exports.columns import COLUMNS, NAMES, Cell, Row

LONGEST_CELL = 32767  # of Excel; the rest of a longer text is in the CSV and the JSON
_FIRST_DAY = dt.date(1900, 3, 1)  # before it Excel's days are one off
_DAY_ZERO = dt.date(1899, 12, 30)
# What XML 1.0 cannot hold.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet2.xml" ContentType="{_KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{_KIND}.styles+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_RELATED}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_RELATED}/worksheet" Target="worksheets/sheet2.xml"/>'
    f'<Relationship Id="rId3" Type="{_RELATED}/styles" Target="styles.xml"/></Relationships>',
    # Style 1 is a date, style 2 the bold first line.
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    '<numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/></numFmts>'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="3"><xf xfId="0"/><xf xfId="0" numFmtId="164" applyNumberFormat="1"/>'
    '<xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}


class _Pipe:
    """Where the archive writes to, and the pieces are taken from."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, piece: bytes) -> int:
        self._pieces.append(bytes(piece))
        return len(piece)

    def flush(self) -> None:
        """Nothing is held back."""

    def taken(self) -> bytes:
        """What was written since the last time."""
        whole = b"".join(self._pieces)
        self._pieces.clear()
        return whole


def as_xlsx(batches: Iterator[list[Row]], about: Mapping[str, Any]) -> Iterator[bytes]:
    """A workbook: the projects, and a second sheet that says in both languages what each column holds.

    Texts are texts, never formulas; days are days. The names of the columns are those by which an import knows them.
    """
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:  # type: ignore[call-overload]
        for name, part in _PARTS.items():
            archive.writestr(name, _HEAD + part)
        archive.writestr("xl/workbook.xml", _HEAD + _workbook())
        archive.writestr("xl/worksheets/sheet2.xml", _HEAD + _explained())
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(_beginning().encode())
            for batch in batches:
                lines = ("".join(_cell(column.cell(row)) for column in COLUMNS) for row in batch)
                sheet.write("".join(f"<row>{line}</row>" for line in lines).encode())
                yield pipe.taken()
            sheet.write(b"</sheetData></worksheet>")
    yield pipe.taken()


def _workbook() -> str:
    names = (_("Projects"), _("Columns"))
    sheets = "".join(
        f'<sheet name="{escape(name)}" sheetId="{i}" r:id="rId{i}"/>' for i, name in enumerate(names, 1)
    )
    return f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}"><sheets>{sheets}</sheets></workbook>'


def _explained() -> str:
    """The sheet about the columns: the name of each and what stands there, in every language of the portal."""
    rows = [[column.name] for column in COLUMNS]
    head, notes = [_("Column")], [""]
    for code, language in settings.LANGUAGES:
        with translation.override(code):
            said = _("What stands there")
            head.append(f"{said} ({language})")
            notes.append(_("Several things in a cell are parted by “;”, the parts of one thing by “|”."))
            for row, column in zip(rows, COLUMNS, strict=True):
                row.append(str(column.about))
    lines = ["".join(_cell(words, style=2) for words in head)]
    lines += ["".join(_cell(words) for words in row) for row in [*rows, notes]]
    body = "".join(f"<row>{line}</row>" for line in lines)
    return f'<worksheet xmlns="{_MAIN}">{_widths([18, 90, 90])}<sheetData>{body}</sheetData></worksheet>'


def _widths(widths: Iterable[int]) -> str:
    columns = "".join(
        f'<col min="{i}" max="{i}" width="{width}" customWidth="1"/>' for i, width in enumerate(widths, 1)
    )
    return f"<cols>{columns}</cols>"


def _beginning() -> str:
    head = "".join(_cell(name, style=2) for name in NAMES)
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"{_widths(column.width for column in COLUMNS)}<sheetData><row>{head}</row>"
    )


def _cell(cell: Cell, style: int = 0) -> str:
    if isinstance(cell, dt.date) and cell >= _FIRST_DAY:
        return f'<c s="1"><v>{(cell - _DAY_ZERO).days}</v></c>'
    text = cell.isoformat() if isinstance(cell, dt.date) else cell
    if not text:
        return "<c/>"
    safe = escape(_NOT_XML.sub("", text[:LONGEST_CELL]))
    mark = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{mark}><is><t xml:space="preserve">{safe}</t></is></c>'
