"""One agreement whole: what is in force, what is open, who must act, what happened. For its page and its papers."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground import clock
from members.agreements.timeline import Entry, timeline
from members.appointments import held_by
from members.models import Agreement, AgreementSide, AgreementVersion, Role, University
from members.models.agreement import OPEN
from members.models.exchange import year_on
from members.register.known import Version, known
from members.register.next_step import Next, State, next_step, states
from members.register.standing import standing_of
from members.register.told import Years, years
from members.workflow import AGREEMENT, VERSION, AgreementStatus, VersionStatus

# Which page takes a step of the tables, and how it is named there.
_PAGES: Mapping[str, str] = {
    "send": "members:agreement_send", "approve": "members:agreement_approve",
    "approve_too": "members:agreement_approve", "return": "members:agreement_return",
    "withdraw": "members:agreement_withdraw", "abandon": "members:agreement_abandon",
    "terminate": "members:agreement_terminate",
}  # fmt: skip
_LABELS: Mapping[str, Promise] = {
    "edit": _("Write the draft"), "change": _("Propose a change"), "another": _("Write the next version"),
    "terminate": _("Give notice"), "abandon": _("Abandon the proposal"),
    "withdraw": _("Withdraw this version"),
}  # fmt: skip


@dataclass(frozen=True)
class Way:
    """A step that the person may take now."""

    name: str
    label: Any
    url: str


@dataclass
class Sheet:
    """Everything that the page of an agreement shows to one person."""

    agreement: Agreement
    sides: list[AgreementSide]
    own: University | None
    versions: list[Version]
    next: Next
    states: list[State]
    ways: list[Way]
    entries: list[Entry]
    filed: list[AgreementSide]

    @property
    def left(self) -> AgreementSide:
        """The side from which places are counted: the person's own, else the proposing one."""
        return next((s for s in self.sides if self.own and s.university_id == self.own.pk), self.sides[0])

    @property
    def right(self) -> AgreementSide:
        return next(side for side in self.sides if side.pk != self.left.pk)

    @property
    def in_force(self) -> Version | None:
        current = self.agreement.current_id
        return next((version for version in self.versions if version.row.pk == current), None)

    @property
    def open(self) -> Version | None:
        """The version that is written or waits, else the newest where nothing is in force yet."""
        newest = self.versions[0]
        return newest if newest.row.status in OPEN or self.in_force is None else None

    @property
    def balance(self) -> list[Years]:
        shown = self.in_force
        if shown is None:
            return []
        return years(shown.content, self.left.place, self.agreement.ends_after)


def sheet(uuid: uuid.UUID, user: Any) -> Sheet:
    """The page of an agreement for `user`; four queries, whatever it says. Raises Agreement.DoesNotExist."""
    one = known(uuid, user)
    agreement, newest = one.agreement, one.versions[0]
    mine = held_by(user).universities(Role.MOBILITY_COORDINATOR)
    standing = standing_of(agreement, one.sides, newest.row, (one.in_force or newest).content)
    names = {side.university_id: str(side.university) for side in one.sides}
    own = standing.own(mine)
    return Sheet(
        agreement=agreement, sides=one.sides, versions=one.versions,
        own=next((side.university for side in one.sides if side.university_id == own), None),
        next=next_step(standing, mine, names, this_year()), states=states(standing),
        ways=ways(agreement, newest.row, user),
        entries=timeline(agreement, [version.row for version in one.versions]),
        filed=[side for side in one.sides if user.has_perm("members.file_agreement", side.university)],
    )  # fmt: skip


def this_year() -> str:
    """The academic year that runs, by the portal's own calendar."""
    return year_on(clock.today(settings.TIME_ZONE))


def ways(agreement: Agreement, newest: AgreementVersion, user: Any) -> list[Way]:
    """The steps that `user` may take now, those of the newest version first."""
    offered = [
        Way(
            way.name,
            _LABELS.get(way.name, way.label),
            reverse(_PAGES[way.name], args=[agreement.uuid, newest.number]),
        )
        for way in VERSION.offered_to(user, newest)
        if way.name in _PAGES
    ]
    if newest.status == VersionStatus.DRAFT and any(way.name == "send" for way in offered):
        edit = reverse("members:agreement_edit", args=[agreement.uuid, newest.number])
        offered.insert(0, Way("edit", _LABELS["edit"], edit))
    if newest.status not in OPEN and may_change(agreement, user):
        name = "change" if agreement.current_id else "another"
        offered.append(Way(name, _LABELS[name], reverse("members:agreement_change", args=[agreement.uuid])))
    return offered + [
        Way(way.name, _LABELS.get(way.name, way.label), reverse(_PAGES[way.name], args=[agreement.uuid]))
        for way in AGREEMENT.offered_to(user, agreement)
        if way.name in _PAGES
    ]


def may_change(agreement: Agreement, user: Any) -> bool:
    """Whether `user` may begin another version of an agreement with no version open."""
    ended = (AgreementStatus.TERMINATED, AgreementStatus.ABANDONED)
    return agreement.status not in ended and user.has_perm("members.write_agreement", agreement)
