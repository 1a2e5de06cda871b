"""The list of projects as its page shows it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.http import QueryDict
from django.utils.translation import gettext as _

from ground.paging import BadCursor, Page, page, page_of
from ground.templatetags.ground_tags import number
from projects.counting import MOST_EXACT, Among, Numbers, counts, kept
from projects.facets import FACETS, Facet, facets
from projects.filters import ORDERS, ProjectFilter
from projects.models import FundingLine, Project
from projects.offered import Offered, plain

PAGE_SIZE = 25
_LOOKS = attrgetter("value", "label", "count", "checked")
# Up to so many matches the best come first; ranking more than that takes too long.
MOST_RANKED = 200


@dataclass(frozen=True)
class Link:
    """Words, where they lead, and whether one is there already."""

    words: Any
    query: str
    current: bool = False


@dataclass
class Found:
    """How many projects there are under the filters, and in which groups.

    `total` is MOST_EXACT with `more` where more were found; the groups in `dear` were not counted, and `wider` says
    what there is in them without the words typed. `keys` are those found by words, unless they are too many.
    """

    numbers: Numbers
    total: int
    more: bool = False
    dear: set[str] = field(default_factory=set)
    wider: Numbers = field(default_factory=dict)
    keys: Sequence[int] | None = None


@dataclass(frozen=True)
class Listing:
    """The list as its page shows it. `ranked`: the best matches come first."""

    filter: ProjectFilter
    page: Page[Project]
    found: Found
    facets: list[Facet]
    bad_cursor: bool = False
    ranked: bool = False

    @property
    def total(self) -> int:
        return self.found.total

    @property
    def query(self) -> str:
        """The filters in force as a query string without a cursor; may be empty."""
        return self.filter.query

    @property
    def active(self) -> list[Link]:
        """The filters in force, each with the query that takes it away."""
        named = _in_force(self.filter)
        return [Link(words, self._query(**{name: others})) for name, words, others in named]

    @property
    def orders(self) -> list[Link]:
        """The orders there are, each with its query."""
        links = [
            Link(words, self._query(sort=[name]), current=not self.ranked and name == self.filter.order)
            for name, (words, _columns) in ORDERS.items()
        ]
        best = self.filter.chosen["q"] and (self.ranked or self.total <= MOST_RANKED)
        return [Link(_("Best match"), self._query(sort=[]), current=self.ranked), *links] if best else links

    @property
    def facets_key(self) -> str:
        """What the groups look like, in short: groups that look the same are drawn once."""
        shown = [
            (group.name, group.find, group.hidden, [_LOOKS(c) for c in (*group.options, *group.rest)])
            for group in self.facets
        ]
        return hashlib.sha256(repr((self.filter.order, shown)).encode()).hexdigest()

    @property
    def title(self) -> str:
        """The filters in force in words."""
        return " · ".join(str(link.words) for link in self.active)

    @property
    def part(self) -> str:
        """Which of how many projects the page shows, by which filters and in which order: for a sheet of paper."""
        numbers = {"first": self.page.first, "last": self.page.last, "total": self.total}
        shown = {name: number(value) for name, value in numbers.items()}
        if not self.page.first:
            part = ""
        elif self.found.more:
            part = _("Projects %(first)s–%(last)s of more than %(total)s") % shown
        else:
            part = _("Projects %(first)s–%(last)s of %(total)s") % shown
        filters = self.title or _("none")
        order = next((str(link.words) for link in self.orders if link.current), "")
        parts = [
            part,
            _("filters: %(filters)s") % {"filters": filters},
            _("order: %(order)s") % {"order": order},
        ]
        return "; ".join(words for words in parts if words)

    def _query(self, **change: list[str]) -> str:
        return f"?{self.filter.query_with(change)}"


def _in_force(narrowed: ProjectFilter) -> Iterator[tuple[str, str, list[str]]]:
    """Each value that is filtered by: the filter's name, the value in words, and the values without it."""
    if typed := narrowed.chosen["q"]:
        yield "q", _("“%(words)s”") % {"words": typed}, []
    for name, label in FACETS.items():
        chosen = narrowed.chosen[name]
        for choice in narrowed.offered.choices(name) if chosen else ():
            if choice.value in chosen:
                words = label if name == "overdue" else choice.label
                yield name, str(words), [value for value in chosen if value != choice.value]


def in_words(narrowed: ProjectFilter) -> list[str]:
    """What is filtered by, in words."""
    return [words for _name, words, _others in _in_force(narrowed)]


def listing(data: QueryDict, projects: QuerySet[Project], *, staff: bool = False) -> Listing:
    """The page of `projects` that the query `data` asks for.

    Queries: moment, version, rows; the names and the numbers when anything has changed since they were read last. With
    words typed also the keys of what they find, and their order when the best come first.
    """
    offered = Offered.now()
    narrowed = ProjectFilter(data, projects, offered=offered, staff=staff)
    found = _searched(narrowed) if narrowed.chosen["q"] else _counted(narrowed)
    ranked = found.keys is not None and len(found.keys) <= MOST_RANKED and not narrowed.order_chosen
    shown, bad_cursor = _page(narrowed, data, found.keys if ranked else None)
    for project in shown.rows:
        project.programmes = [
            offered.programmes[pk] for pk in dict.fromkeys(project.programme_ids) if pk in offered.programmes
        ]
    groups = facets(
        offered, found.numbers, narrowed.chosen, finds=narrowed.finds, dear=found.dear, wider=found.wider
    )
    return Listing(narrowed, shown, found, groups, bad_cursor, ranked)


def _offered_facets(narrowed: ProjectFilter) -> list[str]:
    return [name for name in FACETS if name != "overdue" or narrowed.staff]


def _counted(narrowed: ProjectFilter) -> Found:
    """Exact numbers for a list without words typed, or for one as if none were."""
    chosen = {name: sorted(values) for name, values in narrowed.chosen.items() if name != "q"}
    base = narrowed.queryset.order_by().values("pk").query.sql_with_params()
    numbers = kept(narrowed.offered, (base, chosen, narrowed.staff), lambda: _count(narrowed, chosen))
    return Found(numbers, numbers.get(("total", ""), 0))


def _count(narrowed: ProjectFilter, chosen: dict[str, list[str]]) -> Numbers:
    whole = narrowed.without("q")
    among: dict[str, Among] = {"": whole}
    for name in _offered_facets(narrowed):
        among[name] = narrowed.without("q", name) if chosen[name] else whole
    _add_overdue(among, narrowed, "q")
    return counts(narrowed.offered, _needed(among))


def _needed(among: dict[str, Among]) -> dict[str, Among]:
    """Without what the count of the whole list tells by the way."""
    return {
        name: rows
        for name, rows in among.items()
        if name not in ("phase", "university", "year") or rows is not among[""]
    }


def _add_overdue(among: dict[str, Among], narrowed: ProjectFilter, *left: str) -> None:
    if "overdue" in among:
        rows = narrowed.without("overdue", *left)
        among["overdue"] = narrowed.filters["overdue"].filter(rows, ["1"])


def _searched(narrowed: ProjectFilter) -> Found:
    """Numbers for what words find: exact for up to MOST_EXACT projects, none where counting would be dear."""
    names = _offered_facets(narrowed)
    chosen = [name for name in names if narrowed.chosen[name]]
    keys = _keys(narrowed, ["", *chosen])
    if len(keys[""]) > MOST_EXACT:
        return Found({}, MOST_EXACT, more=True, dear=set(names), wider=_counted(narrowed).numbers)
    dear = {name for name in chosen if len(keys[name]) > MOST_EXACT}
    among: dict[str, Among] = {name: keys.get(name, keys[""]) for name in ["", *names] if name not in dear}
    _add_overdue(among, narrowed)
    wider = _counted(narrowed).numbers if dear else {}
    numbers = counts(narrowed.offered, _needed(among))
    return Found(numbers, len(keys[""]), dear=dear, wider=wider, keys=keys[""])


def _keys(narrowed: ProjectFilter, names: Sequence[str]) -> dict[str, list[int]]:
    """For each of `names` the keys of the projects under all filters but that one, one more than are counted.

    One query.
    """
    parts = [
        plain(narrowed.without(name))
        .order_by()
        .annotate(a_name=Cast(Value(name), TextField()))
        .values_list("a_name", "pk")[: MOST_EXACT + 1]
        for name in names
    ]
    found: dict[str, list[int]] = {name: [] for name in names}
    for name, key in parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]:
        found[name].append(key)
    return found


def _page(narrowed: ProjectFilter, data: QueryDict, keys: Sequence[int] | None) -> tuple[Page[Any], bool]:
    lines = FundingLine.objects.filter(project=OuterRef("pk")).order_by("position", "pk")
    projects: Any = narrowed.without("") if keys is None else Project.objects.all()
    rows = projects.for_list().annotate(programme_ids=ArraySubquery(lines.values("programme_id")))
    cursors = {"after": data.get("after", ""), "before": data.get("before", "")}
    order = ORDERS[narrowed.order][1]

    def turn(**cursors: str) -> Page[Any]:
        if keys is None:
            return page(rows, order, size=PAGE_SIZE, **cursors)
        return page_of(rows, best, size=PAGE_SIZE, **cursors)

    best = _best_first(keys, narrowed.chosen["q"]) if keys else []
    try:
        return turn(**cursors), False
    except BadCursor:
        return turn(), True


def _best_first(keys: Sequence[int], typed: str) -> list[int]:
    rows = Project.objects.filter(pk__in=keys).ranked(typed)
    return list(rows.order_by("-rank", "-ends_on", "-pk").values_list("pk", flat=True))
