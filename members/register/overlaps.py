"""Other agreements of the same two universities that have academic years in common with a draft."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q

from members.agreements.words import span
from members.models import Agreement, AgreementVersion, University
from members.models.agreement import OPEN
from members.workflow import AgreementStatus, VersionStatus

_HOLDING = (AgreementStatus.IN_FORCE, AgreementStatus.TERMINATED)


@dataclass(frozen=True)
class Other:
    """The other agreement: the years of its version in force, else of the one that is written or waits."""

    agreement: Agreement
    years: str
    state: str

    @property
    def url(self) -> str:
        return self.agreement.get_absolute_url()


def overlapping(
    version: AgreementVersion, sides: list[University], user: Any, years: tuple[str, str] | None = None
) -> list[Other]:
    """Other agreements of `sides` that hold, or are proposed, in a year of `version`, as far as `user` may know of
    them; none in the years after notice. `years` are the first and last one where others are being typed. One query."""
    first, last = years or (version.first_year, version.last_year)
    rows = AgreementVersion.objects.visible_to(user).exclude(agreement=version.agreement_id)
    for university in sides:
        rows = rows.filter(agreement__sides__university=university)
    found: dict[int, Other] = {}
    for row in (
        rows.filter(_counts(), _in_years(first, last))
        .select_related("agreement")
        .order_by("agreement", "number")
    ):
        found.setdefault(row.agreement_id, _other(row))
    return list(found.values())


def _counts() -> Q:
    """What holds, or may come to hold."""
    holds = Q(pk=F("agreement__current"), agreement__status__in=_HOLDING)
    return holds | (Q(status__in=OPEN) & ~Q(agreement__status=AgreementStatus.ABANDONED))


def _in_years(first: str, last: str) -> Q:
    lasts = Q(agreement__ends_after="") | Q(agreement__ends_after__gte=first)
    return lasts & Q(first_year__lte=last, last_year__gte=first)


def _other(row: AgreementVersion) -> Other:
    last = min(row.last_year, row.agreement.ends_after or row.last_year)
    return Other(row.agreement, span(row.first_year, last), str(VersionStatus(row.status).label))
