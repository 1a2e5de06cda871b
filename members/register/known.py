"""One agreement with all its versions, as far as one person may know of it, in three queries for its pages."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db.models import Prefetch

from members.agreements.content import VersionContent, said, settled
from members.agreements.stored import with_content
from members.agreements.words import Names
from members.models import Agreement, AgreementSide, AgreementVersion, Approval
from members.register.next_step import TONES, State
from members.register.told import Told, told
from members.workflow import VersionStatus


@dataclass
class Version:
    """A version with what it says; `former` is the number of the one before it that the person may see."""

    row: AgreementVersion
    names: Names
    former: int | None = None

    @property
    def state(self) -> State:
        status = VersionStatus(self.row.status)
        return State(str(status.label), TONES.get(status, ""))

    @property
    def approvals(self) -> list[Approval]:
        return list(self.row.approvals.all())

    @cached_property
    def content(self) -> VersionContent:
        return said(self.row)

    @cached_property
    def settled(self) -> VersionContent:
        """With the people whom sides named with their approvals: what is shown and compared."""
        return settled(self.row)

    @cached_property
    def told(self) -> Told:
        return told(self.settled, self.names)


@dataclass
class Known:
    """An agreement, its sides (the proposing one first), and the versions that the person may see, the newest first."""

    agreement: Agreement
    sides: list[AgreementSide]
    versions: list[Version]
    names: Names

    @property
    def in_force(self) -> Version | None:
        current = self.agreement.current_id
        return next((version for version in self.versions if version.row.pk == current), None)

    def closed_before(self, version: Version) -> Version | None:
        """The last version before `version` that was sent and came back, returned or withdrawn, without one in force
        after it: what the person may have read of this proposal before."""
        back = (VersionStatus.RETURNED, VersionStatus.WITHDRAWN)
        earlier = [one for one in self.versions if one.row.number < version.row.number and one.row.sent_at]
        return earlier[0] if earlier and earlier[0].row.status in back else None

    def version(self, number: int) -> Version | None:
        """The version of that number, if the person may see it."""
        return next((version for version in self.versions if version.row.number == number), None)


def known(uuid: uuid.UUID, user: Any) -> Known:
    """What `user` may know of an agreement: nothing without a version that is visible to them.

    Three queries, however many versions, conditions and approvals. Raises Agreement.DoesNotExist.
    """
    rows = AgreementVersion.objects.visible_to(user).filter(agreement__uuid=uuid).order_by("-number")
    sides = Prefetch("agreement__sides", AgreementSide.objects.for_pages())
    found = list(with_content(rows.select_related("agreement")).prefetch_related(sides, "approvals"))
    if not found:
        raise Agreement.DoesNotExist
    agreement = found[0].agreement
    agreement.found_for = user.pk
    _join(agreement, found)
    names = Names.stored(found, agreement.sides.all())
    versions = [Version(row, names) for row in found]
    for version, former in pairwise(versions):
        version.former = former.row.number
    return Known(agreement, list(agreement.sides.all()), versions, names)


def _join(agreement: Agreement, rows: list[Any]) -> None:
    """Give each row the agreement, the sides and the universities that are loaded, so that none is asked for again."""
    sides = {side.pk: side for side in agreement.sides.all()}
    universities = {side.university_id: side.university for side in sides.values()}
    for row in rows:
        row.agreement, row.author_side = agreement, universities[row.author_side_id]
        for approval in row.approvals.all():
            approval.side = sides[approval.side_id]
        if row.pk == agreement.current_id:
            agreement.current = row
    if agreement.notice_by_id:
        agreement.notice_by = universities[agreement.notice_by_id]
