"""The page of balances with partners: whose, for which academic year, of whom; and the same as a table to keep."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground import text
from ground.spreadsheets import Cell
from members import directory
from members.agreements import balance, stays
from members.agreements.balance import Balance, Line
from members.models import Agreement, Kind, University
from members.models.exchange import STAFF_KINDS, STUDENT_KINDS

PEOPLE: Mapping[str, tuple[Promise, tuple[Kind, ...]]] = {
    "": (_("Students and staff"), tuple(Kind)),
    "students": (_("Students"), STUDENT_KINDS),
    "staff": (_("Staff"), STAFF_KINDS),
}
# Names of columns are the same in every language, so that sheets can be joined.
COLUMNS = (
    "university", "academic_year", "partner", "partner_slug", "kind", "agreed_out", "agreed_in", "difference", "sent",
    "received",
)  # fmt: skip


@dataclass(frozen=True)
class Sheet:
    """What the page shows. `left_out`: the address asked for a university, year or kind that is not offered."""

    university: University
    universities: Sequence[University]
    year: str
    years: list[str]
    people: str
    balances: list[Balance]
    left_out: bool

    @property
    def totals(self) -> list[Line]:
        """All partners together; nothing where there is but one."""
        return balance.summed(self.balances) if len(self.balances) > 1 else []

    @property
    def stays_known(self) -> bool:
        return stays.known()

    @property
    def asked(self) -> dict[str, str]:
        """What stands for this sheet in an address."""
        told = {
            "university": self.university.slug,
            "year": self.year.replace("/", "-"),
            "people": self.people,
        }
        return {name: value for name, value in told.items() if value}


def sheet(user: Any, mine: set[int], query: QueryDict, this_year: str) -> Sheet | None:
    """The balances that the address asks for: of a university of `mine`, of any with agreements for the office.

    None where there is no university to ask about. Five queries and those of the rooms that keep stays.
    """
    universities = directory.by_name(_offered(user, mine))
    if not universities:
        return None
    by_slug = {one.slug: one for one in universities}
    asked = query.get("university", "")
    university = by_slug.get(asked, universities[0])
    years = balance.years(university, this_year)
    wanted = query.get("year", "").replace("-", "/")
    year = wanted if wanted in years else this_year
    people = query.get("people", "")
    chosen = people if people in PEOPLE else ""
    found = balance.balances(university, year, PEOPLE[chosen][1])
    found.sort(key=lambda one: text.sort_key(one.partner.name_shown))
    return Sheet(
        university, universities, year, years, chosen, found,
        left_out=asked not in ("", university.slug) or wanted not in ("", year) or people != chosen,
    )  # fmt: skip


def _offered(user: Any, mine: set[int]) -> Any:
    rows = University.objects.for_list()
    if mine:
        return rows.filter(pk__in=mine)
    sides = Agreement.objects.visible_to(user).values("sides__university")
    return rows.filter(pk__in=sides)


def rows(sheet: Sheet) -> Iterator[list[Cell]]:
    """A row for each partner and kind, without totals: a spreadsheet adds up itself."""
    for one in sheet.balances:
        for line in one.lines:
            people = ["" if number is None else number for number in (line.sent, line.received)]
            yield [
                str(sheet.university), sheet.year, one.partner.organisation.name, one.partner.slug,
                line.kinds[0].value, line.out, line.back, line.difference, *people,
            ]  # fmt: skip
