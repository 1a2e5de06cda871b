"""Where agreements stand, as far as one person may know: who is concerned, what holds, what was written last.

Two queries for any number of agreements; what must be done next follows from it (`next_step`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, JSONObject

from members.agreements.content import VersionContent
from members.models import Agreement, AgreementSide, AgreementVersion, Approval, Condition
from members.models.agreement import AgreementQuerySet
from members.models.exchange import STAFF_KINDS, STUDENT_KINDS, years_between


@dataclass(frozen=True)
class Side:
    """A university of the agreement and the code under which it files it."""

    university: int
    code: str


@dataclass(frozen=True)
class Flow:
    """Places a year of one kind, from one university to the other, in some academic years."""

    kind: str
    sending: int
    places: int
    first_year: str
    last_year: str


@dataclass(frozen=True)
class Places:
    """Places of students and of staff, never added together."""

    students: int
    staff: int


@dataclass(frozen=True)
class Last:
    """The newest version that the person may see."""

    number: int
    status: str
    author: int
    approved: frozenset[int]


@dataclass(frozen=True)
class Standing:
    """One agreement. Years and flows are those in force, else those of the newest version."""

    pk: int
    uuid: uuid.UUID
    status: str
    changed_at: dt.datetime
    ends_after: str
    first_year: str
    last_year: str
    sides: tuple[Side, ...]
    flows: tuple[Flow, ...]
    last: Last

    @property
    def ends(self) -> str:
        """The last academic year, with notice taken into account."""
        return self.ends_after or self.last_year

    @property
    def years(self) -> list[str]:
        """The academic years that it holds for."""
        return years_between(self.first_year, self.ends) if self.ends >= self.first_year else []

    @property
    def missing(self) -> list[int]:
        """The universities that have not approved the newest version, the proposing one first."""
        return [side.university for side in self.sides if side.university not in self.last.approved]

    def own(self, mine: set[int]) -> int | None:
        """The side that belongs to `mine`, if one does."""
        return next((side.university for side in self.sides if side.university in mine), None)

    def other(self, university: int) -> int:
        """The partner of `university`."""
        return next(side.university for side in self.sides if side.university != university)

    def code_of(self, university: int) -> str:
        return next((side.code for side in self.sides if side.university == university), "")

    def places(self, sending: int, year: str) -> Places:
        """Places that `sending` may fill in `year`."""
        held = [
            flow
            for flow in self.flows
            if flow.sending == sending and flow.first_year <= year <= min(flow.last_year, self.ends)
        ]
        return Places(
            students=sum(flow.places for flow in held if flow.kind in STUDENT_KINDS),
            staff=sum(flow.places for flow in held if flow.kind in STAFF_KINDS),
        )


def standings(agreements: AgreementQuerySet, user: Any) -> list[Standing]:
    """Where `agreements`, which `user` may see, stand, the newest first. Two queries."""
    return standings_of(list(rows_of(agreements, user)))


def rows_of(agreements: AgreementQuerySet, user: Any) -> QuerySet[Any, dict[str, Any]]:
    """What is read of `agreements` first; `standings_of` makes standings of it."""
    newest = AgreementVersion.objects.visible_to(user).filter(agreement=OuterRef("pk")).order_by("-number")
    return (
        agreements.annotate(
            shown=Coalesce("current_id", Subquery(newest.values("pk")[:1])),
            last=Subquery(newest.annotate(row=_LAST).values("row")[:1]),
            told_sides=ArraySubquery(_SIDES.annotate(row=_SIDE).values("row")),
        )
        .order_by("-pk")
        .values("pk", "uuid", "status", "changed_at", "ends_after", "shown", "last", "told_sides")
    )


def standings_of(rows: list[Any]) -> list[Standing]:
    """Standings out of what was read first. One query."""
    versions = AgreementVersion.objects.filter(pk__in=[row["shown"] for row in rows]).order_by()
    told = versions.annotate(flows=ArraySubquery(_CONDITIONS.annotate(row=_FLOW).values("row")))
    shown = told.values("pk", "first_year", "last_year", "flows")
    by_key: dict[int, Any] = {version["pk"]: version for version in shown}
    return [_standing(row, by_key[row["shown"]]) for row in rows]


def standing_of(
    agreement: Agreement, sides: Iterable[AgreementSide], newest: Any, shown: VersionContent
) -> Standing:
    """The same of one agreement at hand: `newest` is the last version that the person may see, with its approvals;
    `shown` is what the version in force says, else what `newest` does. No query."""
    universities = {side.place: side.university_id for side in sides}
    approved = frozenset(approval.side.university_id for approval in newest.approvals.all())
    return Standing(
        pk=agreement.pk, uuid=agreement.uuid, status=agreement.status, changed_at=agreement.changed_at,
        ends_after=agreement.ends_after, first_year=shown.first_year, last_year=shown.last_year,
        sides=tuple(Side(side.university_id, side.code) for side in sides),
        flows=tuple(
            Flow(c.kind, universities[c.sends], c.places, c.first_year, c.last_year) for c in shown.conditions
        ),
        last=Last(newest.number, newest.status, newest.author_side_id, approved),
    )  # fmt: skip


_APPROVED = Approval.objects.filter(version=OuterRef("pk")).order_by("pk")
_LAST = JSONObject(
    number=F("number"),
    status=F("status"),
    author=F("author_side_id"),
    approved=ArraySubquery(_APPROVED.values("side__university_id")),
)
_SIDES = AgreementSide.objects.filter(agreement=OuterRef("pk")).order_by("place")
_SIDE = JSONObject(university=F("university_id"), code=F("code"))
_CONDITIONS = Condition.objects.filter(version=OuterRef("pk")).order_by("position", "pk")
_FLOW = JSONObject(
    kind=F("kind"),
    sending=F("sending_id"),
    places=F("places"),
    first_year=F("first_year"),
    last_year=F("last_year"),
)


def _standing(row: dict[str, Any], shown: dict[str, Any]) -> Standing:
    last = row["last"]
    return Standing(
        pk=row["pk"], uuid=row["uuid"], status=row["status"], changed_at=row["changed_at"],
        ends_after=row["ends_after"], first_year=shown["first_year"], last_year=shown["last_year"],
        sides=tuple(Side(**side) for side in row["told_sides"]),
        flows=tuple(Flow(**flow) for flow in shown["flows"]),
        last=Last(last["number"], last["status"], last["author"], frozenset(_known(last["approved"]))),
    )  # fmt: skip


def _known(approved: Iterable[int] | None) -> Iterable[int]:
    return approved or ()
