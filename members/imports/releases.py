"""A release of the list of charter holders: uploaded, checked by a job, looked at by a person, taken over by a job."""

from __future__ import annotations

import csv
import hashlib
import io
import logging
from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import DataError, transaction
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit import trail
from ground import clock
from ground.workflow import NotPossible
from members.imports import merging
from members.imports.merging import Change
from members.imports.reading import ListError, Reason, WrongRows, read_charters, told
from members.models import CharterRelease
from notifications.doorbell import Bell

TASK = "members.work_on_releases"
MAX_BYTES = 10 * 1024 * 1024
# The day from which a holder counts as gone is one of the Commission's, who releases the list.
ZONE = "Europe/Brussels"
_bell = Bell(TASK)
_STATUS = CharterRelease.Status
# The kinds under which a refused list keeps, among its changes, its wrong rows or why it was refused as a whole.
WRONG, REASON = "wrong", "reason"
OUTDATED = gettext_noop("Records changed since the list was checked. Look at what it would do now.")
_NO_TEXT = gettext_noop("The file is not text in UTF-8. Save it as CSV in UTF-8, then upload it again.")

log = logging.getLogger(__name__)


@transaction.atomic
def upload_release(content: bytes, *, name: str, by: Any) -> CharterRelease:
    """Keep an uploaded list and have it checked; nothing is taken over yet. Raises PermissionDenied."""
    _demand(by)
    release = CharterRelease.objects.create(
        name=name[-200:], sha256=hashlib.sha256(content).hexdigest(), content=content, uploaded_by=by,
        uploaded_at=clock.now(),
    )  # fmt: skip
    _record("members.upload_charters", release, by)
    transaction.on_commit(_bell)
    return release


def take_release(release: CharterRelease, *, by: Any) -> CharterRelease:
    """Have a checked list taken over. Raises PermissionDenied, or NotPossible when it is not one to take over (one that
    changes nothing isn't either)."""
    if release.status == _STATUS.CHECKED and not release.does_something:
        raise NotPossible(_("This list changes nothing, so there is nothing to take over."))
    return _ask(
        release, by=by, sources=[_STATUS.CHECKED], target=_STATUS.TAKING, verb="members.take_charters"
    )


def discard_release(release: CharterRelease, *, by: Any) -> CharterRelease:
    """Leave a list aside, also one that still waits. Raises PermissionDenied, or NotPossible when it is settled."""
    waiting = [_STATUS.WAITING, _STATUS.CHECKED, _STATUS.TAKING]
    return _ask(release, by=by, sources=waiting, target=_STATUS.DISCARDED, verb="members.discard_charters")


def work_on_releases() -> int:
    """Check and take over what waits, one after the other; out: how many. Any number of these may run at once."""
    done = 0
    while _work_on_one():
        done += 1
    return done


@transaction.atomic
def _work_on_one() -> bool:
    """The next one that waits, under a lock that others step over."""
    waiting = CharterRelease.objects.filter(status__in=[_STATUS.WAITING, _STATUS.TAKING])
    release = waiting.select_for_update(skip_locked=True).order_by("uploaded_at").first()
    if release is None:
        return False
    try:
        with (
            transaction.atomic(),
            translation.override(getattr(release.uploaded_by, "language", None) or "en"),
        ):
            _check(release) if release.status == _STATUS.WAITING else _take_over(release)
    except (ListError, UnicodeDecodeError, csv.Error, DataError) as problem:
        release.problem = _said(problem, release)[:2000]
        release.counts, release.changes = {}, []
        if isinstance(problem, WrongRows):
            release.changes = [{"kind": WRONG, **asdict(row)} for row in problem.rows]
        elif reason := _reason(problem):
            release.changes = [{"kind": REASON, "reasons": [reason]}]
        _settle(release, _STATUS.REFUSED)
    release.save()
    return True


def _said(problem: Exception, release: CharterRelease) -> str:
    """Why a list is refused, in the language of who uploaded it."""
    with _language_of(release):
        reason = _reason(problem)
        return told([reason])[0] if reason else str(problem)


def _reason(problem: Exception) -> Reason | None:
    """Why a whole file is refused, so that each reader can have it in the own language; None where that is not told."""
    if isinstance(problem, UnicodeDecodeError):
        return _NO_TEXT, {}
    return problem.reason if isinstance(problem, ListError) and not isinstance(problem, WrongRows) else None


def _language_of(release: CharterRelease) -> Any:
    return translation.override(getattr(release.uploaded_by, "language", None) or "en")


def _check(release: CharterRelease) -> None:
    found = merging.plan(_charters(release))
    release.counts, release.changes = asdict(found.counts), [asdict(change) for change in found.changes]
    release.status = _STATUS.CHECKED


def _take_over(release: CharterRelease) -> None:
    """Do what was shown. When that is no longer what would happen, show anew instead."""
    shown = [_change(row) for row in release.changes]
    day = clock.date_in(clock.read(), ZONE)
    counts = merging.import_as_planned(_charters(release), day=day, expected=shown)
    if counts is None:
        _check(release)
        release.problem = OUTDATED  # each reader has it in the own language
        return
    release.problem = ""
    _settle(release, _STATUS.TAKEN)


def _change(row: dict[str, Any]) -> Change:
    told = {name: tuple(tuple(field) for field in row.get(name, ())) for name in ("fields", "kept")}
    return Change(**{**row, **told})


def _charters(release: CharterRelease) -> Any:
    text = bytes(release.content).decode("utf-8-sig")
    return read_charters(io.StringIO(text, newline=""))


def _settle(release: CharterRelease, status: str) -> None:
    """It is done with: its bytes are no longer needed."""
    release.status, release.settled_at, release.content = status, clock.read(), b""


@transaction.atomic
def _ask(release: CharterRelease, *, by: Any, sources: list[Any], target: str, verb: str) -> CharterRelease:
    _demand(by)
    release = CharterRelease.objects.select_for_update().get(pk=release.pk)
    if release.status not in sources:
        raise NotPossible(_("This step is not possible in the present state."))
    release.status, release.problem = target, ""
    if target in CharterRelease.SETTLED:
        _settle(release, target)
    release.save()
    _record(verb, release, by)
    transaction.on_commit(_bell)
    return release


def _demand(by: Any) -> None:
    if not by.has_perm("members.import_charters"):
        raise PermissionDenied


def _record(verb: str, release: CharterRelease, by: Any) -> None:
    trail.record(
        verb, by=by, kind="members.charterrelease", subject=release.uuid, name=release.name,
        details={"sha256": release.sha256, "counts": release.counts},
    )  # fmt: skip
