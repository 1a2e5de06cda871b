"""What is done to agreements, in the verbs that people say (mobility-facts: the life of an agreement).

A version is written by one side as a draft and sent; from then on it never changes. Each side approves it by its
fingerprint; approved by both it is in force and replaces the one before, which was valid until that moment. Every
verb locks the agreement first, asks the right, asks the tables of `members/workflow.py`, records and tells.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible, Transition
from members.actions import agreement_door as door
from members.actions import agreement_rows as rows
from members.actions.agreement_door import Incomplete, NotCurrent, Refused, Stale
from members.agreements import checks, notice
from members.agreements.content import VersionContent, alike, digest, read, read_settled
from members.messages import AGREEMENT_SENT
from members.models import Agreement, AgreementSide, AgreementVersion, Approval, University
from members.models.agreement import WAITING
from members.rules import sides_of
from members.workflow import AGREEMENT, VERSION, AgreementStatus, VersionStatus

__all__ = [
    "Incomplete",
    "NotCurrent",
    "Refused",
    "Stale",
    "abandon",
    "approve",
    "change",
    "expire",
    "propose",
    "return_version",
    "send",
    "set_code",
    "terminate",
    "withdraw",
    "write",
]
_CHANGEABLE = (AgreementStatus.PROPOSED, AgreementStatus.IN_FORCE, AgreementStatus.EXPIRED)


@transaction.atomic
def propose(
    *,
    university: University,
    partner: University,
    first_year: str,
    last_year: str,
    by: Any,
    is_demo: bool = False,
) -> Agreement:
    """Begin an agreement of `university`, `by`'s own, with `partner`: a first draft, its people filled in where known.

    Out: the agreement; its draft is `agreement.versions.get()`. Internal contacts of the partner are never taken.
    Raises PermissionDenied, or Refused at `partner`, `first_year` or `last_year`.
    """
    door.require("members.propose_agreement", by, university)
    if partner.pk == university.pk:
        raise Refused({"partner": [_("An agreement is between two different universities.")]})
    empty = VersionContent(university.uuid, first_year, last_year, sides=())
    if wrong := checks.faults(empty):
        raise Refused(wrong)
    agreement = Agreement.objects.create(is_demo=is_demo)
    for place, side in enumerate((university, partner), 1):
        AgreementSide.objects.create(agreement=agreement, place=place, university=side)
    version = rows.new_version(
        agreement, author=university, by=by, first_year=first_year, last_year=last_year
    )
    rows.begin_sides(version)
    door.record("members.agreement_propose", agreement, by, version=1)
    return agreement


@transaction.atomic
def write(
    version: AgreementVersion, content: VersionContent, *, by: Any, seen: dt.datetime | None
) -> AgreementVersion:
    """Replace what a draft says by `content`: years, terms, sides, conditions with their fields and languages.

    `seen` is the `changed_at` of the version that the form was filled from (None: whatever is there now). The same
    content again changes nothing. Places and universities of the sides are the agreement's, whatever `content` says.
    Raises PermissionDenied, NotPossible (it is no draft), Stale (somebody saved meanwhile), Refused (with places).
    """
    version = door.lock_version(version)
    door.require("members.write_agreement", by, version)
    if version.status != VersionStatus.DRAFT:
        raise NotPossible(_("What was sent never changes. Propose a change instead."))
    stored = read(version)
    content = rows.carried(content, stored)
    if wrong := checks.faults(content):
        raise Refused(wrong)
    if alike(content, stored):
        return version
    if seen is not None and seen != version.changed_at:
        raise Stale(version)
    rows.store(version, content)
    door.record("members.agreement_write", version.agreement, by, version=version.number)
    return version


@transaction.atomic
def send(
    version: AgreementVersion, *, by: Any, seen: dt.datetime | None = None, approve: bool = False
) -> AgreementVersion:
    """Send a draft to the partner; its content is sealed with its fingerprint. The partner's coordinators are told.

    To send is not to approve (as in Erasmus Without Paper); `approve` does both, for who coordinates the sending side.
    `seen` as for `write`. What people should look at, such as an ended charter, is in `checks.warnings`.
    Raises PermissionDenied, NotPossible, Stale, or Incomplete (with places).
    """
    version = door.lock_version(version)
    way = door.way_for(VERSION, version, "send", by=by)
    if seen is not None and seen != version.changed_at:
        raise Stale(version)
    today = clock.today(version.author_side.zone)
    content = read(version)
    if lacking := checks.lacking(version, content, today=today):
        raise Incomplete(lacking)
    door.advance_version(version, way, by=by, digest=digest(content), sent_at=clock.now())
    if approve:
        _approve(
            version, _own_side_to_approve(version, by, version.author_side), by=by, asked_as="sent_approved"
        )
    else:
        _ask_partner(version, "sent_change" if version.reason else "sent", by, version.author_side)
    return version


def _ask_partner(version: AgreementVersion, what: str, by: Any, side: University) -> None:
    """Ask the other side than `side` for its approval: one message, whatever was done in this step."""
    others = version.agreement.sides.exclude(university=side)
    door.tell(
        version.agreement, what, by=by, side=side, to=others.values_list("university_id", flat=True),
        kind=AGREEMENT_SENT, first_year=version.first_year, last_year=version.last_year, reason=version.reason,
    )  # fmt: skip


@transaction.atomic
def approve(
    version: AgreementVersion,
    *,
    digest: str,
    by: Any,
    university: University | None = None,
    people: Mapping[str, str] | None = None,
    signed_by: str = "",
    signed_on: dt.date | None = None,
) -> AgreementVersion:
    """Approve a sent version for the university that `by` coordinates (`university` where there are two).

    `digest` is the fingerprint that was shown. With the approval of both sides the version and the agreement are in
    force, and the version before is replaced, in one step. `people` (by the names of `SIDE_TEXTS`; None: those whom the
    version names) are who signs for one's side and its contact: kept with the approval, beside what the fingerprint is
    of, since the other side may have written the version without knowing them. `signed_by` and `signed_on` tell of a
    signature on paper. Approving again what one's side has approved changes nothing. Raises PermissionDenied,
    NotCurrent (another fingerprint, or the version no longer waits for approval), or Refused at a name of `people`,
    `signed_by` or `signed_on`.
    """
    version = door.lock_version(version)
    side = _own_side_to_approve(version, by, university)
    if not digest or digest != version.digest:
        raise NotCurrent(_("This version has changed or was replaced. Read it as it is now."))
    approved = version.approvals.filter(side=side).exists()
    if approved and version.status in (*WAITING, VersionStatus.IN_FORCE):
        return version
    if version.status not in WAITING:
        raise NotCurrent(_("This version no longer waits for approval. Read the agreement as it is now."))
    return _approve(version, side, by=by, people=people, signed_by=signed_by, signed_on=signed_on)


def _own_side_to_approve(version: AgreementVersion, by: Any, university: University | None) -> AgreementSide:
    """The side that `by` coordinates; of two the one named, else one that has not approved yet."""
    mine = [side for side in sides_of(by, version.agreement_id) if university in (None, side.university)]
    if not mine:
        raise PermissionDenied
    approved = set(version.approvals.values_list("side_id", flat=True))
    return min(mine, key=lambda side: side.pk in approved)


def _approve(
    version: AgreementVersion, side: AgreementSide, *, by: Any, people: Mapping[str, str] | None = None,
    asked_as: str = "approve", **signed: Any,
) -> AgreementVersion:  # fmt: skip
    """Write the approval of `side` on a locked version that waits for it; the second one brings it into force.

    `asked_as` says to the partner what was done.
    """
    last = version.status == VersionStatus.APPROVED_ONE
    way = door.way_for(VERSION, version, "approve_too" if last else "approve", by=by)
    now = clock.now()
    approval = Approval(
        version=version, side=side, digest=version.digest, by=by, by_name=str(by)[:200], at=now,
        **(rows.people_of(version, side) if people is None else people), **signed,
    )  # fmt: skip
    if wrong := checks.faults_of_approval(approval, today=clock.today(side.university.zone)):
        raise Refused(wrong)
    approval.save(force_insert=True)
    if last:
        _bring_into_force(version, way, by=by, side=side.university, now=now)
    else:
        door.advance_version(version, way, by=by, side=side.university)
        _ask_partner(version, asked_as, by, side.university)
    return version


def _bring_into_force(
    version: AgreementVersion, way: Transition, *, by: Any, side: University, now: dt.datetime
) -> None:
    """The version holds from now on, instead of the one before; the agreement is in force (again)."""
    agreement = version.agreement
    door.supersede(agreement.current, by=by)
    door.advance_version(version, way, by=by, side=side, approved_at=now)
    if agreement.status == AgreementStatus.IN_FORCE:
        agreement.current = version
        agreement.save(update_fields=["current", "changed_at"])
    else:
        way = AGREEMENT.find("bring_into_force", source=agreement.status)
        door.advance_agreement(agreement, way, by=by, current=version)
    door.tell(agreement, "approve_too", by=by, side=side, from_on=clock.date_in(now, side.zone))


@transaction.atomic
def return_version(version: AgreementVersion, *, comment: str, by: Any) -> AgreementVersion:
    """Send a version back to who wrote it, with what would have to change. Both sides can then make the next one.

    Raises PermissionDenied (only the other side returns, before it has approved), NotPossible, Refused at `comment`.
    """
    version = door.lock_version(version)
    way = door.way_for(VERSION, version, "return", by=by)
    if not comment.strip():
        raise Refused({"comment": [_("Say what would have to change.")]})
    side = version.agreement.sides.exclude(university=version.author_side_id).get().university
    door.advance_version(version, way, by=by, side=side, closing_note=comment.strip())
    told = [version.author_side_id]
    door.tell(version.agreement, "return", by=by, side=side, to=told, note=comment.strip())
    return version


@transaction.atomic
def withdraw(version: AgreementVersion, *, by: Any, note: str = "") -> AgreementVersion:
    """Take back a draft, or what was sent and is not in force yet. The partner is told of what it knew.

    Raises PermissionDenied or NotPossible.
    """
    version = door.lock_version(version)
    way = door.way_for(VERSION, version, "withdraw", by=by)
    door.advance_version(version, way, by=by, side=version.author_side, closing_note=note.strip())
    if version.sent_at is not None:
        others = version.agreement.sides.exclude(university=version.author_side_id)
        told = others.values_list("university_id", flat=True)
        door.tell(version.agreement, "withdraw", by=by, side=version.author_side, to=told, note=note.strip())
    return version


@transaction.atomic
def abandon(agreement: Agreement, *, by: Any) -> Agreement:
    """Give up a proposal that was never approved by both. Its identifiers stay and are never used again.

    Raises PermissionDenied or NotPossible.
    """
    agreement = door.lock(agreement.pk)
    way = door.way_for(AGREEMENT, agreement, "abandon", by=by)
    known = agreement.versions.filter(sent_at__isnull=False).exists()
    door.close_open_versions(agreement, by=by, note="")
    door.advance_agreement(agreement, way, by=by)
    authors = agreement.versions.values_list("author_side_id", flat=True)
    side = next((side.university for side in sides_of(by, agreement.pk)), None)
    door.tell(agreement, "abandon", by=by, side=side, to=None if known else authors)
    return agreement


@transaction.atomic
def change(
    agreement: Agreement, *, by: Any, reason: str, university: University | None = None,
    after: AgreementVersion | None = None,
) -> AgreementVersion:  # fmt: skip
    """Begin the next version as a draft of `by`'s side; what is in force stays valid until both approve the new one.

    It begins as a copy of `after` (one that was returned or withdrawn, say), else of the version in force, else of the
    last one that `by` may see, with the people of its approvals. The office and administrators name the `university`
    in whose name they write. Raises PermissionDenied, NotPossible (the agreement has ended, or a version is open),
    Refused at `reason`.
    """
    agreement = door.lock(agreement.pk)
    door.require("members.write_agreement", by, agreement)
    if agreement.status not in _CHANGEABLE:
        raise NotPossible(
            _("An agreement that was given notice of or abandoned can't be changed. Propose a new one.")
        )
    if agreement.versions.open().exists():
        raise NotPossible(_("A change of this agreement is open already."))
    if agreement.current is not None and not reason.strip():
        raise Refused({"reason": [_("Say what changes and why.")]})
    side = door.own_side(agreement, by, university)
    model = _model_for_change(agreement, after, by)
    version = rows.new_version(
        agreement, author=side.university, by=by, first_year=model.first_year, last_year=model.last_year
    )
    rows.store(version, replace(read_settled(model), reason=reason.strip()))
    door.record("members.agreement_change", agreement, by, version=version.number)
    return version


def _model_for_change(agreement: Agreement, after: AgreementVersion | None, by: Any) -> AgreementVersion:
    visible = agreement.versions.visible_to(by).order_by("-number")
    if after is not None:
        visible = visible.filter(pk=after.pk)
    elif agreement.current is not None:
        return agreement.current
    found = visible.first()
    if found is None:
        raise PermissionDenied
    return found


@transaction.atomic
def terminate(
    agreement: Agreement, *, by: Any, ends_after: str, reason: str, university: University | None = None
) -> Agreement:
    """Give notice for `by`'s side: the agreement ends after the academic year `ends_after`, at the earliest one whole
    academic year from now (`agreements.notice`). To end it sooner, both sides approve a change of its years.

    An open change is withdrawn. Raises PermissionDenied, NotPossible, Refused at `ends_after`, `reason`, `university`.
    """
    agreement = door.lock(agreement.pk)
    way = door.way_for(AGREEMENT, agreement, "terminate", by=by)
    side = door.own_side(agreement, by, university)
    assert agreement.current is not None  # noqa: S101 - a constraint says so
    today = clock.today(side.university.zone)
    possible = notice.possible_ends(agreement.current, today)
    if not possible:
        raise NotPossible(_("The agreement ends by itself before notice could take effect."))
    wrong: checks.Places = {}
    if ends_after not in possible:
        wrong["ends_after"] = [
            _("Notice takes effect after %(year)s at the earliest.") % {"year": possible[0]}
        ]
    if not reason.strip():
        wrong["reason"] = [_("Say why.")]
    if wrong:
        raise Refused(wrong)
    door.close_open_versions(agreement, by=by, note="")
    door.advance_agreement(
        agreement, way, by=by, ends_after=ends_after, notice_on=today, notice_by=side.university,
        notice_reason=reason.strip(),
    )  # fmt: skip
    door.tell(agreement, "terminate", by=by, side=side.university, ends_after=ends_after, note=reason.strip())
    return agreement


@transaction.atomic
def expire(*, today: dt.date) -> int:
    """Close every agreement in force whose last academic year has ended by `today`; their number.

    Idempotent, in any number of processes. One that was given notice of keeps that state. An expired agreement can come
    into force again by a change that both sides approve.
    """
    over = door.lock_all(Agreement.objects.over_on(today))
    for agreement in over:
        way = door.way_for(AGREEMENT, agreement, "expire", by=None)
        door.advance_agreement(agreement, way, by=None)
        door.tell(agreement, "expire", by=None)
    return len(over)


@transaction.atomic
def set_code(side: AgreementSide, code: str, *, by: Any) -> AgreementSide:
    """Keep the number under which the side's university files the agreement ("" for none).

    Raises PermissionDenied, or Refused at `code`.
    """
    agreement = door.lock(side.agreement_id)
    door.require("members.file_agreement", by, side.university)
    side.code = code.strip()
    if wrong := checks.faults_of_code(side):
        raise Refused(wrong)
    side.save(update_fields=["code"])
    door.record("members.agreement_code", agreement, by, university=str(side.university))
    return side
