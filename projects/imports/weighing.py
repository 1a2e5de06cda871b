"""What is packed in a workbook, weighed piece by piece before anything is built from it: memory stays flat."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn
from xml.parsers import expat

from defusedxml.ElementTree import iterparse
from django.utils.translation import gettext_lazy as _

from projects.imports.storing import Refused

MAX_COLUMNS = 500
MAX_ROWS = 2**20  # as many as a sheet can have
MAX_STRINGS = 2_000_000
MAX_ELEMENTS = 500_000  # beside the rows and texts, or within one of them
_INDEX_LIMIT = 2 * 2**20  # bytes of a part that lists others
_CHUNK = 64 * 1024
_QUIET = 8 * 2**20  # bytes without a single element
_WORKBOOK_TYPES = tuple(
    f"{kind}.main+xml" for kind in ("sheet", "template", "sheet.macroEnabled", "template.macroEnabled")
)


def too_wide() -> Refused:
    """What is said of a table with too many columns."""
    return Refused(_("The table has more than 500 columns. Keep those that you need."))


def packed_too_large() -> Refused:
    """What is said of a workbook that would grow out of all proportion."""
    return Refused(
        _("What is packed in this XLSX file is too large. Save the sheet as CSV and choose that file.")
    )


def unreadable() -> Refused:
    """What is said of a workbook that is broken."""
    return Refused(_("This XLSX file can't be read. Save it again in your spreadsheet program, or as CSV."))


def weigh(path: Path) -> None:
    """Refuse a workbook with a row, text or part that no memory should hold. Raises Refused."""
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            if not part.is_dir():
                _weigh_part(archive, part)


def _weigh_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    scale = _Scale()
    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = scale.start, scale.end
    parser.EntityDeclHandler = _entity
    seen, quiet = 0, 0
    with archive.open(part) as source:
        try:
            while chunk := source.read(_CHUNK):
                parser.Parse(chunk, False)
                quiet = quiet + len(chunk) if scale.seen == seen else 0
                seen = scale.seen
                if quiet > _QUIET:
                    raise packed_too_large()
        except expat.ExpatError:
            return  # a picture; or whoever needs this part stops at the same place


def _entity(*_declared: Any) -> NoReturn:
    raise unreadable()


class _Scale:
    """Counts the elements of one part as they pass: rows with their cells, shared texts, and all others."""

    def __init__(self) -> None:
        self.seen = self.rows = self.strings = self.cells = self.inside = self.outside = 0
        self.within = ""  # the row or text that is open now

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.seen += 1
        local = name.rpartition(":")[2]
        if self.within:
            self.inside += 1
            if local == "c":
                self.cells += 1
                if self.cells > MAX_COLUMNS:
                    raise too_wide()
        elif local in ("row", "si"):
            self.within, self.inside, self.cells = name, 0, 0
            self.rows += local == "row"
            self.strings += local == "si"
        else:
            self.outside += 1
        if (
            max(self.inside, self.outside) > MAX_ELEMENTS
            or self.rows > MAX_ROWS
            or self.strings > MAX_STRINGS
        ):
            raise packed_too_large()

    def end(self, name: str) -> None:
        if name == self.within:
            self.within = ""


def names_in(path: Path) -> list[str]:
    """The names of the sheets with cells, from the parts that list them and no others. Raises Refused."""
    with zipfile.ZipFile(path) as archive:
        book = "xl/workbook.xml"
        for found in _elements(archive, "[Content_Types].xml", "Override"):
            if found.get("ContentType", "").endswith(_WORKBOOK_TYPES):
                book = found.get("PartName", "").lstrip("/")
                break
        folder, _slash, name = book.rpartition("/")
        links = _elements(archive, f"{folder}/_rels/{name}.rels".lstrip("/"), "Relationship")
        charts = {link.get("Id") for link in links if "chartsheet" in link.get("Type", "")}
        names = []
        for sheet in _elements(archive, book, "sheet"):
            link = next((value for key, value in sheet.items() if key.endswith("}id")), "")
            if link and link not in charts and sheet.get("name"):
                names.append(sheet["name"])
        return names


def _elements(archive: zipfile.ZipFile, part: str, wanted: str) -> Iterator[dict[str, str]]:
    if archive.getinfo(part).file_size > _INDEX_LIMIT:
        raise packed_too_large()
    with archive.open(part) as source:
        for _event, element in iterparse(source):
            if element.tag.rpartition("}")[2] == wanted:
                yield dict(element.attrib)
            element.clear()
