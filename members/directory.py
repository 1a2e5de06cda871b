"""The directory of universities as its page shows it: grouped by standing, counted by country."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _
from django_countries import countries

from members.models import Figure, MembershipKind, Organisation, University


@dataclass
class Group:
    """Universities of one standing, in the order of their names."""

    title: Any
    rows: list[University] = field(default_factory=list)


@dataclass(frozen=True)
class Country:
    """One country as a filter."""

    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Facet:
    """The countries as a group of filters."""

    name: str
    label: Any
    options: list[Country]

    @property
    def chosen(self) -> set[str]:
        """What is filtered by: of what the address asks for, what is offered."""
        return {option.value for option in self.options if option.checked}


def by_country(rows: Iterable[University], chosen: Sequence[str]) -> Facet:
    """The countries of `rows` with their numbers, in the order of their names in the language in use."""
    found = Counter(row.organisation.country.code for row in rows)
    options = [Country(code, countries.name(code), number, code in chosen) for code, number in found.items()]
    return Facet("country", _("Country"), sorted(options, key=lambda option: option.label))


def grouped(rows: Iterable[University]) -> list[Group]:
    """Members, associates, and the others that have a page here; a group without rows is left out."""
    groups = {
        MembershipKind.MEMBER.value: Group(_("Members")),
        MembershipKind.ASSOCIATE.value: Group(_("Associates")),
        None: Group(_("Not in the alliance today")),
    }
    for row in rows:
        groups[getattr(row, "standing", None)].rows.append(row)
    return [group for group in groups.values() if group.rows]


def with_schools(rows: list[University]) -> list[University]:
    """The same rows, each with `schools`: the organisations that are part of it (one query)."""
    found: dict[int | None, list[Organisation]] = {}
    parents = [row.organisation_id for row in rows]
    for school in Organisation.objects.filter(parent__in=parents).defer("search").order_by("sort_key", "pk"):
        found.setdefault(school.parent_id, []).append(school)
    for row in rows:
        row.schools = found.get(row.organisation_id, [])  # type: ignore[attr-defined]
    return rows


def in_order(figures: Iterable[Figure]) -> list[Figure]:
    """Figures in the order of the kinds: people first, then what they make up."""
    kinds = list(Figure.Kind)
    return sorted(figures, key=lambda figure: kinds.index(Figure.Kind(figure.kind)))


def pins(rows: Iterable[University]) -> list[dict[str, Any]]:
    """What the map shows: places with coordinates, their short names and pages."""
    return [
        {
            "latitude": row.latitude,
            "longitude": row.longitude,
            "label": row.organisation.short_name or row.organisation.name,
            "name": row.organisation.name,
            "href": row.get_absolute_url(),
        }
        for row in rows
        if row.latitude is not None
    ]
