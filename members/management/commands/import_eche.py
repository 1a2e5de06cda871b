"""`manage.py import_eche FILE`: take over a release of the list of Erasmus charter holders."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ground import clock
from members.imports import ListError, import_charters, read_charters


class Command(BaseCommand):
    help = "Take over a release of the list of Erasmus charter holders (CSV)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                counts = import_charters(read_charters(lines), day=clock.today("Europe/Brussels"))
        except (ListError, UnicodeDecodeError) as problem:
            raise CommandError(f"{file.name} was not taken over. {problem}") from problem
        except OSError as problem:
            raise CommandError(f"{file} cannot be read: {problem.strerror}.") from problem
        self.stdout.write(f"{file.name}: {counts}.")
