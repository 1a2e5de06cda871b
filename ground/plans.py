"""How the database plans statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def for_these_values() -> Iterator[None]:
    """Within the block nothing is prepared: every statement is planned for the very values it carries.

    A prepared statement is planned once for any values. Where a value that nobody has must be told from one that most
    have (a word searched for, a facet), such a plan reads all rows: seconds instead of milliseconds.
    """
    connection.ensure_connection()
    server = connection.connection
    before, server.prepare_threshold = server.prepare_threshold, None
    try:
        yield
    finally:
        server.prepare_threshold = before
