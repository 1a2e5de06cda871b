"""What every verb on an agreement begins and ends with: locks, the right, the new state, the trail, the messages.

Rows are always locked in this order: the agreement, then its version. Nobody waits in a circle.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from audit import trail
from ground import clock
from ground.workflow import NotPossible, Transition, Workflow
from members.agreements.checks import Places
from members.messages import AGREEMENT, AGREEMENT_CHANGED, AGREEMENT_VERSION, TO_APPROVE
from members.models import Agreement, AgreementSide, AgreementVersion, Appointment, Role, University
from members.models.agreement import WAITING
from members.rules import is_administrator, is_office, sides_of
from members.workflow import VERSION as VERSION_WAYS
from notifications import outbox


class Stale(Exception):
    """Somebody saved meanwhile; `version` is as it stands now."""

    def __init__(self, version: AgreementVersion) -> None:
        super().__init__(version)
        self.version = version


class Refused(Exception):
    """The content can't be stored. `places` says what is wrong where (see `members/agreements/checks.py`)."""

    def __init__(self, places: Places) -> None:
        super().__init__(places)
        self.places = places


class Incomplete(Refused):
    """The version lacks what one that is sent must have; `places` says what and where."""


class NotCurrent(NotPossible):
    """The version that was approved is not the one that waits for approval. A page answers 409."""


def lock(agreement_id: int) -> Agreement:
    """The agreement as it is now, held until the transaction ends."""
    rows = Agreement.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("current").get(pk=agreement_id)


def lock_all(agreements: QuerySet[Agreement]) -> list[Agreement]:
    """These agreements, held in the order of their keys; those that another transaction moved on meanwhile are left out
    (the database asks the conditions again for a row that it had to wait for)."""
    return list(agreements.select_for_update(no_key=True, of=("self",)).order_by("pk"))


def lock_version(version: AgreementVersion) -> AgreementVersion:
    """The version as it is now, held with its agreement until the transaction ends."""
    agreement = lock(version.agreement_id)
    rows = AgreementVersion.objects.select_for_update(no_key=True, of=("self",))
    locked = rows.select_related("author_side__organisation", "created_by").get(pk=version.pk)
    locked.agreement = agreement
    return locked


def require(permission: str, by: Any, record: Any) -> None:
    """Raise PermissionDenied when `by` (None is the portal itself) may not do this to `record`."""
    if not rules.has_perm(permission, by, record):
        raise PermissionDenied


def way_for(workflow: Workflow, record: Any, name: str, *, by: Any) -> Transition:
    """The way `name` out of the state of a locked record. Raises PermissionDenied, then NotPossible."""
    require(workflow.transitions[name].permission, by, record)
    return workflow.find(name, source=record.status)


def advance_version(
    version: AgreementVersion,
    transition: Transition,
    *,
    by: Any,
    side: University | None = None,
    **changes: Any,
) -> None:
    """Write the new state of a locked version with `changes`, and record it, with the `side` that acted.

    Messages that ask for an approval are settled for whom it no longer waits for.
    """
    before = version.status
    _write(version, transition, changes)
    _settle(version)
    details = {"version": version.number, "from": before, "to": transition.target}
    if version.digest:
        details["digest"] = version.digest
    if side is not None:
        details["university"] = str(side)
    record(f"members.agreement_{transition.name}", version.agreement, by, **details)


def advance_agreement(agreement: Agreement, transition: Transition, *, by: Any, **changes: Any) -> None:
    """Write the new state of a locked agreement with `changes`, and record it."""
    before = agreement.status
    _write(agreement, transition, changes)
    told = {name: value for name, value in changes.items() if name == "ends_after"}
    record(
        f"members.agreement_{transition.name}",
        agreement,
        by,
        **{"from": before, "to": transition.target},
        **told,
    )


def _settle(version: AgreementVersion) -> None:
    """What asked people to approve the version asks those alone whose side's approval it still waits for."""
    asked: list[User] = []
    if version.status in WAITING:
        approved = version.approvals.values("side")
        missing = version.agreement.sides.exclude(pk__in=approved).values_list("university_id", flat=True)
        asked = list(coordinators(missing))
    outbox.settle(AGREEMENT, version.agreement.uuid, kinds=TO_APPROVE, but=asked)
    outbox.settle(AGREEMENT_VERSION, version.uuid, kinds=TO_APPROVE, but=asked)


def _write(row: Any, transition: Transition, changes: dict[str, Any]) -> None:
    for field, value in changes.items():
        setattr(row, field, value)
    row.status = transition.target
    row.save(update_fields=["status", "changed_at", *changes])


def supersede(former: AgreementVersion | None, *, by: Any) -> None:
    """Close the version that was in force. It follows from the approval of the next one, which was asked for."""
    if former is not None:
        advance_version(former, VERSION_WAYS.find("supersede", source=former.status), by=by)


def close_open_versions(agreement: Agreement, *, by: Any, note: str) -> None:
    """Withdraw what is still open of an agreement that ends: a consequence, whoever wrote it."""
    for version in agreement.versions.open().select_for_update(no_key=True, of=("self",)):
        version.agreement = agreement
        way = VERSION_WAYS.find("withdraw", source=version.status)
        advance_version(version, way, by=by, closing_note=note)


def own_side(agreement: Agreement, by: Any, university: University | None) -> AgreementSide:
    """The side for which `by` acts: that of `university` where one is named, else the one that `by` coordinates.

    The office and administrators name one. Raises PermissionDenied, or Refused at `university` when none is named.
    """
    mine = sides_of(by, agreement.pk)
    if university is None:
        if mine:
            return mine[0]
        raise Refused({"university": [_("Choose the university in whose name you act.")]})
    chosen = next((side for side in mine if side.university_id == university.pk), None)
    if chosen is None and (is_office(by) or is_administrator(by)):
        chosen = agreement.sides.filter(university=university).first()
    if chosen is None:
        raise PermissionDenied
    return chosen


def record(verb: str, agreement: Agreement, by: Any, **details: Any) -> None:
    """A line in the trail of the agreement."""
    trail.record(
        verb, by=by, kind=AGREEMENT, subject=agreement.uuid, name=name_of(agreement), details=details
    )


def name_of(agreement: Agreement) -> str:
    """ "KTU – UA": both sides as everybody knows them."""
    rows = agreement.sides.select_related("university__organisation").order_by("place")
    return " – ".join(str(side.university) for side in rows)


def coordinators(universities: Iterable[int]) -> QuerySet[User]:
    """The active people who coordinate mobility at one of `universities` now, each once."""
    held = Appointment.objects.in_force(clock.now()).holders(Role.MOBILITY_COORDINATOR)
    return User.objects.filter(pk__in=held.filter(university__in=list(universities)).values("user")).order_by(
        "pk"
    )


def tell(
    agreement: Agreement, what: str, *, by: Any, side: University | None = None, to: Iterable[int] | None = None,
    kind: str = AGREEMENT_CHANGED, **context: Any,
) -> None:  # fmt: skip
    """Tell the coordinators of the universities `to` (both sides where none are named), except `by`, what was done.

    `side` is the university that did it; none where nobody's side did.
    """
    universities = agreement.sides.values_list("university_id", flat=True) if to is None else to
    name = name_of(agreement)
    subject: tuple[str, uuid.UUID, str] = (AGREEMENT, agreement.uuid, name)
    told = {"uuid": str(agreement.uuid), "agreement": name, "what": what, "note": "", **context}
    told["side"] = str(side) if side else ""
    for person in coordinators(universities):
        if person != by:
            outbox.enqueue(kind, to=person, subject=subject, context=told)
