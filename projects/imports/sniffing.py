"""What a file is, found from its bytes: table of text or workbook, encoding, mark between the columns, sheets."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from projects.imports.columns import source
from projects.imports.storing import Refused
from projects.imports.weighing import packed_too_large, unreadable

CSV, XLSX, ZIP = "csv", "xlsx", "zip"
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "windows-1257": _("Windows-1257 (Baltic)"),
    "windows-1252": _("Windows-1252 (Western European)"),
}
DELIMITERS = {",": _("Comma"), ";": _("Semicolon"), "\t": _("Tab")}
_HEAD = 256 * 1024
_CONTENTS = "[Content_Types].xml"  # what every workbook has and no other archive of tables
_MOST_LISTS = 30
_PART_LIMITS = {"xl/sharedStrings.xml": 100 * 2**20}
_SHEET_LIMIT, _OTHER_LIMIT, _ALL_LIMIT = 400 * 2**20, 20 * 2**20, 600 * 2**20
# All that ZIP files and workbooks of people use; others could ask for memory as they like.
_WAYS_TO_PACK = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_SQUEEZED = 200  # bytes out of one byte in: no table that people write is as monotonous as that
# Letters that stand for Lithuanian ones in Windows-1257, and for others that people do use in Windows-1252.
_BALTIC = frozenset(b"\xe0\xe8\xe6\xeb\xe1\xf0\xf8\xfb\xfe\xc0\xc8\xc6\xcb\xc1\xd0\xd8\xdb\xde")
_WESTERN = frozenset(b"\xe7\xe3\xea\xed\xf1\xfa\xf3\xc7\xd1\x92\xe2\xee\xf4")


def settings_for(path: Path) -> dict[str, Any]:
    """How the file at `path` is to be read: kind, and encoding with delimiter, or sheets with the first chosen, or the
    tables of CORDIS that are packed in it.

    Raises Refused when it is empty or none of these.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head.strip(b"\x00\t\n\r \xef\xbb\xbf"):
        raise Refused(_("The file is empty. Choose another file."))
    if head.startswith(b"PK\x03\x04"):
        if tables := cordis_tables(path):
            return {"kind": ZIP, **tables}
        names = sheets(path)
        return {"kind": XLSX, "sheets": names, "sheet": names[0]}
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise Refused(
            _(
                "This is an old Excel file (.xls) or one with a password. Save it without a password as .xlsx or .csv."
            )
        )
    if head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        raise Refused(_("This is not a table. Choose a CSV or XLSX file."))
    encoding, guessed = find_encoding(path, head)
    return {
        "kind": CSV, "encoding": encoding, "guessed": guessed,
        "delimiter": find_delimiter(head.decode(encoding, errors="replace")),
    }  # fmt: skip


def find_encoding(path: Path, head: bytes) -> tuple[str, bool]:
    """The encoding of a text, and whether it is only a guess. Raises Refused when it is no text."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", False
    zeros = head.count(b"\x00")
    even = head[::2].count(b"\x00")
    if zeros * 5 > len(head) * 2 and max(even, zeros - even) > 0.9 * zeros:
        return ("utf-16-be" if even * 2 > zeros else "utf-16-le"), True
    if zeros > len(head) // 100:
        raise Refused(_("This is not a table. Choose a CSV or XLSX file."))
    if _is_utf8(path):
        return "utf-8", False
    baltic = sum(sign in _BALTIC for sign in head)
    western = sum(sign in _WESTERN for sign in head)
    return ("windows-1252" if western > baltic else "windows-1257"), True


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(2**20):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def find_delimiter(head: str) -> str:
    """The mark that parts the columns: the one that gives the same number of columns most often."""
    lines = [line for line in head.lstrip("\ufeff").splitlines()[:40] if line.strip()]
    if lines and lines[0].lower().startswith("sep=") and lines[0][4:5] in DELIMITERS:
        return lines[0][4]
    best, best_score = ",", 0
    for mark in DELIMITERS:
        try:
            rows = list(csv.reader(io.StringIO("\n".join(lines[:-1] or lines)), delimiter=mark))
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if row)
        width, times = max(widths.items(), key=lambda pair: pair[0] * pair[1], default=(1, 0))
        score = (width - 1) * times
        if score > best_score:
            best, best_score = mark, score
    return best


def sheets(path: Path) -> list[str]:
    """The names of the sheets of a workbook that may be opened. Raises Refused."""
    from projects.imports.sheets import sheet_names

    demand_harmless(path)
    return sheet_names(path)


def demand_harmless(path: Path) -> None:
    """Refuse an archive that is no workbook, or that would grow out of all proportion. Raises Refused."""
    parts = _parts(path)
    names = {part.filename for part in parts}
    if _CONTENTS not in names or not any(name.startswith("xl/") for name in names):
        raise Refused(_("This is not a table. Choose a CSV or XLSX file."))
    _demand_sizes(parts)


def cordis_tables(path: Path) -> dict[str, str]:
    """The files of CORDIS's tables in a ZIP: of projects and of organisations, each with the mark between its columns.

    Nothing when it has none of them or is a workbook. Raises Refused.
    """
    parts = _parts(path)
    if any(part.filename == _CONTENTS for part in parts):
        return {}
    lists = [part for part in parts if part.filename.lower().endswith(".csv")][:_MOST_LISTS]
    _demand_sizes(parts)
    found: dict[str, str] = {}
    with zipfile.ZipFile(path) as archive:
        for part in lists:
            with archive.open(part) as file, broken_is_refused():
                head = file.read(_HEAD // 4).decode("utf-8-sig", errors="replace")
            mark = find_delimiter(head)
            whose = source(_headings(head, mark))
            if kind := {"cordis": "projects", "cordis_organisations": "organisations"}.get(whose):
                found.setdefault(kind, part.filename)
                found.setdefault(f"{kind}_delimiter", mark)
    return found


def _headings(head: str, mark: str) -> list[str]:
    """The first line of a table, however its lines end; nothing when it is none."""
    try:
        return next(csv.reader(io.StringIO(head, newline=""), delimiter=mark), [])
    except csv.Error:
        return []


@contextmanager
def broken_is_refused() -> Iterator[None]:
    """Reading from an archive whose packed bytes are broken, or packed in a way that `zipfile` does not know (its
    NotImplementedError). Raises Refused."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Refused(_("This ZIP file is broken. Download it again.")) from error


def _parts(path: Path) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise unreadable() from error


def _demand_sizes(parts: list[zipfile.ZipInfo]) -> None:
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refused(_("This file is protected by a password. Save it without one."))
    if any(part.compress_type not in _WAYS_TO_PACK for part in parts):
        raise Refused(_("This file is packed in an unusual way. Pack it again as an ordinary ZIP file."))
    whole = sum(part.file_size for part in parts)
    if len(parts) > 5000 or whole > _ALL_LIMIT or any(_swells(part) for part in parts):
        raise packed_too_large()


def _swells(part: zipfile.ZipInfo) -> bool:
    large = part.filename.startswith("xl/worksheets/") or part.filename.lower().endswith(".csv")
    limit = _SHEET_LIMIT if large else _OTHER_LIMIT
    limit = _PART_LIMITS.get(part.filename, limit)
    squeezed = part.file_size > 2**20 and part.file_size > _SQUEEZED * max(part.compress_size, 1)
    return part.file_size > limit or squeezed
