"""Answers that take long: the web server hears that they go on, and only so many go on at once."""

from __future__ import annotations

import errno
import fcntl
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from django.conf import settings

# After so many seconds the server is no longer told: whoever reads so slowly is cut off.
LONGEST = 600
# So many seconds in all a reader may keep us waiting, even when somebody else asks for the turn.
PATIENCE = 60

# What tells the web server that its process is at work; the server sets it in each process that it makes.
_heartbeat: list[Callable[[], object]] = []


def on_heartbeat(tell: Callable[[], object]) -> None:
    """`tell` is called while a long answer goes on (gunicorn ends a process that says nothing for 30 seconds)."""
    _heartbeat[:] = [tell]


class Busy(Exception):
    """Another long answer goes on; try again in a while."""


class TooSlow(ConnectionResetError):
    """The reader was slow and another asked, so the connection is broken off: a file cut short must not look whole."""

    def __init__(self) -> None:
        super().__init__(errno.ECONNRESET, "Another reader asked for the turn")


class Lasting:
    """The pieces of a long answer. Only one of each `name` goes on at a time on a machine, so that pages are served.

    A reader who is slow keeps the turn as long as nobody else asks for it: once one has asked, who has kept us waiting
    for PATIENCE seconds in all is cut off. (One who reads nothing at all is cut off by the web server's own timeout.)

    Raises Busy when another goes on. Who drops it calls `close`; a process that dies gives its turn back too.
    """

    def __init__(self, pieces: Iterator[bytes], *, name: str) -> None:
        self._pieces = pieces
        self._turn, self._asked = _turn(name)
        self._given = time.monotonic()
        self._until = self._given + LONGEST
        self._waited = 0.0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        now = time.monotonic()
        self._waited += now - self._given  # from the last piece to this moment its reader was at work
        if _heartbeat and now < self._until:
            _heartbeat[0]()
        try:
            if self._waited > PATIENCE and self._asked.exists():
                raise TooSlow
            return next(self._pieces)
        except BaseException:
            self.close()
            raise
        finally:
            self._given = time.monotonic()

    def close(self) -> None:
        """Give the turn back; what was not read yet is not made."""
        if not self._turn.closed:
            self._turn.close()
        if hasattr(self._pieces, "close"):
            self._pieces.close()


def _turn(name: str) -> tuple[IO[str], Path]:
    """The turn, held until it is closed, and the path at which a file says that another asked for it meanwhile."""
    folder = Path(settings.DATA_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    asked = folder / f"{name}.asked"
    file = (folder / f"{name}.turn").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        asked.touch()
        raise Busy(name) from error
    asked.unlink(missing_ok=True)
    return file, asked
