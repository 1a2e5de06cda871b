"""What the list of news can be narrowed by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from ground import clock
from ground.templatetags.ground_tags import in_language
from members.models import Centre, Organisation, University
from mobility.models import Call
from news import counting
from news.models import NewsItem, Topic
from news.models.item import NewsItemQuerySet
from projects.models import Project

LONGEST_TYPED = 200


class NewsFilter(django_filters.FilterSet):
    """By topic, by university, by partner, by the year of publication, by what it is about, and by words.

    Anything else is refused as invalid.
    """

    topic = django_filters.ModelChoiceFilter(
        field_name="topics",
        to_field_name="slug",
        queryset=lambda request: Topic.objects.all(),
        label=_("Topic"),
    )
    university = django_filters.ModelChoiceFilter(
        to_field_name="slug",
        queryset=lambda request: University.objects.for_list(),
        method="concerning",
        label=_("University"),
    )
    partner = django_filters.ModelChoiceFilter(
        to_field_name="uuid",
        queryset=lambda request: Organisation.objects.filter(news__isnull=False).distinct(),
        label=_("Partner"),
    )
    year = django_filters.NumberFilter(method="in_year", min_value=1990, max_value=2200, label=_("Year"))
    project = django_filters.ModelChoiceFilter(
        field_name="projects",
        to_field_name="key",
        queryset=lambda request: Project.objects.visible_to(request.user).for_list(),
        label=_("Project"),
    )
    centre = django_filters.ModelChoiceFilter(
        field_name="centres",
        to_field_name="slug",
        queryset=lambda request: Centre.objects.visible_to(request.user),
        label=_("Innovation centre"),
    )
    call = django_filters.ModelChoiceFilter(
        field_name="calls",
        to_field_name="slug",
        queryset=lambda request: Call.objects.visible_to(request.user),
        label=_("Call"),
    )

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

    def concerning(self, rows: NewsItemQuerySet, name: str, value: University) -> NewsItemQuerySet:
        return rows.concerning(value)

    def in_year(self, rows: QuerySet[NewsItem], name: str, value: int) -> QuerySet[NewsItem]:
        return rows.filter(published_at__year=int(value))


def _said(name: str, value: Any) -> str:
    return str(int(value)) if name == "year" else address_of(value)


def address_of(record: Any) -> str:
    """By what an address names a record."""
    names = {Organisation: "uuid", Project: "key"}
    return str(getattr(record, names.get(type(record), "slug")))


@dataclass(frozen=True)
class Choice:
    """A ready-made filter: its words, where it leads, how many it finds ("": not counted), whether it is in force."""

    words: Any
    href: str
    count: int | str
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
    return list(rows.pinned(clock.now()).for_cards().order_by("-published_at", "-pk")[:3])


FACETS = {"topic": _("Topics"), "university": _("Universities"), "partner": _("Partners"), "year": _("Years")}


def facets(narrowed: NewsFilter, query: QueryDict) -> list[Facet]:
    """Each with how many its choices would leave beside what else is chosen; see `news.counting`."""
    found = _numbers(narrowed)
    rows = [Facet(words, list(_choices(name, found[name], query))) for name, words in FACETS.items()]
    return [facet for facet in (*_about(narrowed, query), *rows) if facet.choices]


def _numbers(narrowed: NewsFilter) -> counting.Numbers:
    """Typed words are counted each time: hardly two people type the same."""

    def count() -> counting.Numbers:
        return counting.counts({name: narrowed.without(name) for name in FACETS})

    if narrowed.typed:
        return count()
    asked = (get_language(), timezone.get_current_timezone_name(), narrowed.canonical)
    return counting.kept(asked, count)


Values = Iterable[tuple[str, Any, int | str]]
ABOUT = ("project", "centre", "call")


def _about(narrowed: NewsFilter, query: QueryDict) -> Iterable[Facet]:
    """The record that the news are about, where one was asked for: to see it, and to take it away."""
    given = narrowed.form.cleaned_data if narrowed.is_valid() else {}
    for name in ABOUT:
        if record := given.get(name):
            rows: Values = [(_said(name, record), words(record), "")]
            yield Facet(narrowed.filters[name].label, list(_choices(name, rows, query)))


def words(record: Any) -> str:
    """What a record is called, in the language in use where it has that."""
    named = "name" if isinstance(record, Centre) else "title"
    return in_language(record, named)[0] or str(record)


def _choices(name: str, values: Values, query: QueryDict) -> Iterable[Choice]:
    for value, shown, found in values:
        kept = query.copy()
        kept.pop("after", None)
        kept.pop("before", None)
        current = kept.get(name) == value
        if current:
            kept.pop(name)
        else:
            kept[name] = value
        yield Choice(shown, f"?{kept.urlencode()}", found, current)
