"""The number that every change of what the list of projects shows raises (see the migrations 0006 and 0007)."""

from __future__ import annotations

from django.db import connection

_READ = """
    SELECT number, (SELECT string_agg(transaction || '.' || times, ' ') FROM projects_change) FROM projects_version
"""


def data_version() -> str:
    """A text that stays the same as long as nothing in the lists of projects changes; one query.

    Within a transaction that has changed something itself it is one that nobody else gets.
    """
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        number, own = cursor.fetchone()
    return f"{number}-{own}" if own else str(number)
