"""The filters of the list of projects: declared, checked, applied."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from projects.facets import FACETS, FREQUENT
from projects.models import Department, FundingLine, Milestone, Partnership, Project, phase_condition_by_lead
from projects.offered import Offered

MAX_TYPED = 200
Order = tuple[Promise, list[str]]


class Orders(Mapping[str, Order]):
    """Orders are keyset-able: no column of them is ever null, the last is unique. `{language}` is the reader's."""

    def __init__(self, orders: Mapping[str, Order]) -> None:
        self.orders = orders

    def __getitem__(self, name: str) -> Order:
        words, columns = self.orders[name]
        language = "lt" if (get_language() or "").startswith("lt") else "en"
        return words, [column.format(language=language) for column in columns]

    def __iter__(self) -> Iterator[str]:
        return iter(self.orders)

    def __len__(self) -> int:
        return len(self.orders)


ORDERS = Orders(
    {
        "ends-last": (_("Ends last"), ["-ends_on", "-id"]),
        "ends-first": (_("Ends first"), ["ends_on", "id"]),
        "newest": (_("Started last"), ["-starts_on", "-id"]),
        "title": (_("Title"), ["title_key_{language}", "id"]),
        "code": (_("Number"), ["key"]),
    }
)
DEFAULT_ORDER = "ends-last"


class OfferedOnly(forms.Field):
    """Takes those of the values that are offered, each once, and leaves the others out."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, values: Collection[str] = (), **kwargs: Any) -> None:
        kwargs.pop("null_value", None)
        super().__init__(**kwargs)
        self.values = values

    def clean(self, value: Any) -> list[str]:
        return [one for one in dict.fromkeys(value or ()) if one in self.values]


class OfferedFilter(django_filters.Filter):
    field_class = OfferedOnly


class TypedWords(forms.CharField):
    """What was typed into the search: cut to a sensible length, never refused."""

    def clean(self, value: Any) -> str:
        return str(value or "").replace("\x00", "").strip()[:MAX_TYPED]


class TypedFilter(django_filters.CharFilter):
    field_class = TypedWords


class ProjectFilter(django_filters.FilterSet):
    """What may stand in the address of the list; anything else in it is left alone.

    `staff`: whether the person who asks works with projects, to whom alone overdue milestones are offered.
    """

    q = TypedFilter(method="search")
    phase = OfferedFilter(method="in_phases")
    programme = OfferedFilter(method="under_programmes")
    university = OfferedFilter(method="led_by")
    department = OfferedFilter(method="carried_by")
    year = OfferedFilter(method="started_in")
    country = OfferedFilter(method="with_partners_in")
    overdue = OfferedFilter(method="with_overdue_milestones")

    class Meta:
        model = Project
        fields: list[str] = []

    def __init__(
        self, data: QueryDict, queryset: QuerySet[Project], *, offered: Offered, staff: bool = False
    ) -> None:
        super().__init__(data, queryset)
        self.offered, self.staff = offered, staff
        for name in FACETS:
            hidden = name == "overdue" and not staff
            self.filters[name].extra["values"] = () if hidden else offered.values(name)

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
    def order_chosen(self) -> bool:
        """Whether the address names an order."""
        return self.data.get("sort", "") in ORDERS

    @property
    def finds(self) -> dict[str, str]:
        """What was looked for within the long facets."""
        asked = ((name, self.data.get(f"find-{name}", "")) for name in FREQUENT)
        return {name: typed.replace("\x00", "").strip()[:MAX_TYPED] for name, typed in asked if typed}

    @property
    def left_out(self) -> bool:
        """Whether the address asked for something that is not offered."""
        strange = any(set(self.data.getlist(name)) - {*self.chosen[name], ""} for name in FACETS)
        return strange or self.data.get("sort", self.order) not in (self.order, "")

    @property
    def query(self) -> str:
        """The filters and the order in force as the one query that stands for them; no cursor."""
        return self.query_with({})

    def query_with(self, change: Mapping[str, Iterable[str]]) -> str:
        """The same with other values for some names."""
        sort = [self.order] if self.order_chosen else []
        wanted: dict[str, Any] = {**self.chosen, "sort": sort, **change}
        kept = QueryDict(mutable=True)
        for name, value in wanted.items():
            values = [value] if isinstance(value, str) else list(value)
            if name == "sort" and not wanted["q"]:
                values = [one for one in values if one != DEFAULT_ORDER]
            if any(values):
                kept.setlist(name, [one for one in values if one])
        return kept.urlencode()

    def without(self, *left: str) -> QuerySet[Project]:
        """The projects under every filter but those named ("": under all)."""
        rows = self.queryset.all()
        for name, value in self.chosen.items():
            if name not in left:
                rows = self.filters[name].filter(rows, value)
        return rows

    def search(self, rows: Any, name: str, typed: str) -> Any:
        return rows.search(typed)

    def in_phases(self, rows: QuerySet[Project], name: str, phases: list[str]) -> QuerySet[Project]:
        days = self.offered.leads_by_day
        return rows.filter(_any(phase_condition_by_lead(phase, days) for phase in phases))

    def under_programmes(self, rows: QuerySet[Project], name: str, slugs: list[str]) -> QuerySet[Project]:
        paths = [path for path in map(self.offered.path, slugs) if path]
        below = tuple(f"{path}." for path in paths)
        chosen = [
            p.pk for p in self.offered.programmes.values() if p.place in paths or p.place.startswith(below)
        ]
        return rows.filter(
            pk__in=FundingLine.objects.order_by().filter(programme__in=chosen).values("project")
        )

    def led_by(self, rows: QuerySet[Project], name: str, slugs: list[str]) -> QuerySet[Project]:
        return rows.filter(lead__in=[u.pk for u in self.offered.universities.values() if u.slug in slugs])

    def carried_by(self, rows: QuerySet[Project], name: str, slugs: list[str]) -> QuerySet[Project]:
        units = [unit.pk for unit in self.offered.units.values() if unit.slug in slugs]
        return rows.filter(pk__in=Department.objects.order_by().filter(unit__in=units).values("project"))

    def started_in(self, rows: QuerySet[Project], name: str, years: list[str]) -> QuerySet[Project]:
        return rows.filter(_any(Q(starts_on__year=int(year)) for year in years))

    def with_partners_in(self, rows: QuerySet[Project], name: str, codes: list[str]) -> QuerySet[Project]:
        partners = Partnership.objects.order_by().filter(organisation__country__in=codes)
        return rows.filter(pk__in=partners.values("project"))

    def with_overdue_milestones(self, rows: QuerySet[Project], name: str, asked: Any) -> QuerySet[Project]:
        days = self.offered.leads_by_day
        late = {day: Milestone.objects.order_by().overdue(day).values("project") for day in days}
        if len(days) == 1:
            return rows.filter(pk__in=late[next(iter(days))])
        return rows.filter(_any(Q(lead__in=leads, pk__in=late[day]) for day, leads in days.items()))


def _any(conditions: Iterable[Q]) -> Q:
    whole = Q(pk__in=[])
    for condition in conditions:
        whole |= condition
    return whole
