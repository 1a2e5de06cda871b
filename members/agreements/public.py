"""What everybody may know of agreements in force: partner, kinds, fields, levels, places, languages, years.

Never signatories, contacts, remarks, codes or approvals: nothing here reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q, Sum

from members.models import Condition, Eqf, FieldOfEducation, Kind, University
from members.models.exchange import STUDENT_KINDS


@dataclass(frozen=True)
class Flow:
    """One condition as everybody may see it, from the university that was asked about."""

    kind: Kind
    outgoing: bool
    places: int
    levels: list[Eqf]
    fields: list[FieldOfEducation]
    languages: list[tuple[str, str]]
    first_year: str
    last_year: str
    blended: bool
    begins_later: bool  # than in the academic year that was asked about

    @property
    def one_year(self) -> bool:
        """Whether it holds for a single academic year."""
        return self.first_year == self.last_year


@dataclass(frozen=True)
class Partner:
    """A partner with which agreements are in force, and what may flow."""

    university: University
    flows: list[Flow]

    @property
    def last_year(self) -> str:
        """The last academic year in which anything may flow."""
        return max(flow.last_year for flow in self.flows)


def partners_of(university: University, year: str) -> list[Partner]:
    """With whom `university` has agreements that hold in the academic year `year` or begin later, in the order of the
    names.

    Five queries, however many agreements.
    """
    rows = (
        Condition.objects.offered_from(year)
        .filter(Q(sending=university) | Q(receiving=university))
        .select_related("version__agreement")
        .defer("remarks", "version__remarks", "version__reason", "version__closing_note")
        .prefetch_related("fields__field", "languages")
        .order_by("kind", "position", "pk")
    )
    by_partner = sorted(rows, key=lambda row: _partner(row, university.pk))
    grouped = {pk: list(group) for pk, group in groupby(by_partner, lambda row: _partner(row, university.pk))}
    universities = University.objects.for_list().filter(pk__in=grouped)
    return [
        Partner(other, sorted((_flow(row, university.pk, year) for row in grouped[other.pk]), key=_order))
        for other in universities
    ]


def incoming_places(universities: Iterable[University], year: str) -> dict[int, int]:
    """By university: how many students of other members it may receive in `year`; one query."""
    rows = Condition.objects.offered(year).filter(receiving__in=list(universities), kind__in=STUDENT_KINDS)
    return dict(rows.order_by().values_list("receiving").annotate(Sum("places")))


def _partner(row: Condition, university_id: int) -> int:
    return row.receiving_id if row.sending_id == university_id else row.sending_id


def _flow(row: Condition, university_id: int, year: str) -> Flow:
    ends = row.version.agreement.ends_after
    return Flow(
        kind=Kind(row.kind), outgoing=row.sending_id == university_id, places=row.places,
        levels=[Eqf(level) for level in row.levels],
        fields=sorted((named.field for named in row.fields.all()), key=lambda field: field.code),
        languages=sorted({(skill.language, skill.level) for skill in row.languages.all()}),
        first_year=row.first_year, last_year=min(row.last_year, ends or row.last_year), blended=row.blended,
        begins_later=row.first_year > year,
    )  # fmt: skip


def _order(flow: Flow) -> tuple[bool, int, str]:
    return not flow.outgoing, Kind.values.index(flow.kind), flow.first_year
