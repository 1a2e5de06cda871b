"""Everything that the list of projects can be narrowed to, and what day it is where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from django.db.models import BigIntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django_countries import countries

from ground import clock, text
from members.models import Organisation, OrganisationalUnit, University
from members.models.organisation import in_lithuanian
from projects.models import Programme
from projects.models.version import data_version
from projects.workflow import Phase

FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True)
class Choice:
    """A value of a facet: what stands in the address, what people read, how deep in the tree.

    `count` is None where counting would be dear.
    """

    value: str
    label: Any
    depth: int = 0
    count: int | None = 0
    checked: bool = False


@dataclass(frozen=True)
class Named:
    """A programme, university or unit as the list needs it.

    `place` is the path of the first, the zone of the second, the university's key of the third; `slug` is what stands
    in the address.
    """

    pk: int
    slug: str
    name: str
    place: str
    language: str = ""
    short: str = ""


Shelf = Mapping[int, Named]
# Programmes, universities, units, and the countries in which there are organisations.
Names = tuple[Shelf, Shelf, Shelf, Sequence[str]]


@dataclass(frozen=True)
class Offered:
    """Everything that can be chosen and what day it is where. `version` tells one state of the data from another."""

    moment: dt.datetime
    programmes: Shelf = field(default_factory=dict)
    universities: Shelf = field(default_factory=dict)
    units: Shelf = field(default_factory=dict)
    countries: Sequence[str] = ()
    version: str = ""
    made: dict[str, list[Choice]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def now(cls) -> Offered:
        """What is offered at this moment.

        Two queries: the moment and the data's version; a third reads the names when the data has changed since.
        """
        moment, version = clock.now(), data_version()
        language = (get_language() or "en")[:2]
        kept = _names.get(language)
        if kept is None or kept[0] != version:
            kept = _names[language] = (version, _named(language), {})
        return cls(moment, *kept[1], version=version, made=kept[2])

    @cached_property
    def leads_by_day(self) -> dict[dt.date, list[int]]:
        """At which universities it is which day: one day, or two around midnight."""
        days: dict[dt.date, list[int]] = {}
        for university in self.universities.values():
            days.setdefault(clock.date_in(self.moment, university.place), []).append(university.pk)
        return days or {clock.date_in(self.moment, dt.UTC): []}

    def path(self, slug: str) -> str | None:
        """Where in the tree the programme `slug` stands."""
        return next((p.place for p in self.programmes.values() if p.slug == slug), None)

    def choices(self, name: str) -> list[Choice]:
        """The values of a facet in the order in which they are shown."""
        if name not in self.made:
            self.made[name] = self._choices(name)
        return self.made[name]

    def _choices(self, name: str) -> list[Choice]:
        if name == "phase":
            return [Choice(value, str(label)) for value, label in Phase.choices]
        if name == "programme":
            return [Choice(p.slug, p.name, depth=p.place.count(".")) for p in self.programmes.values()]
        if name == "university":
            return [Choice(u.slug, u.name) for u in self.universities.values()]
        if name == "department":
            return [Choice(u.slug, self._unit_label(u)) for u in self.units.values()]
        if name == "country":
            return [Choice(code, label) for code, label in countries_in(get_language() or "en").items()]
        return [Choice("1", _("Has one"))] if name == "overdue" else _YEARS

    def values(self, name: str) -> Collection[str]:
        """What may stand in the address for a facet."""
        shelves = {"programme": self.programmes, "university": self.universities, "department": self.units}
        if name in shelves:
            return {named.slug for named in shelves[name].values()}
        return _FIXED[name]

    def _unit_label(self, unit: Named) -> str:
        university = self.universities.get(int(unit.place))
        return f"{unit.name} · {university.short or university.name}" if university else unit.name


_YEARS = [Choice(str(year), str(year)) for year in range(LAST_YEAR, FIRST_YEAR - 1, -1)]
_FIXED: Mapping[str, frozenset[str]] = {
    "phase": frozenset(Phase.values),
    "year": frozenset(choice.value for choice in _YEARS),
    "country": frozenset(countries.countries),
    "overdue": frozenset("1"),
}
# The names as they were at one version of the data, for each language; every process keeps its own.
_names: dict[str, tuple[str, Names, dict[str, list[Choice]]]] = {}


@lru_cache(maxsize=8)
def countries_in(language: str) -> dict[str, str]:
    """The names of all countries by code, in the order of `language`'s alphabet."""
    with override(language):
        names = {code: str(countries.name(code)) for code in countries.countries}
    return dict(sorted(names.items(), key=lambda pair: text.sort_key(pair[1])))


_COLUMNS = ("a_kind", "a_key", "a_slug", "a_english", "a_lithuanian", "a_place", "a_short", "a_order")


def _named(language: str) -> Names:
    found: dict[str, dict[int, Named]] = {"programme": {}, "university": {}, "unit": {}}
    countries: list[str] = []
    for kind, pk, slug, english, lithuanian, place, short, _order in _named_rows():
        if kind == "country":
            countries.append(slug)
            continue
        names = {"en": english or "", "lt": lithuanian or ""}
        other = "lt" if language == "en" else "en"
        wanted = names.get(language) or ""
        found[kind][pk] = Named(pk, slug, wanted or names[other], place, "" if wanted else other, short)
    return found["programme"], found["university"], found["unit"], countries


def _named_rows() -> Iterable[tuple[Any, ...]]:
    local = in_lithuanian("organisation__")
    empty = Value("")
    programmes = _as_named(Programme, "programme", "slug", "name_en", "name_lt", "path", empty, "path")
    universities = _as_named(
        University, "university", "slug", "organisation__name", local, "zone", "organisation__short_name",
        "organisation__sort_key",
    )  # fmt: skip
    units = _as_named(
        OrganisationalUnit, "unit", "uuid", "name_en", "name_lt", "university_id", empty, "sort_key"
    )
    codes = _as_named(Organisation, "country", "country", *[empty] * 4, "country", pk=Value(0)).distinct()
    return sorted(programmes.union(universities, units, codes, all=True), key=lambda row: (row[7], row[1]))


def _as_named(model: Any, kind: str, *texts: Any, pk: Any = "pk") -> QuerySet[Any]:
    cast = (Cast(part, TextField()) for part in (Value(kind), *texts))
    columns = dict(zip([c for c in _COLUMNS if c != "a_key"], cast, strict=True))
    named = plain(model.objects.order_by()).annotate(a_key=Cast(pk, BigIntegerField()), **columns)
    return named.values_list(*_COLUMNS)


def plain(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with columns in the order asked for: modeltranslation mixes them, which a union can't bear."""
    unmixed: QuerySet[Any] = rows.rewrite(False) if hasattr(rows, "rewrite") else rows
    return unmixed
