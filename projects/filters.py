"""The filters of the list of projects: declared, checked, applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground.paging import BadCursor, Page, page
from projects.facets import FACETS, Choice, Facet, Offered, counts, facets
from projects.models import FundingLine, Project, phase_condition_by_lead

PAGE_SIZE = 25
MAX_TYPED = 200
# Orders are keyset-able: no column of them is ever null, the last is unique.
ORDERS: Mapping[str, tuple[Promise, list[str]]] = {
    "ends-last": (_("Ends last"), ["-ends_on", "-id"]),
    "ends-first": (_("Ends first"), ["ends_on", "id"]),
    "newest": (_("Started last"), ["-starts_on", "-id"]),
}
DEFAULT_ORDER = "ends-last"


class OfferedOnly(forms.MultipleChoiceField):
    """Takes those of the values that are offered and leaves the others out."""

    def clean(self, value: Any) -> list[str]:
        return [one for one in self.to_python(value) if self.valid_value(one)]


class OfferedFilter(django_filters.MultipleChoiceFilter):
    field_class = OfferedOnly


class TypedWords(forms.CharField):
    """What was typed into the search: cut to a sensible length, never refused."""

    def clean(self, value: Any) -> str:
        return str(value or "").replace("\x00", "").strip()[:MAX_TYPED]


class TypedFilter(django_filters.CharFilter):
    field_class = TypedWords


class ProjectFilter(django_filters.FilterSet):
    """What may stand in the address of the list; anything else in it is left alone."""

    q = TypedFilter(method="search")
    phase = OfferedFilter(method="in_phases")
    programme = OfferedFilter(method="under_programmes")
    university = OfferedFilter(method="led_by")
    year = OfferedFilter(method="started_in")

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(self, data: QueryDict, queryset: QuerySet[Project], *, offered: Offered) -> None:
        super().__init__(data, queryset)
        self.offered = offered
        for name in FACETS:
            self.filters[name].extra["choices"] = [(c.value, c.label) for c in offered.choices(name)]

    @property
    def chosen(self) -> dict[str, Any]:
        """What is filtered by: the words typed and the values offered."""
        self.form.is_valid()
        return dict(self.form.cleaned_data)

    @property
    def order(self) -> str:
        wanted = self.data.get("sort", "")
        return wanted if wanted in ORDERS else DEFAULT_ORDER

    @property
    def left_out(self) -> bool:
        """Whether the address asked for something that is not offered."""
        strange = any(set(self.data.getlist(name)) - {*self.chosen[name], ""} for name in FACETS)
        return strange or self.data.get("sort", self.order) not in (self.order, "")

    def without(self, facet: str) -> QuerySet[Project]:
        """The projects under every filter but the one of `facet` ("": under all)."""
        rows = self.queryset.all()
        for name, value in self.chosen.items():
            if name != facet:
                rows = self.filters[name].filter(rows, value)
        return rows

    def search(self, rows: Any, name: str, typed: str) -> Any:
        return rows.search(typed)

    def in_phases(self, rows: QuerySet[Project], name: str, phases: list[str]) -> QuerySet[Project]:
        days = self.offered.leads_by_day
        return rows.filter(_any(phase_condition_by_lead(phase, days) for phase in phases))

    def under_programmes(self, rows: QuerySet[Project], name: str, slugs: list[str]) -> QuerySet[Project]:
        paths = [path for path in map(self.offered.path, slugs) if path]
        lines = _any(Q(programme__path=p) | Q(programme__path__startswith=f"{p}.") for p in paths)
        return rows.filter(pk__in=FundingLine.objects.filter(lines).values("project"))

    def led_by(self, rows: QuerySet[Project], name: str, slugs: list[str]) -> QuerySet[Project]:
        return rows.filter(lead__in=[u.pk for u in self.offered.universities.values() if u.slug in slugs])

    def started_in(self, rows: QuerySet[Project], name: str, years: list[str]) -> QuerySet[Project]:
        return rows.filter(_any(Q(starts_on__year=int(year)) for year in years))


def _any(conditions: Iterator[Q]) -> Q:
    whole = Q(pk__in=[])
    for condition in conditions:
        whole |= condition
    return whole


@dataclass(frozen=True)
class Link:
    """Words, where they lead, and whether one is there already."""

    words: Any
    query: str
    current: bool = False


@dataclass(frozen=True)
class Listing:
    """The list as its page shows it."""

    filter: ProjectFilter
    page: Page[Project]
    total: int
    facets: list[Facet]
    bad_cursor: bool = False

    @property
    def active(self) -> list[Link]:
        """The filters in force, each with the query that takes it away."""
        links = []
        if typed := self.filter.chosen["q"]:
            links.append(Link(_("“%(words)s”") % {"words": typed}, self._query("q", typed)))
        for facet in self.facets:
            links += [Link(c.label, self._query(facet.name, c.value)) for c in facet.options if c.checked]
        return links

    @property
    def orders(self) -> list[Link]:
        """The orders there are, each with its query."""
        return [
            Link(words, self._query("sort", None, add=name), current=name == self.filter.order)
            for name, (words, _fields) in ORDERS.items()
        ]

    def _query(self, name: str, value: str | None, add: str = "") -> str:
        """The present query without one value (or all values) of `name`, on the first page."""
        kept = QueryDict(mutable=True)
        for key, chosen in {**self.filter.chosen, "sort": self.filter.order}.items():
            values = [v for v in ([chosen] if isinstance(chosen, str) else chosen) if v]
            if key == name:
                values = [] if value is None else [v for v in values if v != value]
            kept.setlist(key, values)
        if add:
            kept[name] = add
        if kept.get("sort") == DEFAULT_ORDER:
            del kept["sort"]
        return f"?{kept.urlencode()}"


def listing(data: QueryDict, projects: Any) -> Listing:
    """The page of `projects` that the query `data` asks for. Four queries: moment, choices, numbers, rows."""
    offered = Offered.now()
    narrowed = ProjectFilter(data, projects, offered=offered)
    numbers = counts(offered, narrowed.without)
    shown, bad_cursor = _page(narrowed, data)
    for project in shown.rows:
        project.programmes = [
            offered.programmes[pk] for pk in project.programme_ids if pk in offered.programmes
        ]
    groups = facets(offered, numbers, narrowed.chosen)
    return Listing(narrowed, shown, numbers.get(("total", ""), 0), groups, bad_cursor)


def _page(narrowed: ProjectFilter, data: QueryDict) -> tuple[Page[Any], bool]:
    lines = FundingLine.objects.filter(project=OuterRef("pk")).order_by("position", "pk")
    projects: Any = narrowed.without("")
    rows = projects.for_list().annotate(programme_ids=ArraySubquery(lines.values("programme_id")))
    order = ORDERS[narrowed.order][1]
    try:
        return page(
            rows, order, size=PAGE_SIZE, after=data.get("after", ""), before=data.get("before", "")
        ), False
    except BadCursor:
        return page(rows, order, size=PAGE_SIZE), True


__all__ = ["Choice", "Link", "Listing", "ProjectFilter", "listing"]
