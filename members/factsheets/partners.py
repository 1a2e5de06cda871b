"""With whom a university has an agreement in force in an academic year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from members.models import Agreement, AgreementSide

Hosting = tuple[int, str]  # a university and an academic year


def partners(hosting: Iterable[Hosting]) -> Mapping[Hosting, list[int]]:
    """The universities with an agreement in force with each of these universities in that year, by their numbers.

    One query for each academic year.
    """
    hosts: dict[str, set[int]] = defaultdict(set)
    for university, year in hosting:
        hosts[year].add(university)
    found: dict[Hosting, list[int]] = defaultdict(list)
    for year, universities in hosts.items():
        agreements = Agreement.objects.in_force(year).filter(sides__university__in=universities)
        sides: dict[int, list[int]] = defaultdict(list)
        rows = AgreementSide.objects.filter(agreement__in=agreements).order_by("agreement", "place")
        for agreement, university in rows.values_list("agreement", "university"):
            sides[agreement].append(university)
        for pair in sides.values():
            for one in universities.intersection(pair):
                found[one, year] += [other for other in pair if other != one]
    return found
