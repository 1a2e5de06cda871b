"""A limit of time for what the database is asked: no statement is sent for it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection
from psycopg.errors import QueryCanceled


class TooLong(Exception):
    """The database was asked something that takes longer than anybody waits."""


@contextmanager
def patience(seconds: float) -> Iterator[None]:
    """What is asked within the block is cancelled after `seconds`. Raises TooLong."""
    connection.ensure_connection()
    timer = threading.Timer(seconds, connection.connection.cancel)
    timer.start()
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, QueryCanceled):
            raise TooLong from error
        raise
    finally:
        timer.cancel()
        timer.join()  # a cancellation that is on its way hits nothing else
