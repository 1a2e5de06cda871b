"""What the list of news can be narrowed by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ground import clock
from members.models import Organisation, University
from news.models import NewsItem, Topic

LONGEST_TYPED = 200


class NewsFilter(django_filters.FilterSet):
    """By topic, by who tells it, by the year of publication and by words; anything else is refused as invalid."""

    topic = django_filters.ModelChoiceFilter(
        field_name="topics",
        to_field_name="slug",
        queryset=lambda request: Topic.objects.all(),
        label=_("Topic"),
    )
    university = django_filters.ModelChoiceFilter(
        to_field_name="slug", queryset=lambda request: University.objects.for_list(), label=_("University")
    )
    partner = django_filters.ModelChoiceFilter(
        to_field_name="uuid",
        queryset=lambda request: Organisation.objects.filter(news__isnull=False).distinct(),
        label=_("Partner"),
    )
    year = django_filters.NumberFilter(method="in_year", min_value=1990, max_value=2200, label=_("Year"))

    class Meta:
        model = NewsItem
        fields: list[str] = []

    @property
    def typed(self) -> str:
        """The words that are looked for."""
        raw = self.data.get("q", "")[: LONGEST_TYPED * 10]
        return " ".join("".join(one if one.isprintable() else " " for one in raw).split())[:LONGEST_TYPED]

    @property
    def chosen(self) -> dict[str, str]:
        """What is filtered by, as an address says it; nothing where something was refused."""
        if not self.is_valid():
            return {}
        given = {name: value for name, value in self.form.cleaned_data.items() if value is not None}
        return {name: _said(name, value) for name, value in given.items()}

    @property
    def canonical(self) -> str:
        """The one query that stands for what is filtered by; empty where something was refused."""
        return urlencode(self.chosen)

    def filter_queryset(self, queryset: Any) -> Any:
        return super().filter_queryset(queryset).search(self.typed)

    def without(self, name: str) -> QuerySet[NewsItem]:
        """What all choices but this one leave."""
        rows: Any = self.queryset
        if not self.is_valid():
            return rows
        for other, value in self.form.cleaned_data.items():
            if other != name:
                rows = self.filters[other].filter(rows, value)
        return rows.search(self.typed)

    def in_year(self, rows: QuerySet[NewsItem], name: str, value: int) -> QuerySet[NewsItem]:
        return rows.filter(published_at__year=int(value))


def _said(name: str, value: Any) -> str:
    if name == "year":
        return str(int(value))
    return str(value.uuid) if name == "partner" else str(value.slug)


@dataclass(frozen=True)
class Choice:
    """A ready-made filter: its words, where it leads, how many it finds and whether it is in force."""

    words: Any
    href: str
    count: int
    current: bool


@dataclass(frozen=True)
class Facet:
    """A row of ready-made filters."""

    label: Any
    choices: list[Choice]


def pinned(narrowed: NewsFilter) -> list[NewsItem]:
    """What stands first for now, where nothing was asked for (one query)."""
    if narrowed.typed or narrowed.chosen or not narrowed.is_valid():
        return []
    rows: Any = narrowed.queryset
    return list(rows.pinned(clock.now()).for_list().with_leads().order_by("-published_at", "-pk")[:3])


def facets(narrowed: NewsFilter, query: QueryDict) -> list[Facet]:
    """Each with how many its choices would leave beside what else is chosen (a query each)."""
    found = [
        Facet(_("Topics"), list(_choices("topic", _topics(narrowed.without("topic")), query))),
        Facet(
            _("Universities"), list(_choices("university", _members(narrowed.without("university")), query))
        ),
        Facet(_("Partners"), list(_choices("partner", _partners(narrowed.without("partner")), query))),
        Facet(_("Years"), list(_choices("year", _years(narrowed.without("year")), query))),
    ]
    return [facet for facet in found if facet.choices]


Values = Iterable[tuple[str, Any, int]]


def _topics(rows: QuerySet[NewsItem]) -> Values:
    """The topics that `rows` have, most frequent first."""
    found = Topic.objects.filter(news__in=rows).annotate(found=Count("news")).order_by("-found", "slug")
    return ((topic.slug, topic.name, topic.found) for topic in found)


def _members(rows: QuerySet[NewsItem]) -> Values:
    found = University.objects.for_list().filter(news__in=rows).annotate(found=Count("news"))
    return ((one.slug, one.name_shown, one.found) for one in found.order_by("-found", "slug"))


def _partners(rows: QuerySet[NewsItem]) -> Values:
    found = Organisation.objects.filter(news__in=rows).annotate(found=Count("news")).defer("search")
    return ((str(one.uuid), one.name_shown, one.found) for one in found.order_by("-found", "pk"))


def _years(rows: QuerySet[NewsItem]) -> Values:
    """The years in which `rows` were published, newest first."""
    by_year = rows.order_by().annotate(year=ExtractYear("published_at")).values("year")
    by_year = by_year.annotate(found=Count("pk")).order_by("-year")
    return ((str(row["year"]), str(row["year"]), row["found"]) for row in by_year)


def _choices(name: str, values: Values, query: QueryDict) -> Iterable[Choice]:
    for value, words, found in values:
        kept = query.copy()
        kept.pop("after", None)
        kept.pop("before", None)
        current = kept.get(name) == value
        if current:
            kept.pop(name)
        else:
            kept[name] = value
        yield Choice(words, f"?{kept.urlencode()}", found, current)
