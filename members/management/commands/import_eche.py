"""`manage.py import_eche FILE`: take over a release of the list of Erasmus charter holders; `--preview`: look first."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ground import clock
from members.imports import Change, ListError, Plan, import_charters, plan, read_charters


class Command(BaseCommand):
    help = (
        "Take over a release of the list of Erasmus charter holders (CSV). With --preview nothing is written."
    )
    requires_system_checks = ()  # they would load every page of the portal first

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--preview", action="store_true",
            help="Say what taking it over would do: counts, then each new, changed and gone holder. Writes nothing.",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                charters = read_charters(lines)
                if options["preview"]:
                    told = preview(plan(charters))
                else:
                    told = iter([f"{import_charters(charters, day=clock.today('Europe/Brussels'))}."])
        except (ListError, UnicodeDecodeError) as problem:
            raise CommandError(f"{file.name} was not taken over. {problem}") from problem
        except OSError as problem:
            raise CommandError(f"{file} cannot be read: {problem.strerror}.") from problem
        self.stdout.write(f"{file.name}: {next(told)}")
        for line in told:
            self.stdout.write(line)


def preview(found: Plan) -> Iterator[str]:
    """The counts, then a line for each change; a changed field stands below with what it was and what it becomes."""
    yield f"{found.counts}. Nothing was written."
    for kind in ("new", "changed", "gone"):
        for change in found.changes:
            if change.kind == kind:
                yield from _lines(change)


def _lines(change: Change) -> Iterator[str]:
    yield f"{change.kind:<8}{change.code or '-':<14}{change.name} ({change.country})"
    for name, before, after in change.fields:
        yield f"{'':<8}{name}: {before or '-'} -> {after or '-'}"
