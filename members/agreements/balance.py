"""What a university and its partners agreed on for an academic year, by kind, and what has become of it.

Students and staff are never added together: a term of studies and a week of teaching are not the same thing. There are
lines for each kind, and a total of students and one of staff where more than one kind of them stands there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Min, Q, Sum

from members.agreements import stays
from members.models import Agreement, Condition, Kind, University
from members.models.exchange import STAFF_KINDS, STUDENT_KINDS, years_between

GROUPS: tuple[tuple[Kind, ...], ...] = (STUDENT_KINDS, STAFF_KINDS)
Key = tuple[int, str, bool]  # partner, kind, outgoing


@dataclass(frozen=True)
class Line:
    """Places agreed out and in, people sent and received (None where nobody keeps stays yet), of some kinds."""

    kinds: tuple[Kind, ...]
    out: int
    back: int
    sent: int | None = None
    received: int | None = None

    @property
    def kind(self) -> Kind | None:
        """The kind of the line; None for a total."""
        return self.kinds[0] if len(self.kinds) == 1 else None

    @property
    def of_students(self) -> bool:
        return self.kinds[0] in STUDENT_KINDS

    @property
    def difference(self) -> int:
        """Places in less places out: above naught where more may come than go."""
        return self.back - self.out


@dataclass(frozen=True)
class Balance:
    """What stands between the university and one partner in one year, a line for each kind."""

    partner: University
    lines: list[Line]

    @property
    def rows(self) -> list[Line]:
        """The lines with their totals."""
        return with_totals(self.lines)


def balances(university: University, year: str, kinds: Collection[Kind] = tuple(Kind)) -> list[Balance]:
    """The balance with each partner with which anything of `kinds` was agreed or exchanged in `year`, by legal name.

    Two queries and those of the rooms that keep stays.
    """
    agreed = _agreed(university.pk, year)
    taken = stays.of(university.pk, year)
    found = {(partner, kind) for partner, kind, _out in {*agreed, *taken} if kind in kinds}
    partners = University.objects.for_list().filter(pk__in={partner for partner, _kind in found})
    return [
        Balance(one, [_line(agreed, taken, one.pk, kind) for kind in Kind if (one.pk, kind.value) in found])
        for one in partners
    ]


def with_totals(lines: Sequence[Line]) -> list[Line]:
    """`lines` (one of each kind at most), and a total after those of students and of staff if more than one."""
    rows: list[Line] = []
    for group in GROUPS:
        own = [line for line in lines if line.kind in group]
        rows += own
        if len(own) > 1:
            rows.append(_sum(own, group))
    return rows


def summed(balances: Iterable[Balance]) -> list[Line]:
    """The same over all partners: a line for each kind that stands there, and the totals."""
    lines = [line for one in balances for line in one.lines]
    of_kinds = [[line for line in lines if line.kind == kind] for kind in Kind]
    return with_totals([_sum(own, (kind,)) for kind, own in zip(Kind, of_kinds, strict=True) if own])


def years(university: University, today: str) -> list[str]:
    """The academic years for which agreements of `university` were ever in force, with `today`'s; one query."""
    rows = Condition.objects.filter(_of(university.pk), version__in=Agreement.objects.values("current"))
    found: dict[str, Any] = rows.order_by().aggregate(first=Min("first_year"), last=Max("last_year"))
    return years_between(min(found["first"] or today, today), max(found["last"] or today, today))


def _line(agreed: dict[Key, int], taken: dict[Key, int], partner: int, kind: Kind) -> Line:
    out, back = (partner, kind.value, True), (partner, kind.value, False)
    people = (taken.get(out, 0), taken.get(back, 0)) if stays.known() else (None, None)
    return Line((kind,), agreed.get(out, 0), agreed.get(back, 0), *people)


def _sum(lines: Sequence[Line], kinds: tuple[Kind, ...]) -> Line:
    people = [(line.sent, line.received) for line in lines if line.sent is not None]
    return Line(
        kinds,
        sum(line.out for line in lines),
        sum(line.back for line in lines),
        sum(sent or 0 for sent, _ in people) if people else None,
        sum(received or 0 for _, received in people) if people else None,
    )


def _of(university_id: int) -> Q:
    return Q(sending=university_id) | Q(receiving=university_id)


def _agreed(university_id: int, year: str) -> dict[Key, int]:
    """Places by partner, kind and direction; several agreements with a partner add up."""
    rows = Condition.objects.offered(year).filter(_of(university_id))
    sums = rows.order_by().values_list("sending_id", "receiving_id", "kind").annotate(Sum("places"))
    return {
        (receiving if sending == university_id else sending, kind, sending == university_id): places
        for sending, receiving, kind, places in sums
    }
