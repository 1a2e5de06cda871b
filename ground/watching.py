"""For migrations: tables whose changes make the finished pages of visitors stale."""

from __future__ import annotations

from typing import Any

from django.db.migrations import RunSQL


def watch(*tables: str) -> RunSQL:
    """Let every change of `tables` raise the number of the data (`ground_version`) when it is committed."""
    made: list[Any] = [
        f"CREATE TRIGGER ground_note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION ground_note_change()"
        for table in tables
    ]
    return RunSQL(made, [f"DROP TRIGGER ground_note_change ON {table}" for table in tables])
