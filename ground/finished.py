"""Pages that are the same for every visitor, kept whole: which they are, until when, and what one consists of.

A view opts in with `@finished(…)`. `ground.finished_middleware` serves and keeps its pages, `ground.finished_shelf`
holds them. A page is right for one number of the data (`ground_version`, raised by every change of what visitors see)
and until the next quarter of an hour, since every midnight of the world lies on one, or an earlier moment that matters.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from dataclasses import field as given
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.http import HttpResponse

View = TypeVar("View", bound=Callable[..., Any])
# Settings from the environment on which a page or its headers depend; the others stand in the code.
_SHOWN_SETTINGS = (
    "BRAND", "BASE_URL", "DEMO", "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS",
    "SECURE_HSTS_PRELOAD", "CONTENT_SECURITY_POLICY", "ROOT_URLCONF",
)  # fmt: skip
QUARTER = dt.timedelta(minutes=15)
_told: ContextVar[Told | None] = ContextVar("told_of_the_page", default=None)
_turns: dict[tuple[type[models.Model], str], tuple[dt.timedelta, ...]] = {}


def finished(*parameters: str) -> Callable[[View], View]:
    """The view's page is the same for all visitors: it depends on the address, public records and the time alone.

    It may be kept for addresses whose query has no other `parameters` than these and is one that the view says
    `stands_for` its page. Typed words are none of them: hardly two people type the same, and anybody could fill the
    shelf.
    """

    def mark(view: View) -> View:
        view.finished = frozenset(parameters)  # type: ignore[attr-defined]
        return view

    return mark


@dataclass
class Told:
    """What was said of a page while it was drawn: moments at which it ends, queries that stand for it."""

    moments: list[dt.datetime] = given(default_factory=list)
    queries: set[str] = given(default_factory=lambda: {""})


def until(moment: dt.datetime) -> None:
    """The page that is being drawn is right no longer than until `moment` (aware)."""
    told = _told.get()
    if told is not None:
        told.moments.append(moment)


def stands_for(*queries: str) -> None:
    """The page that is being drawn is kept where it was asked for by one of these queries, letter by letter.

    They are made of known choices alone, in one order: other ways to ask for the same page are without number.
    """
    told = _told.get()
    if told is not None:
        told.queries.update(queries)


@contextmanager
def telling() -> Iterator[Told]:
    """Gather what `until` and `stands_for` are told within the block."""
    told = Told()
    token = _told.set(told)
    try:
        yield told
    finally:
        _told.reset(token)


def turns_at(model: type[models.Model], field: str, *after: dt.timedelta) -> None:
    """What visitors see of `model` turns at the moments in `field`, and so long `after` them.

    Rooms say it in their `AppConfig.ready()`; no page is kept beyond the next such moment.
    """
    _turns[model, field] = (dt.timedelta(0), *after)


def turning() -> frozenset[tuple[type[models.Model], str]]:
    """What was said to `turns_at`."""
    return frozenset(_turns)


def ends(moment: dt.datetime, shown: list[dt.datetime]) -> tuple[int, dt.datetime]:
    """The number of the data now, and until when a page drawn at `moment` is right. One query."""
    borders: list[dt.datetime] = [one for one in shown if one > moment]
    borders.append(moment + QUARTER - (moment - dt.datetime.min.replace(tzinfo=dt.UTC)) % QUARTER)
    parts: list[str] = []
    values: list[Any] = []
    for (model, field), delays in _turns.items():
        column = connection.ops.quote_name(str(model._meta.get_field(field).column))  # type: ignore[union-attr]
        table = connection.ops.quote_name(model._meta.db_table)
        for delay in delays:
            parts.append(f"(SELECT min({column}) FROM {table} WHERE {column} > %s) + %s::interval")  # noqa: S608
            values += [moment - delay, delay]
    with (
        connection.cursor() as cursor
    ):  # every part of the statement comes from the models; the values are bound
        cursor.execute(f"SELECT number, least({', '.join(['NULL', *parts])}) FROM ground_version", values)  # noqa: S608
        number, turn = cursor.fetchone()
    return number, min([*borders, turn] if turn else borders)


@dataclass(frozen=True)
class Entry:
    """A finished page: for which number of the data and until when, its headers, and its body, compressed."""

    number: int
    expires: dt.datetime
    headers: tuple[tuple[str, str], ...]
    packed: bytes

    @classmethod
    def of(cls, response: HttpResponse, number: int, expires: dt.datetime) -> Entry:
        """The page that `response` is. Its tag names its words, compressed or not, so it is a weak one."""
        body = response.content
        tag = f'W/"{hashlib.sha256(body).hexdigest()[:32]}"'
        own = {"ETag": tag, "Cache-Control": "no-cache"}
        kept = tuple((name, value) for name, value in response.items() if name != "Content-Length")
        return cls(number, expires, (*kept, *own.items()), gzip.compress(body, 6, mtime=0))

    def as_bytes(self) -> bytes:
        """The page as a shelf keeps it; nothing of it is ever run or unpickled."""
        head = [self.number, self.expires.isoformat(), self.headers]
        whole = json.dumps(head, separators=(",", ":")).encode() + b"\n" + self.packed
        return b"%08x" % zlib.crc32(whole) + whole

    @classmethod
    def from_bytes(cls, kept: bytes) -> Entry:
        """The page that `as_bytes` wrote. Raises ValueError for anything else, be it the same page with a fault."""
        whole = kept[8:]
        if kept[:8] != b"%08x" % zlib.crc32(whole):
            raise ValueError
        head, _, packed = whole.partition(b"\n")
        number, expires, headers = json.loads(head)
        return cls(
            number,
            dt.datetime.fromisoformat(expires),
            tuple((name, value) for name, value in headers),
            packed,
        )


def release() -> bytes:
    """What the pages are made with: code, templates, words, names of static files, settings that pages show.

    Another release has other pages, so its print is part of every key.
    """
    shown = {name: getattr(settings, name, None) for name in _SHOWN_SETTINGS}
    return hashlib.sha256(repr(shown).encode() + _made_of()).digest()


@lru_cache(maxsize=1)
def _made_of() -> bytes:
    """The print of the files, as they are when the server starts."""
    root = Path(settings.BASE_DIR)
    packages = {Path(app.path) for app in apps.get_app_configs() if Path(app.path).parent == root}
    folders = [(path, pattern) for path in packages for pattern in ("*.py", "*.md")]
    folders += [(root / "templates", "*.*"), (root / "locale", "*.mo")]
    files = {path for folder, pattern in folders for path in folder.rglob(pattern) if path.is_file()}
    files |= {root / "requirements.txt", Path(settings.STATIC_ROOT) / "staticfiles.json"}
    digest = hashlib.sha256()
    for path in sorted(files):
        if path.is_file():
            digest.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.digest()
