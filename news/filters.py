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

from members.models import University
from news.models import NewsItem, Topic


class NewsFilter(django_filters.FilterSet):
    """By topic, by university and by the year of publication; anything else is refused as invalid."""

    topic = django_filters.ModelChoiceFilter(
        field_name="topics",
        to_field_name="slug",
        queryset=lambda request: Topic.objects.all(),
        label=_("Topic"),
    )
    university = django_filters.ModelChoiceFilter(
        to_field_name="slug", queryset=lambda request: University.objects.for_list(), label=_("University")
    )
    year = django_filters.NumberFilter(method="in_year", min_value=1990, max_value=2200, label=_("Year"))

    class Meta:
        model = NewsItem
        fields: list[str] = []

    @property
    def canonical(self) -> str:
        """The one query that stands for what is filtered by; empty where something was refused."""
        if not self.is_valid():
            return ""
        chosen = {name: value for name, value in self.form.cleaned_data.items() if value is not None}
        return urlencode({name: int(one) if name == "year" else one.slug for name, one in chosen.items()})

    def in_year(self, rows: QuerySet[NewsItem], name: str, value: int) -> QuerySet[NewsItem]:
        return rows.filter(published_at__year=int(value))


@dataclass(frozen=True)
class Choice:
    """A ready-made filter: its words, where it leads, how many it finds and whether it is in force."""

    words: Any
    href: str
    count: int
    current: bool


def topics(rows: QuerySet[NewsItem], query: QueryDict) -> list[Choice]:
    """The topics that `rows` have, most frequent first (one query)."""
    found = Topic.objects.filter(news__in=rows).annotate(found=Count("news")).order_by("-found", "slug")
    return list(_choices("topic", ((topic.slug, topic.name, topic.found) for topic in found), query))


def years(rows: QuerySet[NewsItem], query: QueryDict) -> list[Choice]:
    """The years in which `rows` were published, newest first (one query)."""
    by_year = rows.order_by().annotate(year=ExtractYear("published_at")).values("year")
    by_year = by_year.annotate(found=Count("pk")).order_by("-year")
    return list(
        _choices("year", ((str(row["year"]), str(row["year"]), row["found"]) for row in by_year), query)
    )


def _choices(name: str, values: Iterable[tuple[str, str, int]], query: QueryDict) -> Iterable[Choice]:
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
