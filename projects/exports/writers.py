"""CSV and JSON, piece by piece."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any

from ground.cells import disarmed
from projects.exports.columns import COLUMNS, NAMES, Cell, Row

_BOM = "\ufeff"  # without it Excel reads UTF-8 as something else


def harmless(cell: Cell) -> str:
    """The text of a cell, in which a spreadsheet program finds no formula."""
    return cell.isoformat() if isinstance(cell, dt.date) else disarmed(cell)


def as_csv(batches: Iterator[list[Row]], about: Mapping[str, Any]) -> Iterator[bytes]:
    """UTF-8 with its mark, commas, CRLF, every cell in quotes (RFC 4180); the first line names the columns."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
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
