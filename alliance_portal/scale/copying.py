"""Rows into tables as fast as PostgreSQL takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

Row = tuple[Any, ...]


class Tables:
    """Rows that wait for their tables. `columns` says, in the order to write in, which columns a row fills."""

    def __init__(self, columns: Mapping[str, Sequence[str]]) -> None:
        self.columns = columns
        self.rows: dict[str, list[Row]] = {table: [] for table in columns}
        self.written = dict.fromkeys(columns, 0)
        self._writer = ThreadPoolExecutor(max_workers=1)
        self._under_way: Future[None] | None = None

    def add(self, table: str, *values: Any) -> None:
        """Keep a row for `write`."""
        self.rows[table].append(values)

    def write(self) -> None:
        """Copy all rows that wait, and come back when they are written."""
        self.begin_writing()
        self.settle()

    def begin_writing(self) -> None:
        """Copy all rows that wait while more are made; Python and the database work at once."""
        self.settle()
        waiting, self.rows = self.rows, {table: [] for table in self.columns}
        connection.ensure_connection()
        self._under_way = self._writer.submit(self._copy, connection.connection, waiting)

    def settle(self) -> None:
        """Wait for what is being written. Raises what went wrong with it."""
        under_way, self._under_way = self._under_way, None
        if under_way is not None:
            under_way.result()

    def _copy(self, database: psycopg.Connection[Any], waiting: Mapping[str, list[Row]]) -> None:
        with database.cursor() as cursor:
            for table, columns in self.columns.items():
                named = sql.SQL(", ").join(map(sql.Identifier, columns))
                statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), named)
                with cursor.copy(statement) as copy:
                    for row in waiting[table]:
                        copy.write_row(row)
                self.written[table] += len(waiting[table])


def reserve(table: str, count: int) -> list[int]:
    """Out: `count` keys of `table` that nobody else gets."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s::text, 'id')) FROM generate_series(1, %s::int)",
            [table, count],
        )
        return sorted(key for (key,) in cursor.fetchall())
