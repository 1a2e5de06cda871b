"""Several lookups in one question to the database: for pages that show one record with all that belongs to it."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import QuerySet


def together(*sets: QuerySet[Any]) -> list[list[Any]]:
    """The rows of each of `sets`, read in one query; what a lookup asks with it (`select_related`) comes along.

    In: lookups of one database, each for few rows, without `distinct` and `prefetch_related`. Out: a list for each,
    in its order.
    """
    asked = [_Lookup(one) for one in sets]
    there = [one for one in asked if one.sql]
    if there:
        sql = ", ".join(one.as_column() for one in there)
        with connections[sets[0].db].cursor() as cursor:
            cursor.execute(f"SELECT {sql}", [value for one in there for value in one.values])
            for one, told in zip(there, cursor.fetchone(), strict=True):
                one.told = json.loads(told, parse_float=Decimal) if told else []
    return [one.rows() for one in asked]


def keep(record: Any, **rows: Iterable[Any]) -> None:
    """Let `record.<name>.all()` be these rows from now on, as if they had been prefetched."""
    cache = record.__dict__.setdefault("_prefetched_objects_cache", {})
    for name, found in rows.items():
        cache.pop(name, None)
        kept = getattr(record, name).all()
        kept._result_cache = list(found)
        kept._prefetch_done = True
        cache[name] = kept


class _Lookup:
    """One lookup: its SQL, and its rows made out of the answer by Django itself."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        self._queryset = rows
        self._compiler: Any = rows.query.get_compiler(using=rows.db)
        self.told: list[dict[str, Any]] = []
        try:
            self.sql, self.values = self._compiler.as_sql()
        except EmptyResultSet:
            self.sql, self.values = "", ()

    def as_column(self) -> str:
        """The lookup as one column: a JSON array of its rows."""
        names = ", ".join(f"c{n}" for n in range(len(self._compiler.select)))
        return f"(SELECT jsonb_agg(to_jsonb(told)) FROM ({self.sql}) AS told({names}))"  # noqa: S608

    def rows(self) -> list[Any]:
        """The records, or the values, that the lookup is for."""
        if not self.sql:
            return []
        fields = [expression.output_field for expression, _sql, _alias in self._compiler.select]
        given = [[_value(field, row[f"c{n}"]) for n, field in enumerate(fields)] for row in self.told]
        compiler = copy.copy(self._compiler)
        compiler.execute_sql = lambda *args, **kwargs: [given]
        fresh: Any = self._queryset.all()
        fresh.query.get_compiler = lambda *args, **kwargs: compiler
        return list(fresh)


def _value(field: models.Field[Any, Any], told: Any) -> Any:
    """What the database would have given for a column that came as JSON."""
    if told is None:
        return None
    if isinstance(field, models.JSONField):
        return json.dumps(told, default=float)
    if isinstance(field, ArrayField):
        return [_value(field.base_field, one) for one in told]
    return field.to_python(told)
