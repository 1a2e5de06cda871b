import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from notifications import bounces, reports


class Command(BaseCommand):
    help = "Reads mails that came back, from a maildir or (without one) one mail from standard input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--maildir", type=Path, help="its new mails are read, then moved to its folder cur"
        )

    def handle(self, **options: Any) -> None:
        if options["maildir"] is None:
            self.stdout.write(self._take(sys.stdin.buffer.read(bounces.LARGEST)))
            while sys.stdin.buffer.read(bounces.LARGEST):
                pass  # whoever writes must not meet a closed pipe
            return
        for mail in self._new(options["maildir"]):
            try:
                with mail.open("rb") as file:
                    data = file.read(bounces.LARGEST)
            except OSError as error:  # another one was faster, or it may not be read: the others are
                said = f"Not read: {error.strerror}."
            else:
                said = self._take(data)
                self._put_aside(mail)
            if options["verbosity"]:
                self.stdout.write(said)

    def _put_aside(self, mail: Path) -> None:
        with suppress(OSError):  # read again the next time, and then nothing is new
            mail.rename(mail.parent.parent / "cur" / f"{mail.name.partition(':')[0]}:2,S")

    def _new(self, maildir: Path) -> Iterator[Path]:
        """The mails that nobody has read, the oldest name first; no links, no folders."""
        if not (maildir / "new").is_dir() or not os.access(maildir / "cur", os.W_OK):
            raise CommandError("--maildir is no maildir that can be written: it has the folders new and cur.")
        return (
            path for path in sorted((maildir / "new").iterdir()) if path.is_file() and not path.is_symlink()
        )

    def _take(self, data: bytes) -> str:
        """What one mail told, in one line, without the address."""
        try:
            told = bounces.read(data)
        except bounces.NoReport as error:
            return f"Left alone: {error}"
        try:
            new = sum(reports.take(one) for one in told)
        except (
            DatabaseError
        ) as error:  # whoever pipes a mail in keeps it and tries again (sysexits.h, EX_TEMPFAIL)
            raise CommandError(
                "The database can't be reached; try again.", returncode=os.EX_TEMPFAIL
            ) from error
        return f"{len(told)} told, {new} new."
