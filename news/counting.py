"""How many news each choice of the list would leave: counted in one statement, kept until something changes."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import chain
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.cache import cache
from django.db import connection
from django.db.models import Count, OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast, ExtractYear

from ground import clock
from ground.gathering import together
from members.models import Organisation, University
from news.models import NewsItem, Topic

KEPT_FOR = 24 * 3600
# Facet → its choices: value, words, number.
Numbers = dict[str, list[tuple[str, Any, int]]]
_VALUES: dict[str, Any] = {
    "topic": "topics__slug",
    "partner": "partner__uuid",
    "year": ExtractYear("published_at"),
}


_STATE = """
    SELECT number, EXISTS (SELECT FROM ground_change),
        (SELECT min(published_at) FROM news_newsitem WHERE published_at > %s::timestamptz)
    FROM ground_version
"""


def kept(asked: Any, count: Callable[[], Numbers]) -> Numbers:
    """The numbers for what was `asked` (anything that prints the same for the same question) as of now.

    They are counted anew once anything that visitors see has changed, and at the moment at which the next text comes
    out. Who has changed something in this very transaction counts for themselves. One query beside the counting.
    """
    now = clock.now()
    key = f"news:counts:{hashlib.sha256(repr(asked).encode()).hexdigest()}"
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [now])
        version, changing, turn = cursor.fetchone()
    known = None if changing else cache.get(key)
    if known and known[0] == version and (known[1] is None or now < known[1]):
        numbers: Numbers = known[2]
        return numbers
    numbers = count()
    if not changing:
        cache.set(key, (version, turn, numbers), KEPT_FOR)
    return numbers


def counts(among: Mapping[str, QuerySet[NewsItem]]) -> Numbers:
    """How many news each choice leaves, by facet; `among[name]` are the news under all filters but that one.

    One query counts, one reads the names of what was counted, and counts for the universities, whose news may be of a
    school of theirs or merely name them.
    """
    first, *others = [_counted(name, among[name]) for name in _VALUES]
    found: dict[str, dict[str, int]] = {name: {} for name in _VALUES}
    for facet, value, number in first.union(*others, all=True):
        found[facet][value] = number
    topics, partners, universities, *told = together(
        Topic.objects.filter(slug__in=found["topic"]),
        Organisation.objects.filter(uuid__in=list(found["partner"])).defer("search"),
        University.objects.for_list(),
        *tellings(among["university"], "partner"),
    )
    words = {f"topic {one.slug}": one.name for one in topics}
    words |= {f"partner {one.uuid}": one.name_shown for one in partners}
    members = [
        (one.slug, one.name_shown, number) for one, number in by_university(chain(*told), universities)
    ]
    return {"university": members} | {name: _ordered(name, numbers, words) for name, numbers in found.items()}


def tellings(rows: QuerySet[Any], teller: str) -> tuple[QuerySet[Any, Any], QuerySet[Any, Any]]:
    """By whom `rows` are told and which universities they name: each combination with the number of rows, for
    `by_university`; apart for those that name none, which are most.

    `teller`: the field for tellers that are no university of the portal.
    """
    told = ("university", teller, f"{teller}__parent")
    item = rows.model._meta.model_name
    links = rows.model.universities.through.objects.order_by("university_id")
    of_one = ArraySubquery(links.filter(**{item: OuterRef("pk")}).values("university_id"))
    naming = rows.order_by().filter(pk__in=links.order_by().values(item)).annotate(named=of_one)
    silent = rows.order_by().filter(universities__isnull=True)
    return (
        silent.values_list(*told).annotate(number=Count("pk")),
        naming.values_list(*told, "named").annotate(number=Count("pk")),
    )


def by_university(told: Iterable[Any], universities: Iterable[University]) -> list[tuple[University, int]]:
    """How many texts concern each university, as `news.models.item.concerns` says it; most first, none left out but
    those without any."""
    known = {one.pk: one for one in universities}
    of_organisation: dict[int | None, int] = {one.organisation_id: one.pk for one in known.values()}
    numbers: Counter[int] = Counter()
    for university, teller, parent, *named, number in told:
        own = [known[pk] for pk in (university, *chain(*named)) if pk in known]
        theirs = {
            of_organisation.get(pk) for one in own for pk in (one.organisation_id, one.organisation.parent_id)
        }
        for pk in theirs | {of_organisation.get(teller), of_organisation.get(parent)}:
            if pk is not None:
                numbers[pk] += number
    found = [(known[pk], number) for pk, number in numbers.items()]
    return sorted(found, key=lambda one: (-one[1], one[0].slug))


def _counted(name: str, rows: QuerySet[NewsItem]) -> Any:
    """Facet, value, number."""
    told = rows.order_by().annotate(
        facet=Value(name, TextField()), value=Cast(_VALUES[name], TextField())
    ).filter(value__isnull=False)  # fmt: skip
    return told.values("facet", "value").annotate(found=Count("pk")).values_list("facet", "value", "found")


def _ordered(name: str, numbers: dict[str, int], words: dict[str, str]) -> list[tuple[str, Any, int]]:
    """The choices with their words: years newest first, everything else most frequent first."""
    if name == "year":
        return [(year, year, numbers[year]) for year in sorted(numbers, key=int, reverse=True)]
    named = [(value, words[f"{name} {value}"], number) for value, number in numbers.items()]
    return sorted(named, key=lambda one: (-one[2], one[0]))
