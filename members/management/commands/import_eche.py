"""`manage.py import_eche FILE`: take over a release of the list of Erasmus charter holders; `--preview`: look first."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ground import clock
from members.imports import Change, ListError, Plan, WrongRows, import_charters, plan, read_charters

# Why a list with a wrong row is refused with its good ones.
_WHOLE = "the good rows neither (without the wrong ones, their organisations would count as gone)."


class Command(BaseCommand):
    help = (
        "Take over a release of the list of Erasmus charter holders (CSV). With --preview nothing is written."
    )
    requires_system_checks = ()  # they would load every page of the portal first

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--preview", action="store_true",
            help="Say what taking it over would do: counts, then each gone, changed, kept and new one. Writes nothing.",
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
        except WrongRows as problem:
            told = "\n".join(str(row) for row in problem.rows)
            raise CommandError(f"{file.name} was not taken over, {_WHOLE} {problem}\n{told}") from problem
        except (ListError, UnicodeDecodeError) as problem:
            raise CommandError(f"{file.name} was not taken over. {problem}") from problem
        except OSError as problem:
            raise CommandError(f"{file} cannot be read: {problem.strerror}.") from problem
        self.stdout.write(f"{file.name}: {next(told)}")
        for line in told:
            self.stdout.write(line)


def preview(found: Plan) -> Iterator[str]:
    """The counts, members that are gone, then a line for each change; what becomes of its fields stands below."""
    yield f"{found.counts}. Nothing was written."
    if not (found.new or found.gone or found.counts.changed):
        yield "Taking it over would change nothing."
    if gone := [change.name for change in found.changes if change.kind == "gone" and change.member]:
        yield f"!! Universities of the alliance that are no longer in the list: {'; '.join(sorted(gone))}."
    for kind in ("gone", "changed", "kept", "new"):
        for change in sorted(found.changes, key=lambda one: not one.member):
            if change.kind == kind:
                yield from _lines(change)


def _lines(change: Change) -> Iterator[str]:
    member = "  !! UNIVERSITY OF THE ALLIANCE" if change.kind == "gone" and change.member else ""
    yield f"{change.kind:<8}{change.code or '-':<14}{change.name} ({change.country}){member}"
    for name, before, after in change.fields:
        yield f"{'':<8}{name}: {before or '-'} -> {after or '-'}"
    for name, ours, theirs in change.kept:
        yield f"{'':<8}{name} kept: ours {ours or '-'}, the list says {theirs or '-'}"
