"""What a university and each of its partners agreed on for an academic year, and what has become of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, Sum

from members.agreements import stays
from members.models import Condition, Kind, University


@dataclass(frozen=True)
class Way:
    """One kind in one direction: places agreed, people who went; None where nobody keeps stays yet."""

    kind: Kind
    outgoing: bool
    agreed: int
    taken: int | None

    @property
    def remaining(self) -> int | None:
        """Places that are left; below naught where more went than were agreed, None where stays are not kept."""
        return None if self.taken is None else self.agreed - self.taken


@dataclass(frozen=True)
class Balance:
    """All ways between the university and one partner in one year, outgoing before incoming."""

    partner: University
    ways: list[Way]

    def agreed(self, *, outgoing: bool) -> int:
        """Places of all kinds in that direction."""
        return sum(way.agreed for way in self.ways if way.outgoing is outgoing)

    def taken(self, *, outgoing: bool) -> int | None:
        """People of all kinds in that direction; None where nobody keeps stays yet."""
        people = [way.taken for way in self.ways if way.outgoing is outgoing]
        return None if not stays.known() else sum(number or 0 for number in people)

    @property
    def difference(self) -> int:
        """Agreed places in less agreed places out: above naught where the partner may send more than it takes."""
        return self.agreed(outgoing=False) - self.agreed(outgoing=True)


def balances(university: University, year: str) -> list[Balance]:
    """The balance with each partner with which anything was agreed or exchanged in `year`, in the order of their names.

    Two queries and those of the rooms that keep stays.
    """
    agreed = _agreed(university.pk, year)
    taken = stays.of(university.pk, year)
    keys = sorted({*agreed, *taken}, key=_order)
    partners = University.objects.for_list().filter(pk__in={partner for partner, _kind, _out in keys})
    return [
        Balance(
            partner,
            [
                Way(Kind(kind), out, agreed.get((pk, kind, out), 0), _people(taken, (pk, kind, out)))
                for pk, kind, out in keys
                if pk == partner.pk
            ],
        )
        for partner in partners
    ]


def _agreed(university_id: int, year: str) -> dict[tuple[int, str, bool], int]:
    """Places by partner, kind and direction; several agreements with a partner add up."""
    rows = Condition.objects.offered(year).filter(Q(sending=university_id) | Q(receiving=university_id))
    sums = rows.order_by().values_list("sending_id", "receiving_id", "kind").annotate(Sum("places"))
    return {
        (receiving if sending == university_id else sending, kind, sending == university_id): places
        for sending, receiving, kind, places in sums
    }


def _people(taken: dict[tuple[int, str, bool], int], key: tuple[int, str, bool]) -> int | None:
    return taken.get(key, 0) if stays.known() else None


def _order(key: tuple[int, str, bool]) -> tuple[int, bool, int]:
    partner, kind, outgoing = key
    return partner, not outgoing, Kind.values.index(kind)
