"""The job behind imports: reads, checks and takes over. Whoever holds the lease works; who falls silent is replaced."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from audit import trail
from ground import clock
from projects import rules
from projects.imports import batches, newcomers, staging, storing
from projects.imports.columns import source
from projects.imports.lookups import Lookups
from projects.imports.merging import Merge, Outdated
from projects.imports.reading import Empty, Table
from projects.imports.rows import Plan
from projects.imports.storing import Refused
from projects.imports.telling import tell_followers
from projects.models import Import

Status = Import.Status
MOST_TRIES = 3
_LOCK = 7_110_205 << 32  # beside the number of the import: one merge of it at a time, whatever leases say
_BEAT = 1.0  # seconds between two signs of life during the merge
log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The person asked to stop."""


class Lost(Exception):
    """Another worker has taken over."""


class Hold:
    """The right to work on an import: a moment that only this worker wrote. Every sign of life renews it."""

    def __init__(self, batch: Import) -> None:
        self.batch, self.token = batch, batch.beat_at

    def beat(self, done: int, **fields: Any) -> None:
        """Say how far the work is. Raises Lost or Cancelled."""
        now = clock.read()
        mine = Import.objects.filter(pk=self.batch.pk, beat_at=self.token)
        if not mine.update(beat_at=now, rows_done=done, **fields):
            raise Lost
        self.token = now
        self.heed()

    def heed(self) -> None:
        """Raises Cancelled when the person asked to stop."""
        if Import.objects.filter(pk=self.batch.pk, cancel_asked=True).exists():
            raise Cancelled

    def leave(self, status: str, **fields: Any) -> None:
        """Hand the import back to the person. Raises Lost or Cancelled."""
        mine = Import.objects.filter(pk=self.batch.pk, beat_at=self.token, cancel_asked=False)
        if not mine.update(status=status, beat_at=None, **fields):
            self.heed()
            raise Lost

    def conclude(self, **fields: Any) -> None:
        """End an import of which nothing is to be taken over. Raises Lost or Cancelled."""
        with transaction.atomic():
            mine = Import.objects.select_for_update().filter(pk=self.batch.pk, beat_at=self.token).first()
            if mine is None:
                raise Lost
            self.heed()
            outcome = fields.pop("outcome")
            for name, value in fields.items():
                setattr(mine, name, value)
            mine.save(update_fields=list(fields))
            batches.end(mine, Status.DONE, **outcome)


class Pulse:
    """Signs of life from inside a long transaction: they go through a connection of their own.

    What is counted are steps; a row that is taken over takes several, and is told as done by its part of them.
    """

    def __init__(self, hold: Hold) -> None:
        self.hold, self.batch, self.at = hold, hold.batch, time.monotonic()
        self.steps, self.passed = 0, 0
        self.line = connections.create_connection("default")

    def beat(self, passed: int) -> None:
        """So many steps more are done; told once a second at most. Raises Cancelled."""
        self.hold.heed()
        self.passed += passed
        if time.monotonic() - self.at >= _BEAT:
            self.at = time.monotonic()
            done = min(self.batch.rows_total * self.passed // max(self.steps, 1), self.batch.rows_total)
            with self.line.cursor() as cursor:
                cursor.execute(
                    "UPDATE projects_import SET rows_done = %s::int, beat_at = clock_timestamp() WHERE id = %s::bigint",
                    [done, self.batch.pk],
                )

    def close(self) -> None:
        self.line.close()


def claim() -> Hold | None:
    """The oldest import that waits for a worker, or whose worker fell silent; None when there is none."""
    with transaction.atomic():
        now = clock.read()
        free = Q(beat_at__isnull=True) | Q(beat_at__lt=now - batches.LEASE)
        waiting = Import.objects.filter(free, status__in=batches.WORKING).order_by("begun_at", "pk")
        locked = waiting.select_for_update(skip_locked=True, of=("self",))[:5]
        batch = next((one for one in locked if _alone(one)), None)
        if batch is None:
            return None
        tries = batch.outcome.get("tries", 0) + 1 if batch.beat_at else 1
        batch.outcome, batch.beat_at = batch.outcome | {"tries": tries}, now
        batch.save(update_fields=["outcome", "beat_at"])
    return Hold(batch)


def _alone(batch: Import) -> bool:
    """Whether nobody merges this import right now; holds until the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s::bigint)", [_LOCK + batch.pk])
        return bool(cursor.fetchone()[0])


def work_on_all() -> int:
    """Work on everything that waits; out: how many stages were done."""
    done = 0
    while hold := claim():
        work(hold)
        done += 1
    return done


def work(hold: Hold) -> None:
    """One stage of one import, to its end, whatever it is. Never raises, but for a database that is away."""
    batch = hold.batch
    try:
        if batch.outcome["tries"] > MOST_TRIES:
            raise Refused(_("This import failed three times and was given up. Nothing was taken over."))
        _STAGES[batch.status](hold)
    except Lost:
        log.warning("Import %s went on elsewhere.", batch.uuid)
    except Cancelled:
        _end(batch, Status.CANCELLED)
    except Refused as refusal:
        _end(batch, Status.FAILED, error=refusal.noted())
    except OperationalError:
        raise  # the lease runs out, and another worker tries again
    except Exception:
        log.exception("Import %s failed.", batch.uuid)
        words = gettext_noop(
            "Something went wrong here. Nothing was taken over. Try again, or tell the administrators."
        )
        _end(batch, Status.FAILED, error={"words": words, "with": {}})


def _end(batch: Import, status: str, **outcome: Any) -> None:
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.status not in batches.ENDED:
            batches.end(locked, status, **outcome)


def _read(hold: Hold) -> None:
    """Stage the rows. A file that can't be read in this way may be readable in another: the person says how."""
    staging.clear(hold.batch)
    try:
        _read_rows(hold)
    except Refused as refusal:
        staging.clear(hold.batch)
        nothing: dict[str, Any] = {"columns": [], "rows_total": 0, "rows_done": 0}
        error = {"error": refusal.noted()}
        if isinstance(refusal, Empty) and len(hold.batch.settings.get("sheets", ())) < 2:
            hold.conclude(**nothing, outcome=error)
        else:  # another sheet may have rows, another mark or encoding may help
            hold.leave(Status.MAPPING, **nothing, outcome=error)


def _read_rows(hold: Hold) -> None:
    batch = hold.batch
    table = Table(storing.path_of(batch.storage_name), batch.settings, sign=lambda: hold.beat(0))
    some: list[tuple[int, list[str]]] = []
    done = 0
    for row in table.rows():
        some.append(row)
        if len(some) >= staging.SET:
            staging.copy_in(batch, some)
            done, some = done + len(some), []
            hold.beat(done)
    staging.copy_in(batch, some)
    done += len(some)
    marks = {"erasmus": ".", "cordis": ",", "cordis_whole": ","}
    chosen = {"mark": marks.get(source(table.headings), "")} | batch.settings
    hold.leave(
        Status.MAPPING, columns=table.headings, rows_total=done, rows_done=done, settings=chosen,
        outcome={"notes": table.notes},
    )  # fmt: skip


def _check(hold: Hold) -> None:
    batch = hold.batch
    _demand_right(batch)
    plan, lookups = Plan.of(batch.mapping, batch.settings), Lookups(batch.by)
    staging.know()
    done, unsure, example = 0, 0, {}
    for rows in staging.sets(batch):
        found = staging.check_set(batch, plan, lookups, rows)
        if found and not unsure:
            example = {"row": found[0][0], "cell": found[0][1], "day": found[0][2]}
        done, unsure = done + len(rows), unsure + len(found)
        hold.beat(done)
    staging.refuse_doubled(batch, plan)
    counts = staging.counts(batch)
    outcome: dict[str, Any] = {"notes": batch.outcome.get("notes", []), "counts": counts}
    if unsure:
        outcome["unsure"] = example | {"count": unsure}
    if made := newcomers.told(batch):
        outcome["newcomers"] = made
    if any(counts[step] for step in ("create", "update", "refused")):
        hold.leave(Status.CHECKED, rows_done=done, outcome=outcome)
    else:
        hold.conclude(rows_done=done, outcome=outcome)


def _demand_right(batch: Import) -> None:
    """A role that ended ends in jobs that were already waiting too."""
    if not rules.creates_somewhere(batch.by):
        raise Refused(_("You may no longer create projects. Nothing was taken over."))


def _merge(hold: Hold) -> None:
    batch = hold.batch
    _demand_right(batch)
    staging.know()
    pulse = Pulse(hold)
    try:
        with transaction.atomic():
            if not _alone(batch):
                raise Lost
            merge = Merge(batch, batch.by, pulse.beat)
            left_out = _write_all(hold, merge, pulse)
            found = staging.counts(batch)
            merge.finish()
            tell_followers(batch)
            _close(batch, found, left_out)
    except Outdated as outdated:
        _back(batch, outdated)
    except IntegrityError as error:
        log.warning("Import %s met a constraint: %s", batch.uuid, type(error.__cause__).__name__)
        words = gettext_noop(
            "Something changed in the portal meanwhile. Nothing was taken over. Check again."
        )
        _back(batch, None, error={"words": words, "with": {}})
    finally:
        pulse.close()


def _write_all(hold: Hold, merge: Merge, pulse: Pulse) -> int:
    """Write set after set; out: how many rows were left out because they do not hold any more."""
    batch = hold.batch
    hold.heed()
    merge.begin()
    spans = list(merge.ranges())
    pulse.steps = merge.steps()
    outdated = [one for span in spans for one in merge.outdated(*span)]
    if outdated and not batch.outcome.get("without_refused"):
        raise Outdated(outdated)
    staging.refuse(batch, outdated)
    for span in spans:
        merge.write(*span)
    return len(outdated)


def _close(batch: Import, found: dict[str, int], left_out: int) -> None:
    """The last step of the merge: whoever cancelled until here has cancelled everything."""
    mine = (
        Import.objects.select_for_update()
        .filter(pk=batch.pk, status=Status.MERGING, cancel_asked=False)
        .first()
    )
    if mine is None:
        raise Cancelled
    mine.rows_done = mine.rows_total
    mine.save(update_fields=["rows_done"])
    batches.end(mine, Status.DONE, counts=found, left_out=left_out)
    trail.record(
        "projects.import", by=mine.by, kind="projects.import", subject=mine.uuid, name=mine.name,
        details={key: found[key] for key in ("create", "update", "same", "refused")},
    )  # fmt: skip


def _back(batch: Import, outdated: Outdated | None, **outcome: Any) -> None:
    """Nothing was written: show the person what does not hold any more."""
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.cancel_asked:
            raise Cancelled
        if outdated is not None:
            staging.refuse(locked, outdated.found)
            words = gettext_noop(
                "Something changed in the portal meanwhile. Nothing was taken over. Look at the rows."
            )
            outcome["error"] = {"words": words, "with": {}}
        locked.outcome = locked.outcome | outcome | {"counts": staging.counts(locked)}
        locked.status, locked.beat_at = Status.CHECKED, None
        locked.save(update_fields=["outcome", "status", "beat_at"])


_STAGES: dict[str, Callable[[Hold], None]] = {
    Status.READING: _read,
    Status.CHECKING: _check,
    Status.MERGING: _merge,
}
