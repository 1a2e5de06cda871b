"""What the list of projects can be narrowed by, and how many projects each choice would leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, F, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, ExtractYear, Left, Length
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ground import clock
from members.models import University
from projects.models import FundingLine, Programme, Project, phase_condition_by_lead
from projects.workflow import Phase

FACETS: Mapping[str, Promise] = {
    "phase": _("Phase"),
    "programme": _("Programme"),
    "university": _("Lead university"),
    "year": _("Year of the start"),
}
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True)
class Choice:
    """A value of a facet: what stands in the address, what people read, how deep in the tree."""

    value: str
    label: Any
    depth: int = 0
    count: int = 0
    checked: bool = False


@dataclass(frozen=True)
class Named:
    """A programme or university as the list needs it. `place` is the path of the one, the zone of the other."""

    pk: int
    slug: str
    name: str
    place: str
    language: str = ""


@dataclass(frozen=True)
class Offered:
    """Everything that can be chosen and what day it is where; one query."""

    moment: dt.datetime
    programmes: Mapping[int, Named] = field(default_factory=dict)
    universities: Mapping[int, Named] = field(default_factory=dict)

    @classmethod
    def now(cls) -> Offered:
        """What is offered at this moment (a second query reads the moment)."""
        found: dict[str, dict[int, Named]] = {"programme": {}, "university": {}}
        for kind, pk, slug, english, lithuanian, place, _order in _named_rows():
            found[kind][pk] = _in_language(pk, slug, english or "", lithuanian or "", place)
        return cls(clock.now(), found["programme"], found["university"])

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
        if name == "phase":
            return [Choice(value, label) for value, label in Phase.choices]
        if name == "programme":
            return [Choice(p.slug, p.name, depth=p.place.count(".")) for p in self.programmes.values()]
        if name == "university":
            return [Choice(u.slug, u.name) for u in self.universities.values()]
        return [Choice(str(year), str(year)) for year in range(LAST_YEAR, FIRST_YEAR - 1, -1)]


_COLUMNS = ("a_kind", "a_key", "a_slug", "a_english", "a_lithuanian", "a_place", "a_order")


def _named_rows() -> Iterable[tuple[Any, ...]]:
    local = Case(When(organisation__local_language="lt", then="organisation__local_name"), default=Value(""))
    programmes = _as_named(Programme, "programme", "name_en", "name_lt", "path", "path")
    universities = _as_named(
        University, "university", "organisation__name", local, "zone", "organisation__sort_key"
    )
    return sorted(programmes.union(universities, all=True), key=lambda row: (row[6], row[1]))


def _as_named(model: Any, kind: str, english: Any, lithuanian: Any, place: str, order: str) -> QuerySet[Any]:
    texts = (Value(kind), "slug", english, lithuanian, place, order)
    columns = dict(
        zip([c for c in _COLUMNS if c != "a_key"], (Cast(t, TextField()) for t in texts), strict=True)
    )
    named = _plain(model.objects.order_by()).annotate(a_key=F("pk"), **columns)
    return named.values_list(*_COLUMNS)


def _plain(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with columns in the order asked for: modeltranslation mixes them, which a union can't bear."""
    plain: QuerySet[Any] = rows.rewrite(False) if hasattr(rows, "rewrite") else rows
    return plain


def _in_language(pk: int, slug: str, english: str, lithuanian: str, place: str) -> Named:
    current = (get_language() or "en")[:2]
    names = {"en": english, "lt": lithuanian}
    other = "lt" if current == "en" else "en"
    wanted = names.get(current) or ""
    return Named(pk, slug, wanted or names[other], place, language="" if wanted else other)


Narrow = Callable[[str], QuerySet[Project]]


def counts(offered: Offered, without: Narrow) -> dict[tuple[str, str], int]:
    """How many projects each choice leaves, by facet and value; ("total", "") is the list itself. One query.

    `without(name)` are the projects under all filters but those of that facet: a facet counts what choosing
    would bring, whatever is chosen in it now.
    """
    branches = [*_own_counts(offered, without), *_programme_counts(offered, without)]
    rows = branches[0].union(*branches[1:], all=True)
    found = {(facet, value or ""): number for facet, value, number in rows}
    slugs = {p.place: p.slug for p in offered.programmes.values()}
    leads = {str(u.pk): u.slug for u in offered.universities.values()}
    keys = {"programme": slugs, "university": leads}
    return {(facet, keys.get(facet, {}).get(value, value)): n for (facet, value), n in found.items()}


def _own_counts(offered: Offered, without: Narrow) -> Iterator[QuerySet[Any]]:
    phases = [
        When(phase_condition_by_lead(phase, offered.leads_by_day), then=Value(str(phase.value)))
        for phase in Phase
    ]
    yield _counted(without(""), "total", Value(""))
    yield _counted(without("phase"), "phase", Case(*phases, default=Value(""), output_field=TextField()))
    yield _counted(without("university"), "university", "lead_id")
    yield _counted(without("year"), "year", ExtractYear("starts_on"))


def _programme_counts(offered: Offered, without: Narrow) -> list[QuerySet[Any]]:
    return programme_branches((p.place for p in offered.programmes.values()), without("programme"))


def programme_branches(paths: Iterable[str], projects: QuerySet[Project]) -> list[QuerySet[Any]]:
    """How many of `projects` stand under each programme, one branch for each level of the tree.

    A project counts once for a programme, however many of its actions pay for it.
    """
    branches = []
    for length in sorted({len(path) for path in paths}):
        lines = FundingLine.objects.order_by().annotate(length=Length("programme__path"))
        lines = lines.filter(length__gte=length, project__in=projects.values("pk"))
        branches.append(_counted(lines, "programme", Left("programme__path", length), "project"))
    return branches


def _counted(rows: QuerySet[Any], facet: str, value: Any, what: str = "pk") -> QuerySet[Any]:
    named = (
        _plain(rows)
        .order_by()
        .annotate(facet=Cast(Value(facet), TextField()), value=Cast(value, TextField()))
    )
    return named.values_list("facet", "value").annotate(number=Count(what, distinct=what != "pk"))


@dataclass(frozen=True)
class Facet:
    """A group of choices as the component shows it."""

    name: str
    label: Promise
    options: list[Choice]

    @property
    def open(self) -> bool:
        """Whether the choices show at first: the two that most people use, and whatever is in force."""
        return self.name in ("phase", "programme") or any(choice.checked for choice in self.options)


def facets(
    offered: Offered, numbers: Mapping[tuple[str, str], int], chosen: Mapping[str, list[str]]
) -> list[Facet]:
    """The groups with their numbers; choices that would leave nothing are left out unless they are chosen."""
    groups = []
    for name, label in FACETS.items():
        options = [
            replace(c, count=numbers.get((name, c.value), 0), checked=c.value in chosen.get(name, ()))
            for c in offered.choices(name)
        ]
        options = [c for c in options if c.count or c.checked]
        if options:
            groups.append(Facet(name, label, options))
    return groups
