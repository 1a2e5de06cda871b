"""The verbs of an import: begin, read again, choose columns, take over, cancel. A job does the rest (`work`)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from notifications.doorbell import Bell
from projects import rules
from projects.imports import columns, sniffing, staging, storing
from projects.models import Import

Status = Import.Status
WORKING = (Status.READING, Status.CHECKING, Status.MERGING)
WAITING = (Status.MAPPING, Status.CHECKED)
ENDED = (Status.DONE, Status.CANCELLED, Status.FAILED)
MOST_OPEN = 5
LEASE = dt.timedelta(minutes=2)
KEPT = dt.timedelta(days=30)
TASK = "projects.work_on_imports"
_bell = Bell(TASK)


def _ring() -> None:
    transaction.on_commit(_bell, robust=True)


def is_full(by: Any) -> bool:
    """Whether the person has as many unfinished imports as one may have."""
    return Import.objects.filter(by=by).exclude(status__in=ENDED).count() >= MOST_OPEN


def is_at_work(batch: Import) -> bool:
    """Whether a worker that gave a sign of life lately holds the import."""
    fresh = batch.beat_at is not None and batch.beat_at > clock.read() - LEASE
    return batch.status in WORKING and fresh


def is_stopping(batch: Import) -> bool:
    """Whether the person asked to stop and the worker has not heard it yet."""
    return batch.cancel_asked and is_at_work(batch)


def begin(upload: UploadedFile[Any], *, by: Any) -> Import:
    """Keep the file and let it be read.

    Raises PermissionDenied, NotPossible (too many unfinished imports) or storing.Refused (no table that we read).
    """
    if not rules.creates_somewhere(by):
        raise PermissionDenied
    if is_full(by):
        raise NotPossible(_("You have five unfinished imports. Finish or cancel one of them first."))
    name = storing.keep(upload)
    try:
        chosen = sniffing.settings_for(storing.path_of(name))
        with transaction.atomic():
            batch = Import.objects.create(
                by=by,
                name=storing.shown_name(upload.name),
                storage_name=name,
                settings=chosen,
                begun_at=clock.now(),
            )
            _ring()
    except BaseException:
        storing.discard(name)
        raise
    return batch


def read_again(batch: Import, *, by: Any, chosen: Mapping[str, Any]) -> Import:
    """Read the file in another way (encoding, mark between columns, sheet). Raises NotPossible or PermissionDenied."""
    return _to(
        batch, Status.READING, by, settings=batch.settings | dict(chosen) | {"guessed": False}, mapping={}
    )


def choose(batch: Import, *, by: Any, mapping: Mapping[str, str], chosen: Mapping[str, Any]) -> Import:
    """Say which column fills what, and let every row be checked. Raises NotPossible or PermissionDenied."""
    return _to(batch, Status.CHECKING, by, mapping=dict(mapping), settings=batch.settings | dict(chosen))


def take_over(batch: Import, *, by: Any, without_refused: bool) -> Import:
    """Write the checked rows, all or none; rows that were refused stay away only when that is said aloud.

    Raises NotPossible or PermissionDenied.
    """
    found = batch.outcome.get("counts", {})
    if not found.get("create") and not found.get("update"):
        raise NotPossible(_("There is nothing to take over."))
    if found.get("refused") and not without_refused:
        raise NotPossible(
            _("There are rows with errors. Correct the file, or choose to take over the others.")
        )
    outcome = {key: value for key, value in batch.outcome.items() if key != "error"}
    return _to(
        batch, Status.MERGING, by, (Status.CHECKED,), outcome=outcome | {"without_refused": without_refused}
    )


def _to(batch: Import, status: str, by: Any, sources: tuple[str, ...] = WAITING, **fields: Any) -> Import:
    """The one place where a person moves an import on: under a row lock, by its owner, while it waits for one."""
    if batch.by_id != by.pk or not rules.creates_somewhere(by):
        raise PermissionDenied
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.status not in sources:
            raise NotPossible(_("This import has moved on meanwhile."))
        for name, value in fields.items():
            setattr(locked, name, value)
        locked.status, locked.rows_done, locked.beat_at, locked.cancel_asked = status, 0, None, False
        locked.save()
        _ring()
    return locked


def cancel(batch: Import, *, by: Any) -> Import:
    """Stop an import; a job at work undoes what it did and stops. Raises NotPossible when it is over."""
    if batch.by_id != by.pk:
        raise PermissionDenied
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=batch.pk)
        if locked.status in ENDED:
            done = locked.status == Status.DONE
            raise NotPossible(
                _("Too late: this import is done.") if done else _("This import is over already.")
            )
        if is_at_work(locked):
            Import.objects.filter(pk=locked.pk).update(cancel_asked=True)
            return locked
        end(locked, Status.CANCELLED)
    return locked


def end(batch: Import, status: str, **outcome: Any) -> None:
    """Close an import for good; its file goes as soon as that is certain."""
    batch.status, batch.ended_at, batch.beat_at = status, clock.read(), None
    batch.outcome = batch.outcome | outcome
    name, batch.storage_name = batch.storage_name, ""
    batch.save(update_fields=["status", "ended_at", "beat_at", "outcome", "storage_name"])
    transaction.on_commit(lambda: storing.discard(name))


def sweep(now: dt.datetime) -> int:
    """Delete staged rows and files that nobody needs any more; out: how many imports and files were cleared.

    Rows of cancelled imports go at once, everything else after 30 days; so do files that no import names.
    """
    old = Q(begun_at__lt=now - KEPT)
    cleared = 0
    for batch in (
        Import.objects.filter(Q(rows__isnull=False) | ~Q(storage_name=""))
        .filter(old | Q(status=Status.CANCELLED))
        .distinct()
    ):
        staging.clear(batch)
        if batch.status not in ENDED:
            end(batch, Status.CANCELLED)
        storing.discard(batch.storage_name)
        cleared += 1
    named = set(Import.objects.exclude(storage_name="").values_list("storage_name", flat=True))
    oldest = (now - dt.timedelta(days=1)).timestamp()
    for path in storing.stored():
        if path.name not in named and path.stat().st_mtime < oldest:
            storing.discard(path.name)
            cleared += 1
    return cleared


def proposal(batch: Import) -> dict[str, str]:
    """The columns as they were chosen, or as we know them by their names."""
    return batch.mapping or columns.preset(batch.columns)
