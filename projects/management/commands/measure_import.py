"""Measures an import from the file to the projects: rows a second of each stage, and memory. Leaves nothing behind."""

from __future__ import annotations

import csv
import json
import resource
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import BaseCommand, CommandError, CommandParser

from ground import clock
from members.models import Appointment, Role, University
from projects.imports import batches, staging, work
from projects.models import Import, Programme, Project

PREFIX = "MEASURED-"
_HEADINGS = [
    "code", "lead", "title_en", "title_lt", "acronym", "starts_on", "ends_on", "description_en", "description_lt",
    "websites", "programme", "amount", "contract_number", "head", "team", "partners",
]  # fmt: skip
_TEXT = (
    "The project brings students, teachers and cities together to solve what none of them could solve alone. "
)
_TEKSTAS = (
    "Projektas suburia studentus, dėstytojus ir miestus spręsti tai, ko nė vienas jų neįveiktų vienas. "
)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--rows", type=int, default=200_000)
        parser.add_argument("--text", type=int, default=1, help="sentences of a text (100 characters each)")
        parser.add_argument(
            "--again",
            action="store_true",
            help="also import the same numbers with another acronym, then once more unchanged",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by = self._office()
        try:
            with NamedTemporaryFile(mode="w+", encoding="utf-8", suffix=".csv", newline="") as file:
                csv.writer(file).writerows(_table(options["rows"], options["text"], "A"))
                self._import(file.name, by, options["rows"])
            for acronym in "BB" if options["again"] else "":
                with NamedTemporaryFile(mode="w+", encoding="utf-8", suffix=".csv", newline="") as file:
                    csv.writer(file).writerows(_table(options["rows"], options["text"], acronym))
                    self._import(file.name, by, options["rows"])
        finally:
            _remove()

    def _office(self) -> Any:
        held = (
            Appointment.objects.filter(role=Role.ALLIANCE_OFFICE).in_force(clock.now()).select_related("user")
        )
        if (
            (appointment := held.first()) is None
            or not Programme.objects.exists()
            or not University.objects.exists()
        ):
            raise CommandError(
                "An appointment at the alliance office, a university and a programme are needed."
            )
        return appointment.user

    def _import(self, name: str, by: Any, rows: int) -> None:
        with open(name, "rb") as file:
            size = Path(name).stat().st_size
            batch = batches.begin(UploadedFile(file, name="measured.csv", size=size), by=by)  # type: ignore[arg-type]
        self._stage("read", batch, rows)
        batches.choose(batch, by=by, mapping=batches.proposal(batch), chosen={"partners": "leave"})
        self._stage("check", batch, rows)
        if batch.status == Import.Status.CHECKED:  # else there is nothing to take over
            batches.take_over(batch, by=by, without_refused=True)
            self._stage("merge", batch, rows)
        self.stdout.write(json.dumps(batch.outcome, default=str))
        staging.clear(batch)
        batch.delete()

    def _stage(self, name: str, batch: Import, rows: int) -> None:
        begun, worked = time.perf_counter(), time.process_time()
        hold = work.claim()
        if hold is None or hold.batch.pk != batch.pk:
            raise CommandError(
                "Another worker or another import came in between. Stop the workers and try again."
            )
        work.work(hold)
        seconds = time.perf_counter() - begun
        batch.refresh_from_db()
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        figure = {
            "name": f"import {name}", "value": round(rows / seconds), "unit": "rows/s", "n": rows,
            "seconds": round(seconds, 1), "own_seconds": round(time.process_time() - worked, 1),
            "resident_mb": round(most), "status": batch.status,
        }  # fmt: skip
        self.stdout.write(json.dumps(figure))


def _table(rows: int, sentences: int, acronym: str) -> Iterator[list[str]]:
    yield _HEADINGS
    leads = [university.slug for university in University.objects.order_by("pk")]
    names = list(University.objects.order_by("pk").values_list("organisation__name", flat=True))
    programmes = [programme.slug for programme in Programme.objects.order_by("pk")]
    for n in range(rows):
        year = 2015 + n % 15
        yield [
            f"{PREFIX}{n:06}", leads[n % len(leads)], f"Project {n} of the measurement", f"Matavimo projektas {n}",
            f"{acronym}{n}", f"{year}-03-01", f"28.02.{year + 3}", _TEXT * sentences, _TEKSTAS * sentences,
            f"https://p{n}.example/", programmes[n % len(programmes)], f"{n % 900 + 100} 000,50", f"C-{n}",
            f"Person {n % 5000}", f"Member {n % 7000}; Member {n % 7001}",
            f"{names[(n + 1) % len(names)]}; {names[(n + 2) % len(names)]}",
        ]  # fmt: skip


def _remove() -> None:
    """Delete what the measurement made, in portions."""
    Import.objects.filter(name="measured.csv").delete()
    while keys := list(Project.objects.filter(code__startswith=PREFIX).values_list("pk", flat=True)[:2000]):
        for relation in Project._meta.related_objects:
            rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": keys})
            rows._raw_delete(rows.db)
        Project.objects.filter(pk__in=keys)._raw_delete("default")  # type: ignore[attr-defined]
