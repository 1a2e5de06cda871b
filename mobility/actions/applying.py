"""What an applicant does until the application is in: start, save, upload, submit, take back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from audit import trail
from ground import clock, text
from ground.search import search_value
from ground.workflow import NotPossible
from mobility import answers, eligibility, parts
from mobility.actions.door import enter, lock_application, lock_call, pass_through, way_for
from mobility.actions.saving import Stale
from mobility.actions.telling import tell_applicant
from mobility.models import (
    Application,
    Call,
    Submission,
)
from mobility.rules import require
from mobility.workflow import KIND, Status

# What is asked once and offered again in the person's next application.
_CARRIED = ("given_name", "family_name", "birth_date", "nationality", "phone", "study_programme", "level", "field_id",
            "work_unit")  # fmt: skip


class Incomplete(Exception):
    """Something is missing; nothing was submitted."""

    def __init__(self, missing: list[parts.Missing]) -> None:
        super().__init__(f"{len(missing)} answers are missing")
        self.missing = missing


@transaction.atomic
def start_application(call: Call, *, by: Any) -> Application:
    """The one application of `by` to `call`: a new draft, or the one that is there already.

    Raises PermissionDenied, or NotPossible when the call takes no applications now.
    """
    calls = _lock_year(call)
    locked = calls[call.pk]
    existing = Application.objects.filter(call=locked, applicant=by).first()
    if existing is not None:
        return existing
    require("mobility.apply_to_call", by, locked)
    if not locked.takes_at(clock.now()):
        raise NotPossible(_("This call does not take applications now."))
    locked.last_number = max(one.last_number for one in calls.values()) + 1
    locked.save(update_fields=["last_number"])
    application = Application.objects.create(
        call=locked,
        applicant=by,
        reference=f"{locked.reference_prefix}-{locked.last_number:04d}",
        created_at=clock.now(),
        saved_at=clock.now(),
        **_carried_over(by),
    )
    trail.record("mobility.start", by=by, kind=KIND, subject=application.uuid, name=application.reference)
    return application


def _lock_year(call: Call) -> dict[int, Call]:
    """All calls that share one run of numbers, locked: those of the same university and academic year."""
    same = Q(pk=call.pk) | Q(university_id=call.university_id, academic_year=call.academic_year)
    rows = Call.objects.select_for_update(no_key=True, of=("self",)).select_related("university")
    return {one.pk: one for one in rows.filter(same).order_by("pk")}


def _carried_over(person: Any) -> dict[str, Any]:
    last = Application.objects.of(person).order_by("-saved_at", "-pk").values(*_CARRIED).first()
    return last or {"given_name": person.given_name, "family_name": person.family_name}


@transaction.atomic
def submit_application(application: Application, *, by: Any, version: int | None = None) -> Application:
    """Make the draft an application: checked for completeness, kept as a snapshot, confirmed by a message.

    `version` is that of the answers which the applicant checked. The deadline is decided here, by the database's
    clock, with the call locked: what arrives by the end of the minute of the close is in. Submitting again what is
    already submitted changes nothing and gives the same answer.
    Raises PermissionDenied, NotPossible (closed, or in another state), Stale (changed since it was checked) or
    Incomplete (with everything that is missing).
    """
    lock_call(application.call_id)
    locked = lock_application(application)
    if locked.status == Status.SUBMITTED and locked.applicant_id == by.pk:
        return locked
    transition = way_for(locked, "submit", by=by)
    if not locked.can_be_sent(clock.now()):
        raise NotPossible(_("The call has closed. The application can't be submitted any more."))
    if version is not None and version != locked.version:
        raise Stale
    whole = Application.objects.with_all().get(pk=locked.pk)
    if missing := parts.missing(whole):
        raise Incomplete(missing)
    now = clock.now()
    kept = answers.snapshot(whole, now)
    details = {"sha256": answers.digest(kept)}
    done = pass_through(
        locked, transition, by=by, details=details, submitted_at=now, **_as_submitted(whole, kept)
    )
    _seal(done, now)
    tell_applicant("mobility.received", done, submitted_at=now, sha256=done.snapshot_sha256)
    return done


def _as_submitted(whole: Application, kept: dict[str, Any]) -> dict[str, Any]:
    """The columns that hold what was submitted: the snapshot, and by what the call's table is ordered and narrowed."""
    name = f"{whole.family_name} {whole.given_name}".strip()
    first = next(iter(whole.wishes.all()), None)
    return {
        "snapshot": kept, "snapshot_sha256": answers.digest(kept), "decision_note": "",
        "sort_name": text.sort_key(name), "folded": text.fold(f"{name} {whole.reference}")[:300],
        "search": search_value([whole.reference], names=[name]), "sent_level": whole.level, "sent_ects": whole.ects,
        "sent_field": whole.field, "sent_host_id": first.place.host_id if first else None,
        "findings": sorted({one.code for one in eligibility.check(whole.call, kept)}),
        "reviews_wanted": whole.call.reviewers_wanted,
    }  # fmt: skip


def _seal(done: Application, now: dt.datetime) -> None:
    """Keep what was submitted for good, and settle the request that it answers; `done` is locked."""
    last = done.submissions.aggregate(Max("number"))["number__max"] or 0
    Submission.objects.create(
        application=done,
        number=last + 1,
        content=done.snapshot,
        sha256=done.snapshot_sha256,
        submitted_at=now,
    )
    done.completion_requests.filter(answered_at__isnull=True).update(answered_at=now)
    done.part_drafts.all().delete()


@transaction.atomic
def take_back_application(application: Application, *, by: Any) -> Application:
    """Make a submitted application a draft again, to be changed and submitted before the close.

    Raises PermissionDenied or NotPossible (decided already, closed, or the call doesn't allow it).
    """
    lock_call(application.call_id)
    locked, transition = enter(application, "take_back", by=by)
    if not locked.can_be_taken_back(clock.now()):
        raise NotPossible(_("The application can't be taken back: the call has closed or does not allow it."))
    none = ("submitted_at", "snapshot", "search", "sent_level", "sent_ects", "sent_field", "sent_host")
    cleared: dict[str, Any] = dict.fromkeys(none)
    cleared |= dict.fromkeys(("snapshot_sha256", "sort_name", "folded"), "") | {"findings": []}
    return pass_through(locked, transition, by=by, **cleared)
