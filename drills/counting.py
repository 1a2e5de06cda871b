"""What is left after the drill "deadline", held against what every student was told."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from documents import actions as documents
from documents.models import Document
from drills.applying import Seen
from drills.outcome import Outcome
from drills.scene import Scene, Student
from mobility import answers
from mobility.models import GRACE, Application, Submission
from notifications.models import Message

# A run in which fewer submitted proves little; among fewer students than MANY one is enough.
ENOUGH, MANY = 0.5, 50


def count(scene: Scene, seen: Seen, outcome: Outcome, ends_at: float) -> None:
    """Write into `outcome` what was lost, is there twice, or came in that should not have."""
    outcome.reasons += seen.wrong[:20]
    _refusals(seen, outcome, ends_at)
    wanted = ENOUGH * len(scene.students) if len(scene.students) >= MANY else 1
    if len(seen.submitted) < wanted:
        outcome.reasons.append(
            f"{len(seen.submitted)} of {len(scene.students)} submitted: too few to tell. Give it more minutes."
        )
    left = {one.number for one in scene.students} - seen.submitted.keys() - seen.refused.keys()
    outcome.reasons += [f"student {number}: never got an answer" for number in sorted(left)[:20]]
    _files(scene, outcome)
    _submissions(scene, seen, outcome, ends_at)
    _mails(scene, seen, outcome)


def _refusals(seen: Seen, outcome: Outcome, ends_at: float) -> None:
    """Tell apart who was refused: who never got to the button, pressed it too late, or in time and waited too long.

    In time is before the close that the page states; the minute after it is what a request may wait in the queue. The
    moment of a request is the database's, read when a worker takes it up: what waits longer than the minute is late.
    """
    closes, grace = ends_at - GRACE.total_seconds(), GRACE.total_seconds()
    early = [number for number, told in seen.refused.items() if told < ends_at]
    outcome.reasons += [f"student {number}: refused before the end" for number in early]
    pressed = {number: seen.pressed[number] for number in seen.refused if number in seen.pressed}
    in_time = {number: seen.refused[number] - sent for number, sent in pressed.items() if sent < closes}
    wrongly = [number for number, wait in in_time.items() if wait <= grace]
    outcome.reasons += [f"student {number}: sent in time and refused" for number in wrongly]
    minute = sum(closes <= sent < ends_at for sent in pressed.values())
    outcome.refused_in_time = len(in_time)
    longest = f" (waited {max(in_time.values()):.0f} s at most)" if in_time else ""
    outcome.seen.append(
        f"{len(in_time)} sent in time and refused{longest}; {minute} sent in the minute after the close and refused; "
        f"{len(pressed) - len(in_time) - minute} sent too late, {len(seen.refused) - len(pressed)} never came to send"
    )


def _submissions(scene: Scene, seen: Seen, outcome: Outcome, ends_at: float) -> None:
    rows = Submission.objects.filter(application__call=scene.call).order_by("pk")
    kept: dict[int, list[Submission]] = {}
    for row in rows.iterator(200):
        kept.setdefault(row.application_id, []).append(row)
    ends = dt.datetime.fromtimestamp(ends_at, dt.UTC)
    for student in scene.students:
        mine = kept.get(student.application.pk, [])
        outcome.duplicated += max(0, len(mine) - 1)
        outcome.leaked += sum(one.submitted_at >= ends for one in mine)
        if student.number in seen.submitted:
            outcome.lost += not _whole(student, mine, seen)
        elif student.number in seen.refused:
            outcome.leaked += bool(mine)


def _whole(student: Student, mine: list[Submission], seen: Seen) -> bool:
    """Whether what the receipt told is there: snapshot, fingerprint, state, and the very papers that were sent."""
    if not mine:
        return False
    one, told = mine[0], seen.submitted[student.number]
    application = Application.objects.get(pk=student.application.pk)
    kept = {paper["uuid"] for paper in one.content["documents"]}
    files = Document.objects.filter(uuid__in=kept, uploaded_by=student.user)
    hashes = set(files.values_list("sha256", flat=True))
    return (
        application.status == "submitted"
        and told == one.sha256 == answers.digest(one.content) == application.snapshot_sha256
        and len(hashes) == len(kept) == len(_kept_papers(application))
        and seen.papers[student.number] <= hashes
    )


def _kept_papers(application: Application) -> list[int]:
    """The papers of an application, by what was asked for."""
    return list(application.documents.values_list("asked", flat=True))


def _files(scene: Scene, outcome: Outcome) -> None:
    """No row without its file; and after the nightly sweep no file without its row."""
    rows = Document.objects.filter(uploaded_by__in=[one.user for one in scene.students])
    known = set()
    for row in rows.iterator(500):
        known.add(row.storage_name)
        outcome.lost += _hash(documents.path_of(row.storage_name)) != row.sha256
    strays = _stored() - known
    outcome.seen.append(
        f"{len(known)} files kept; {len(strays)} left by broken uploads, for the nightly sweep"
    )
    if len(strays) > outcome.faults:
        outcome.reasons.append(f"{len(strays)} files without a row after {outcome.faults} faults")
    documents.SWEPT_AFTER = -dt.timedelta(seconds=1)  # as if a day had passed
    documents.sweep()
    outcome.leaked += len(_stored() - known)
    if gone := known - _stored() if not outcome.lost else set():
        outcome.reasons.append(f"the sweep took {len(gone)} files that are in use")


def _stored() -> set[str]:
    root = Path(settings.DOCUMENTS_ROOT)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def _hash(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return ""


def _mails(scene: Scene, seen: Seen, outcome: Outcome) -> None:
    """One receipt by e-mail for each that was submitted."""
    uuids = {one.application.uuid: one.number for one in scene.students}
    told = Message.objects.filter(
        kind="mobility.received", subject_uuid__in=uuids, created_at__lte=timezone.now()
    )
    mails = Counter(uuids[uuid] for uuid in told.values_list("subject_uuid", flat=True))
    outcome.duplicated += sum(number - 1 for number in mails.values())
    outcome.lost += len(seen.submitted.keys() - mails.keys())
