"""The relay's log as the record that tells whether it took a message: Postfix's or Exim's.

It says yes where the log shows that the relay took the message, and no only where the log must have shown it: it
holds other messages of ours, it reaches back to the attempt, and it was written to after it. Else nobody knows.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import re
import threading
from collections import OrderedDict
from pathlib import Path

NAME = rb"[0-9a-f]{32}@[a-z0-9.-]{1,100}"
KEPT = 200_000  # names and queue numbers that are remembered
FARTHEST = 256 * 1024 * 1024  # bytes of each file that are read at the first look, from its end
LATER = dt.timedelta(minutes=1)  # a log that was written to so long after the attempt has told of it
_ISO = re.compile(rb"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
_OLD = re.compile(rb"[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d")

log = logging.getLogger(__name__)


class Format:
    """How a relay writes: which lines give a message its queue number, and which say that it was taken."""

    names: re.Pattern[bytes]
    takes: re.Pattern[bytes]


class Postfix(Format):
    """A Message-ID is written when the text arrives; that it was kept, by the queue manager or a delivery."""

    names = re.compile(rb"postfix\S*/cleanup\S* (\w+): message-id=<(" + NAME + rb")>")
    takes = re.compile(rb"postfix\S* (\w+): (?:from=<.*\(queue active\)|to=<.* status=)")


class Exim(Format):
    """One line, written when the message was taken."""

    names = takes = re.compile(rb" (\w+-\w+-\w+) <= .* id=(" + NAME + rb")(?:\s|$)")


FORMATS: dict[str, type[Format]] = {"postfix": Postfix, "exim": Exim}


class MailLog:
    """A log file and the one before it (`.1`), read once and then only what was added."""

    def __init__(self, kind: str, path: Path) -> None:
        self.format, self.path = FORMATS[kind], path
        self._names: OrderedDict[bytes, bytes] = OrderedDict()
        self._numbers: OrderedDict[bytes, bytes] = (
            OrderedDict()
        )  # of ours: a queue number comes before it is taken
        self._taken: OrderedDict[bytes, bytes] = OrderedDict()
        self._file, self._offset = 0, 0
        self._reaches_back_to: dt.datetime | None = None
        self._lock = threading.Lock()

    def __call__(self, message_id: str, since: dt.datetime) -> bool | None:
        """Whether a message that was handed over at `since` was taken; None where the log can't tell."""
        with self._lock:
            try:
                written = self._read_on()
            except OSError as error:
                log.warning("The relay's log can't be read: %s", error.strerror)
                return None
            number = self._names.get(message_id.encode())
            if number is not None:
                return True if number in self._taken else None
            return False if self._would_know(since, written) else None

    def _would_know(self, since: dt.datetime, written: dt.datetime) -> bool:
        """Whether the log is ours, reaches back far enough, and goes on."""
        back = self._reaches_back_to
        return bool(self._taken) and back is not None and back <= since and written >= since + LATER

    def _read_on(self) -> dt.datetime:
        """Read what was added since; when the log was put aside, the end of the old one first. Out: last written."""
        found = self.path.stat()
        if self._file == 0:
            self._read_before(found.st_ino)
        elif found.st_ino != self._file or found.st_size < self._offset:
            before = self.path.with_name(f"{self.path.name}.1")
            if before.exists() and before.stat().st_ino == self._file:
                self._read(before)
            else:
                self._reaches_back_to = None  # a part was missed: what follows is covered from here on
            self._offset = 0
        self._file = found.st_ino
        self._read(self.path)
        return dt.datetime.fromtimestamp(found.st_mtime, dt.UTC)

    def _read_before(self, present: int) -> None:
        before = self.path.with_name(f"{self.path.name}.1")
        if before.exists() and before.stat().st_ino != present:
            self._read(before)
            self._offset = 0

    def _read(self, path: Path) -> None:
        """Whole lines only: one that is being written is read the next time."""
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size - self._offset > FARTHEST:
                file.seek(size - FARTHEST)
                file.readline()
                self._offset, self._reaches_back_to = file.tell(), None
            file.seek(self._offset)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                self._offset += len(line)
                self._note(line)

    def _note(self, line: bytes) -> None:
        if self._reaches_back_to is None:
            self._reaches_back_to = moment_of(line)
        if found := self.format.names.search(line):
            _keep(self._names, found[2], found[1])
            _keep(self._numbers, found[1], found[2])
        if (found := self.format.takes.search(line)) and found[1] in self._numbers:
            _keep(self._taken, found[1], b"")


def _keep(kept: OrderedDict[bytes, bytes], key: bytes, value: bytes) -> None:
    kept[key] = value
    if len(kept) > KEPT:
        kept.popitem(last=False)


def moment_of(line: bytes) -> dt.datetime | None:
    """When a line was written; later rather than earlier where it says no year or zone. None where it says nothing."""
    try:
        if found := _ISO.match(line):
            moment = dt.datetime.fromisoformat(found[0].decode())
            return moment if moment.utcoffset() is not None else moment.astimezone(dt.UTC)
        if found := _OLD.match(line):
            return _guessed(found[0].decode())
    except ValueError:  # a day that no calendar has
        pass
    return None


def _guessed(written: str) -> dt.datetime:
    """A stamp of this year, or of the last where that lies ahead; by the clock of this machine."""
    now = dt.datetime.now().astimezone()
    moment = dt.datetime.strptime(f"{now.year} {written}", "%Y %b %d %H:%M:%S").astimezone()
    return moment if moment <= now + dt.timedelta(days=1) else moment.replace(year=now.year - 1)


def from_setting(said: str) -> MailLog | None:
    """`postfix:/var/log/mail.log`, `exim:/var/log/exim4/mainlog`, or nothing. Raises ValueError for anything else."""
    if not said:
        return None
    kind, _colon, path = said.partition(":")
    if kind not in FORMATS or not path.startswith("/"):
        raise ValueError("MAIL_RECORD is postfix:/path or exim:/path of the relay's log.")
    return MailLog(kind, Path(path))
