"""Projects as files: CSV, XLSX and JSON of exactly what a query gives."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from projects.exports.columns import COLUMNS, NAMES, Column, Row, joined
from projects.exports.reading import BATCH, rows
from projects.exports.writers import as_csv, as_json, harmless
from projects.exports.xlsx import as_xlsx


@dataclass(frozen=True)
class Format:
    """A kind of file: its media type, and what turns batches of rows into its bytes."""

    content_type: str
    write: Callable[[Iterator[list[Row]], Mapping[str, Any]], Iterator[bytes]]


FORMATS: Mapping[str, Format] = {
    "csv": Format("text/csv; charset=utf-8", as_csv),
    "xlsx": Format("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
    "json": Format("application/json", as_json),
}

__all__ = ["BATCH", "COLUMNS", "FORMATS", "NAMES", "Column", "Format", "Row", "harmless", "joined", "rows"]
