"""The directory of universities as its page shows it: grouped by standing, narrowed by facets, placed on the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import Left
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from ground import languages, places, text
from members.models import FieldOfEducation, Figure, MembershipKind, TeachingLanguage, University
from members.models.university import UniversityQuerySet

LONGEST_TYPED = 200
BROAD = 2  # digits of a broad field of ISCED-F

# What each facet reads from a row, annotated by `with_told`.
VALUES: Mapping[str, Callable[[Any], Iterable[str]]] = {
    "country": lambda row: [row.organisation.country.code],
    "field": lambda row: row.broad_fields,
    "language": lambda row: row.taught_in,
}
LABELS: Mapping[str, Promise] = {
    "country": _("Country"),
    "field": _("Field of education"),
    "language": _("Language of teaching"),
}


@dataclass
class Group:
    """Universities of one standing, in the order of their names."""

    title: Any
    rows: list[University] = field(default_factory=list)


@dataclass(frozen=True)
class Option:
    """One value of a facet as a filter, with the number of universities that it would leave."""

    value: str
    label: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Facet:
    """A group of filters."""

    name: str
    label: Any
    options: list[Option]

    @property
    def chosen(self) -> bool:
        return any(option.checked for option in self.options)

    @property
    def query(self) -> str:
        """The one query that stands for what is filtered by."""
        return urlencode([(self.name, option.value) for option in self.options if option.checked])


@dataclass(frozen=True)
class Listing:
    """What the page lists: the rows that are left, and by what they were narrowed.

    `left_out`: the address asked for a value that isn't offered. `untold`: how many rows are missing only because
    they don't say their fields or languages.
    """

    rows: list[University]
    facets: list[Facet]
    typed: str
    left_out: bool
    untold: int

    @property
    def narrowed(self) -> bool:
        return bool(self.typed) or any(facet.chosen for facet in self.facets)

    @property
    def query(self) -> str:
        """The one query that stands for what the facets are narrowed by."""
        return "&".join(facet.query for facet in self.facets if facet.chosen)

    @property
    def groups(self) -> list[Group]:
        return grouped(self.rows)


def with_told(rows: UniversityQuerySet) -> UniversityQuerySet:
    """Each with `broad_fields` (two digits, whatever level was chosen) and `taught_in`, in no further query."""
    chosen = University.fields.through.objects.filter(university=OuterRef("pk"))
    broad = chosen.values(broad=Left("fieldofeducation_id", BROAD)).distinct()
    taught = TeachingLanguage.objects.filter(university=OuterRef("pk")).order_by("language")
    return rows.annotate(
        broad_fields=ArraySubquery(broad), taught_in=ArraySubquery(taught.values("language").distinct())
    )


def listing(rows: Sequence[University], query: QueryDict) -> Listing:
    """Narrow `rows` (`with_told`) by what the address asks for.

    The number of a value says how many rows it has among those that the search and the other facets leave.
    """
    typed = _typed(query)
    found = _found(rows, typed)
    offered = {name: {value for row in rows for value in read(row)} for name, read in VALUES.items()}
    asked = {name: set(query.getlist(name)) for name in VALUES}
    chosen = {name: asked[name] & offered[name] for name in VALUES}
    facets = [
        Facet(name, LABELS[name], _options(name, _narrowed(found, chosen, but=name), chosen[name]))
        for name in VALUES
    ]
    shown = _narrowed(found, chosen)
    untold = [name for name in VALUES if chosen[name]]
    return Listing(
        rows=shown,
        facets=[facet for facet in facets if facet.options],
        typed=typed,
        left_out=any(asked[name] - offered[name] for name in VALUES),
        untold=sum(any(not [*VALUES[name](row)] for name in untold) for row in found),
    )


def _typed(query: QueryDict) -> str:
    raw = query.get("q", "")[: LONGEST_TYPED * 10]
    return " ".join("".join(sign if sign.isprintable() else " " for sign in raw).split())[:LONGEST_TYPED]


def _found(rows: Sequence[University], typed: str) -> list[University]:
    if not typed:
        return list(rows)
    found = set(University.objects.search_with_schools(typed).values_list("pk", flat=True))
    return [row for row in rows if row.pk in found]


def _narrowed(rows: Iterable[University], chosen: Mapping[str, set[str]], but: str = "") -> list[University]:
    """The rows that have one of the chosen values of every facet, `but` left aside."""
    asked = [(VALUES[name], values) for name, values in chosen.items() if values and name != but]
    return [row for row in rows if all(values.intersection(read(row)) for read, values in asked)]


def _options(name: str, rows: Iterable[University], chosen: set[str]) -> list[Option]:
    """The values of `rows` and those chosen, in the order of their names in the language in use."""
    numbers = Counter(value for row in rows for value in VALUES[name](row))
    names = _names(name, {*numbers, *chosen})
    options = [Option(value, words, numbers[value], value in chosen) for value, words in names.items()]
    return sorted(options, key=lambda option: text.sort_key(option.label))


def _names(facet: str, values: set[str]) -> dict[str, str]:
    if facet == "field":
        return {one.code: str(one.name) for one in FieldOfEducation.objects.filter(code__in=values)}
    name = countries.name if facet == "country" else languages.name
    return {value: str(name(value)) for value in values}


def by_name(rows: Iterable[University]) -> list[University]:
    """In the order of the names that readers of the language in use see."""
    return sorted(rows, key=lambda row: (text.sort_key(row.name_shown), row.pk))


def grouped(rows: Iterable[University]) -> list[Group]:
    """Members, associates, and the others that have a page here; a group without rows is left out."""
    groups = {
        MembershipKind.MEMBER.value: Group(_("Members")),
        MembershipKind.ASSOCIATE.value: Group(_("Associates")),
        None: Group(_("Not in the alliance today")),
    }
    for row in by_name(rows):
        groups[getattr(row, "standing", None)].rows.append(row)
    return [group for group in groups.values() if group.rows]


def in_order(figures: Iterable[Figure]) -> list[Figure]:
    """Figures in the order of the kinds: people first, then what they make up."""
    kinds = list(Figure.Kind)
    return sorted(figures, key=lambda figure: kinds.index(Figure.Kind(figure.kind)))


def pins(rows: Iterable[University]) -> list[dict[str, Any]]:
    """What the map shows: where each university is, its short name and page.

    A group without a place of its own stands where its schools are (`with_schools`), any other in its city.
    """
    return [
        {
            "latitude": row.latitude,
            "longitude": row.longitude,
            "spots": _spots(row) if row.latitude is None else [],
            "label": row.organisation.short_name or row.organisation.name_shown,
            "name": row.organisation.name_shown,
            "href": row.get_absolute_url(),
        }
        for row in rows
    ]


def _spots(row: University) -> list[tuple[float, float]]:
    country = row.organisation.country.code
    towns = [(school.get("country") or country, school["city"]) for school in getattr(row, "schools", ())]
    found = [places.find(*town) for town in towns or [(country, row.organisation.city)]]
    return [spot for spot in found if spot]
