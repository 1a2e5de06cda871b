"""Answers that take long: the web server hears that they go on, and only so many go on at once."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

# After so many seconds the server is no longer told: whoever reads so slowly is cut off.
LONGEST = 600

# What tells the web server that its process is at work; the server sets it in each process that it makes.
_heartbeat: list[Callable[[], object]] = []


def on_heartbeat(tell: Callable[[], object]) -> None:
    """`tell` is called while a long answer goes on (gunicorn ends a process that says nothing for 30 seconds)."""
    _heartbeat[:] = [tell]


class Busy(Exception):
    """Another long answer goes on; try again in a while."""


class Lasting:
    """The pieces of a long answer. Only one of each `name` goes on at a time on a machine, so that pages are served.

    Raises Busy when another goes on. Who drops it calls `close`; a process that dies gives its turn back too.
    """

    def __init__(self, pieces: Iterator[bytes], *, name: str) -> None:
        self._pieces = pieces
        self._until = time.monotonic() + LONGEST
        self._turn = _turn(name)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if _heartbeat and time.monotonic() < self._until:
            _heartbeat[0]()
        try:
            return next(self._pieces)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Give the turn back; what was not read yet is not made."""
        if not self._turn.closed:
            self._turn.close()
        if hasattr(self._pieces, "close"):
            self._pieces.close()


def _turn(name: str) -> IO[str]:
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    file = (folder / f"{name}.turn").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise Busy(name) from error
    return file
