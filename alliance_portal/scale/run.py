"""Making data in bulk: one transaction, then the statistics that the planner needs."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from alliance_portal.scale import members, projects
from alliance_portal.scale.copying import Tables, reserve
from alliance_portal.scale.marks import RANGE
from ground import clock
from members.models import University
from projects.models import Project

CHUNK, TOLD = 2000, 10_000
BESIDE = ("ground_entry", "ground_titleword")
Say = Callable[[str], None]


class NotPossible(Exception):
    """Why nothing was generated, in words for whoever typed the command."""


def generated() -> int:
    """How many generated projects there are."""
    return Project.objects.filter(uuid__range=RANGE).count()


def generate(count: int, *, seed: int, say: Say) -> dict[str, int]:
    """Make `count` projects and what they need. Out: rows by table. Raises NotPossible; then nothing has changed."""
    if generated():
        raise NotPossible(
            "There are generated projects already: remove them first (generate_scale --remove)."
        )
    if not University.objects.exists():
        raise NotPossible("There are no universities: load the reference data first (load_reference).")
    begun = time.monotonic()
    with transaction.atomic():
        written = _write(count, seed, clock.today("UTC"), say)
        say("Checking that every row refers to one that is there …")
    say("Collecting statistics …")
    tidy(written)
    seconds = time.monotonic() - begun
    say(f"{count} projects in {seconds:.1f} s.")
    _remember(count, seed, seconds)
    return written


def _write(count: int, seed: int, today: dt.date, say: Say) -> dict[str, int]:
    units = members.write_units(seed)
    places = reserve("projects_programme", projects.PROGRAMMES) if count else []
    programmes = projects.write_programmes(seed, places)
    say(f"{programmes} programmes and {units} departments made.")
    tables = Tables(projects.COLUMNS)
    made = projects.Projects(seed, today, tables)
    keys = reserve("projects_project", count) if count else []
    for number, key in enumerate(keys, 1):
        made.add(key, number)
        if number % CHUNK == 0 or number == count:
            tables.begin_writing()
            if number % TOLD == 0 or number == count:
                say(f"{number} of {count} projects")
    tables.settle()
    return {"projects_programme": programmes, "members_organisationalunit": units, **tables.written}


def tidy(tables: Any) -> None:
    """Visibility of `tables` and of what triggers fill beside them, and the statistics of all tables.

    A running server would collect them by and by, where nobody switched that off; plans are as good as they are. What
    stood there before (reference data) is counted too.
    """
    if connection.in_atomic_block:
        return  # within a test
    with connection.cursor() as cursor:
        for table in dict.fromkeys((*tables, *BESIDE)):
            cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")
        cursor.execute("ANALYZE")


def _remember(count: int, seed: int, seconds: float) -> None:
    """Leave the time that it took for `script/bench`."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    said = {"projects": count, "seed": seed, "seconds": round(seconds, 1)}
    (settings.DATA_DIR / "scale.json").write_text(json.dumps(said))
