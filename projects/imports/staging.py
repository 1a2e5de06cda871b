"""Staged rows in the database: copied in, checked in sets, counted. Memory stays flat whatever the number of rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext_noop

from projects.imports.checking import Check, Checked, key_of
from projects.imports.existing import states
from projects.imports.lookups import Lookups
from projects.imports.rows import Plan, RowReader
from projects.models import Import, ImportRow

SET = 1000
_COPY = """COPY projects_importrow (batch_id, number, cells, "values", problems, step) FROM STDIN"""
_WRITE = """
    UPDATE projects_importrow r SET "values" = u.v, problems = u.p, step = u.s
    FROM jsonb_to_recordset(%s::jsonb) AS u(n int, v jsonb, p jsonb, s text)
    WHERE r.batch_id = %s::bigint AND r.number = u.n
"""
_PORTION = 8_000_000  # characters of what is written at once
_DOUBLED = """
    WITH d AS MATERIALIZED (
        SELECT array_agg(number ORDER BY number) AS numbers
        FROM projects_importrow WHERE batch_id = %s::bigint AND "values"->>'key' <> ''
        GROUP BY "values"->>'key' HAVING count(*) > 1
    )
    UPDATE projects_importrow r SET step = 'refused', problems = r.problems || jsonb_build_array(jsonb_build_object(
        'column', %s::int, 'words', %s::text,
        'with', jsonb_build_object('rows', array_to_string(d.numbers[1:6], ', '))))
    FROM d, unnest(d.numbers) AS n(number)
    WHERE r.batch_id = %s::bigint AND r.number = n.number
"""
_COUNTED = """
    SELECT step, count(*), sum((SELECT count(*) FROM jsonb_array_elements(problems) p WHERE NOT p ? 'warning')),
        sum((SELECT count(*) FROM jsonb_array_elements(problems) p WHERE p ? 'warning'))
    FROM projects_importrow WHERE batch_id = %s::bigint GROUP BY step
"""
DOUBLED = gettext_noop("This number stands in several rows of the file: %(rows)s.")


def clear(batch: Import) -> None:
    """Delete the staged rows of an import."""
    rows = ImportRow.objects.filter(batch=batch)
    rows._raw_delete(rows.db)  # type: ignore[attr-defined] # nothing points to them


def copy_in(batch: Import, rows: Iterable[tuple[int, list[str]]]) -> None:
    """Stage some rows of the file as they are."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for number, cells in rows:
            copy.write_row((batch.pk, number, _json(cells), "{}", "[]", ""))


def know() -> None:
    """Let the database know how many rows are staged, so that it plans well.

    Never inside a long transaction: its lock would keep other imports from doing the same.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE (SKIP_LOCKED) projects_importrow")


def check_set(
    batch: Import, plan: Plan, lookups: Lookups, rows: Sequence[tuple[int, list[str]]]
) -> list[tuple[int, str, str]]:
    """Check some rows and write what was found; out: number, cell and reading of dates that could be read twice."""
    reader = RowReader(plan, lookups)
    width = len(batch.columns)
    read = [(number, reader.read(cells, width)) for number, cells in rows]
    keys = [key_of(given, plan) for _number, given in read]
    known = states({key for key in keys if key}, batch.by)
    checked = [
        (number, Check(given, key, known.get(key) if key else None, plan, lookups).run())
        for (number, given), key in zip(read, keys, strict=True)
    ]
    _write(batch, checked)
    return [(number, cell, day) for number, given in read for cell, day in given.unsure]


def _write(batch: Import, checked: Sequence[tuple[int, Checked]]) -> None:
    portion: list[str] = []
    length = 0
    for number, one in checked:
        portion.append(_json({"n": number, "v": one.values, "p": one.problems, "s": str(one.step)}))
        length += len(portion[-1])
        if length > _PORTION:
            _write_portion(batch, portion)
            portion, length = [], 0
    _write_portion(batch, portion)


def _write_portion(batch: Import, portion: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [f"[{','.join(portion)}]", batch.pk])


def sets(batch: Import) -> Iterable[list[tuple[int, list[str]]]]:
    """The staged rows in sets, in their order; each set is read when it is asked for."""
    last = 0
    rows = ImportRow.objects.filter(batch=batch).order_by("number").values_list("number", "cells")
    while found := list(rows.filter(number__gt=last)[:SET]):
        last = found[-1][0]
        yield found


def refuse_doubled(batch: Import, plan: Plan) -> None:
    """Refuse every row whose number stands in another row too."""
    with connection.cursor() as cursor:
        cursor.execute(_DOUBLED, [batch.pk, plan.place("code"), DOUBLED, batch.pk])


def refuse(batch: Import, found: Iterable[tuple[int, dict[str, Any]]]) -> None:
    """Refuse rows for what was found after the check."""
    every = list(found)
    for start in range(0, len(every), SET):
        some = every[start : start + SET]
        rows = {
            row.number: row for row in ImportRow.objects.filter(batch=batch, number__in=[n for n, _p in some])
        }
        for number, problem in some:
            rows[number].step = ImportRow.Step.REFUSED
            rows[number].problems = [*rows[number].problems, problem]
        ImportRow.objects.bulk_update(rows.values(), ["step", "problems"])


def counts(batch: Import) -> dict[str, int]:
    """How many rows do what, how many errors and how many warnings there are."""
    found = dict.fromkeys([*ImportRow.Step.values, "errors", "warnings"], 0)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [batch.pk])
        for step, number, errors, warnings in cursor.fetchall():
            if step:
                found[step] = number
            found["errors"] += int(errors or 0)
            found["warnings"] += int(warnings or 0)
    return found


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))
