"""A query composed once and run many times: for pages whose query takes longer to compose than to run."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from django.db import connections
from django.db.models import QuerySet


class Composed:
    """The query that `compose` makes with stand-ins for what differs each time.

    It is made at the first use in each process and kept as SQL. `compose` may depend on nothing that can change:
    neither on the person nor on the language, and on the moment only through a stand-in.
    """

    def __init__(self, compose: Callable[[], QuerySet[Any]]) -> None:
        self._compose = compose

    @cached_property
    def _made(self) -> tuple[QuerySet[Any], Any, str, tuple[Any, ...]]:
        rows = self._compose()
        compiler = rows.query.get_compiler(rows.db)
        sql, values = compiler.as_sql()
        return rows, compiler, sql, tuple(values)

    def rows(self, values: Mapping[Any, Any]) -> list[Any]:
        """The records, with each stand-in replaced by what `values` has for it."""
        rows, made, sql, stand_ins = self._made
        given = tuple(values.get(one, one) for one in stand_ins)
        compiler = copy.copy(made)
        compiler.connection = connections[rows.db]
        compiler.as_sql = lambda *args, **kwargs: (sql, given)
        fresh: Any = QuerySet(rows.model, rows.query.clone(), rows.db)
        fresh.query.get_compiler = lambda *args, **kwargs: compiler
        return list(fresh)
