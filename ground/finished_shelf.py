"""Where finished pages lie: a PostgreSQL table, or Redis where there is one. Both hold a bounded number of them."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
from typing import Any, Protocol

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from psycopg.pq import Format
from redis import Redis, RedisError

from ground.finished import Entry

log = logging.getLogger(__name__)

MOST_PAGES = 2000
# A page that is larger, compressed, is not kept: the whole shelf then takes 128 MB at the very most, 20 MB as a rule.
MOST_BYTES = 64 * 1024
TIDY_EVERY = 50
# The number of the data and the page in one statement: a page of another number is none.
_READ = """
    SELECT version.number, clock_timestamp(), page.bytes FROM ground_version version
    LEFT JOIN ground_finished page ON page.key = %s AND page.number = version.number
"""
_NUMBER = "SELECT number, clock_timestamp() FROM ground_version"
_KEEP = """
    INSERT INTO ground_finished (key, number, expires, bytes) VALUES (%s, %s, %s, %s)
    ON CONFLICT (key) DO UPDATE SET number = EXCLUDED.number, expires = EXCLUDED.expires, bytes = EXCLUDED.bytes
    WHERE (ground_finished.number, ground_finished.expires) <= (EXCLUDED.number, EXCLUDED.expires)
"""
_TIDY = """
    DELETE FROM ground_finished WHERE key IN (
        SELECT key FROM ground_finished WHERE expires <= clock_timestamp() FOR UPDATE SKIP LOCKED
    ) OR key IN (
        SELECT key FROM ground_finished ORDER BY number DESC, get_byte(key, 0), expires DESC OFFSET %s
        FOR UPDATE SKIP LOCKED
    )
"""


# The first byte of a key is the rank of its page: pages of a higher rank never push out those of a lower one.
RANKS = 3


def rank(query: str) -> int:
    """0 for a page without a query, 1 for a list narrowed by one choice, 2 by more: there are any number of those."""
    return min(query.count("&") + 1, RANKS - 1) if query else 0


class Found:
    """What a shelf knows: the number of the data and the moment as they are now, and the page where there is one."""

    def __init__(self, number: int, moment: dt.datetime, kept: bytes | None) -> None:
        self.number, self.moment = number, moment.astimezone(dt.UTC)
        self.entry = self._entry(kept) if kept else None

    def _entry(self, kept: bytes) -> Entry | None:
        try:
            entry = Entry.from_bytes(bytes(kept))
        except ValueError:
            return None
        return entry if entry.number == self.number else None


class Shelf(Protocol):
    """Keeps pages by key."""

    def find(self, key: bytes) -> Found | None:
        """What is known now; None when the database doesn't answer."""

    def keep(self, key: bytes, entry: Entry) -> None:
        """Keep the page; that it could not be kept is no harm."""


def proven() -> None:
    """The connection, where there is one, answered or is just about to be asked: no other proof of its health."""
    if connection.connection is not None:
        connection.health_check_done = True  # type: ignore[attr-defined]


def _asked(statement: str, values: list[Any]) -> Any:
    """The row of `statement`, which is itself the proof that the connection is healthy: another is not asked for.

    None when the database does not answer.
    """
    proven()
    try:
        with connection.cursor() as cursor:
            cursor.cursor.format = Format.BINARY  # pages come as they lie, not written out in figures
            cursor.execute(statement, values)
            return cursor.fetchone()
    except (DatabaseError, InterfaceError) as error:
        connection.health_check_done = False  # type: ignore[attr-defined]
        log.warning("finished_pages_not_read", extra={"reason": type(error).__name__})
        return None


class TableShelf:
    """Pages in the table `ground_finished`, which a crash of the database empties (it is not logged)."""

    def __init__(self) -> None:
        self._kept = itertools.count(1)

    def find(self, key: bytes) -> Found | None:
        row = _asked(_READ, [key])
        return Found(*row) if row else None

    def keep(self, key: bytes, entry: Entry) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(_KEEP, [key, entry.number, entry.expires, entry.as_bytes()])
                if next(self._kept) % TIDY_EVERY == 0:
                    cursor.execute(_TIDY, [MOST_PAGES])
        except (DatabaseError, InterfaceError) as error:
            log.warning("finished_page_not_kept", extra={"reason": type(error).__name__})


class RedisShelf:
    """Pages in Redis, the number of the data from the database.

    The keys are numbered places and a page's place follows from its key, so there are never more: Redis carries the
    jobs' doorbells too and must not fill up. Two pages that want one place push each other out; each rank has places
    of its own.
    """

    PLACES = (2 * MOST_PAGES, MOST_PAGES, MOST_PAGES)

    def __init__(self, url: str) -> None:
        self._redis = Redis.from_url(url, socket_timeout=0.5, socket_connect_timeout=0.5)

    def find(self, key: bytes) -> Found | None:
        row = _asked(_NUMBER, [])
        if row is None:
            return None
        number, moment = row
        kept = b""
        try:
            kept = self._redis.get(self._place(key)) or b""  # type: ignore[assignment]
        except RedisError as error:
            log.warning("finished_pages_not_read", extra={"reason": type(error).__name__})
        return Found(number, moment, kept[len(key) :] if kept.startswith(key) else None)

    def keep(self, key: bytes, entry: Entry) -> None:
        try:
            self._redis.set(self._place(key), key + entry.as_bytes(), exat=int(entry.expires.timestamp()) + 1)
        except RedisError as error:
            log.warning("finished_page_not_kept", extra={"reason": type(error).__name__})

    def _place(self, key: bytes) -> str:
        return f"finished:{key[0]}:{int.from_bytes(key[1:9]) % self.PLACES[key[0]]}"


def shelf() -> Shelf:
    """The shelf that the settings ask for."""
    return RedisShelf(settings.REDIS_URL) if settings.REDIS_URL else TableShelf()
