"""What a page of the portal asks the database, word for word, and how long its answer is."""

from __future__ import annotations

import gzip
import json
import pickle
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import Client

HOST = "127.0.0.1"
Statement = tuple[str, Any]


class WrongAnswer(Exception):
    """A page of the portal did not answer as it must for a measurement to mean something."""


@dataclass
class Page:
    """An address with what it took to answer it."""

    path: str
    statements: list[Statement] = field(default_factory=list)
    body: bytes = b""

    @property
    def size(self) -> int:
        return len(self.body)

    @property
    def compressed(self) -> int:
        return len(gzip.compress(self.body, 6))


def read(path: str, *, warm: bool) -> Page:
    """Ask the portal for `path` within this process; `warm`: as it is when somebody has just asked for it."""
    client = Client(HTTP_HOST=HOST)
    cache.clear()
    client.get(path)
    if not warm:
        cache.clear()
    page = Page(path)
    with connection.execute_wrapper(_keeper(page.statements)):
        response = client.get(path)
        page.body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.status_code != 200:
        raise WrongAnswer(f"{path} answered {response.status_code}.")
    return page


def _keeper(kept: list[Statement]) -> Callable[..., Any]:
    def keep(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        kept.append((sql, _plain(values)))
        return execute(sql, values, many, context)

    return keep


def _plain(value: Any) -> Any:
    """A value without the portal's own classes, which the limit does not know."""
    if isinstance(value, Enum):
        return value.value
    return type(value)(_plain(one) for one in value) if isinstance(value, list | tuple) else value


def keep(pages: dict[str, Page], file: Path) -> None:
    """Write the pages where `bench.limit` reads them."""
    bodies = {name: (page.statements, b"x" * page.size) for name, page in pages.items()}
    file.write_bytes(pickle.dumps({"databases": _databases(), "pages": bodies}))


def _databases() -> dict[str, Any]:
    known = settings.DATABASES["default"]
    wanted = (
        "ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS", "CONN_MAX_AGE", "CONN_HEALTH_CHECKS",
    )  # fmt: skip
    return {"default": {name: known[name] for name in wanted if name in known}}


def scans(page: Page, table: str) -> list[str]:
    """The statements of a page for which the database would read `table` from end to end."""
    found = []
    with connection.cursor() as cursor:
        for sql, values in page.statements:
            if not sql.lstrip("( ").upper().startswith("SELECT"):
                continue
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
            (plan,) = cursor.fetchone()
            steps = list(_steps(json.loads(plan) if isinstance(plan, str) else plan))
            if any(s.get("Node Type") == "Seq Scan" and s.get("Relation Name") == table for s in steps):
                found.append(sql)
    return found


def _steps(plan: Any) -> Any:
    if isinstance(plan, list):
        for part in plan:
            yield from _steps(part)
    elif isinstance(plan, dict):
        yield plan
        for part in plan.values():
            if isinstance(part, list | dict):
                yield from _steps(part)
