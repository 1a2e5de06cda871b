"""CSV and JSON, piece by piece."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from projects.exports.columns import COLUMNS, NAMES, Cell, Row

# A spreadsheet takes a cell that begins so for a formula, whatever blanks or invisible signs stand before.
_UNSEEN = r"\s\u00ad\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
_FORMULA = re.compile(rf"[{_UNSEEN}]*[=+\-@＝＋－﹣﹢﹦﹫＠]|[\t\r\n]")
_BOM = "\ufeff"  # without it Excel reads UTF-8 as something else


def harmless(cell: Cell) -> str:
    """The text of a cell, with an apostrophe before what a spreadsheet would take for a formula."""
    text = cell.isoformat() if isinstance(cell, dt.date) else cell
    return f"'{text}" if _FORMULA.match(text) else text


def as_csv(batches: Iterator[list[Row]], about: Mapping[str, Any]) -> Iterator[bytes]:
    """UTF-8 with its mark, commas, CRLF, quotes where needed (RFC 4180); the first line names the columns."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n")
    page.write(_BOM)
    writer.writerow(NAMES)
    for batch in batches:
        writer.writerows([harmless(column.cell(row)) for column in COLUMNS] for row in batch)
        yield page.getvalue().encode()
        page.seek(0)
        page.truncate()


def as_json(batches: Iterator[list[Row]], about: Mapping[str, Any]) -> Iterator[bytes]:
    """One object: what `about` says, `projects` as a list with one project a line, and `count` at its end."""
    count = 0
    head = _json(about)[:-1]
    yield f'{head}{", " if about else ""}"projects": ['.encode()
    for batch in batches:
        lines = [_json({column.name: column.value(row) for column in COLUMNS}) for row in batch]
        if lines:
            yield ((",\n" if count else "\n") + ",\n".join(lines)).encode()
        count += len(lines)
    yield f'\n], "count": {count}}}\n'.encode()


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=_iso)


def _iso(value: Any) -> str:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    raise TypeError(type(value))
