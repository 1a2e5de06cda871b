"""The register of agreements as its page lists it: narrowed by facets and search, in an order, 25 a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ground import text
from ground.paging import BadCursor, Page, page_of
from members.directory import Facet, Option
from members.models import Agreement, Kind, University
from members.models.agreement import AgreementQuerySet
from members.models.organisation import Identifier, Scheme
from members.register.next_step import Next, State, next_step, states
from members.register.standing import Places, Standing, standings
from members.workflow import AgreementStatus

SIZE = 25
LONGEST_TYPED = 200
WAITS = "mine"  # the one value that is no state: what waits for the person


@dataclass(frozen=True)
class Line:
    """One agreement in the register. `own` is the person's side, None for who sees both from outside."""

    standing: Standing
    own: University | None
    partner: University
    first: University
    next: Next
    states: list[State]
    year: str

    @property
    def url(self) -> str:
        return Agreement(uuid=self.standing.uuid).get_absolute_url()

    @property
    def left(self) -> University:
        """The side that is counted as sending out: the person's own, else the proposing one."""
        return self.own or self.first

    @property
    def out(self) -> Places:
        return self.standing.places(self.left.pk, self.year)

    @property
    def back(self) -> Places:
        return self.standing.places(self.partner.pk, self.year)

    @property
    def code(self) -> str:
        return self.standing.code_of(self.left.pk)

    @property
    def codes(self) -> list[str]:
        return [side.code for side in self.standing.sides if side.code]

    @property
    def partners(self) -> list[University]:
        """Whom it is with: the partner, or both for who is neither."""
        return [self.partner] if self.own else [self.first, self.partner]


@dataclass(frozen=True)
class Listing:
    """What the page shows. `waiting` counts what waits for the person, whatever is filtered."""

    lines: list[Line]
    facets: list[Facet]
    typed: str
    order: str
    waiting: int
    left_out: bool

    @property
    def narrowed(self) -> bool:
        return bool(self.typed) or any(facet.chosen for facet in self.facets)


VALUES: Mapping[str, Callable[[Line], Iterable[str]]] = {
    "status": lambda line: [line.standing.status, *([WAITS] if line.next.waits else [])],
    "partner": lambda line: [university.slug for university in line.partners],
    "kind": lambda line: {flow.kind for flow in line.standing.flows},
    "year": lambda line: line.standing.years,
}
LABELS: Mapping[str, Promise] = {
    "status": _("State"), "partner": _("Partner"), "kind": _("Kind"), "year": _("Academic year"),
}  # fmt: skip
ORDERS: Mapping[str, Promise] = {
    "waiting": _("what waits for me"), "partner": _("partner"), "years": _("last year"), "changed": _("last change"),
}  # fmt: skip


def lines(agreements: AgreementQuerySet, user: Any, mine: set[int], year: str) -> list[Line]:
    """A line for each agreement, the newest first; `year` is the academic year that runs. Three queries."""
    return lines_of(standings(agreements, user), mine, year)


def lines_of(found: list[Standing], mine: set[int], year: str) -> list[Line]:
    """The same of standings at hand. One query."""
    wanted = {side.university for one in found for side in one.sides}
    universities = University.objects.for_list().annotate(erasmus_codes=_codes()).in_bulk(wanted)
    names = {pk: str(university) for pk, university in universities.items()}
    return [_line(one, mine, universities, names, year) for one in found]


def _codes() -> ArraySubquery:
    """The codes by which the programme knows a university: people look for it by them too."""
    codes = Identifier.objects.filter(organisation=OuterRef("organisation"), scheme=Scheme.ERASMUS)
    return ArraySubquery(codes.values("value"))


def _line(
    one: Standing, mine: set[int], universities: Mapping[int, University], names: Mapping[int, str], year: str
) -> Line:
    own = one.own(mine)
    first = one.sides[0].university
    return Line(
        standing=one, own=universities[own] if own else None, partner=universities[one.other(own or first)],
        first=universities[first], next=next_step(one, mine, names, year), states=states(one),
        year=max(one.first_year, min(year, one.ends)),
    )  # fmt: skip


def listing(rows: list[Line], query: QueryDict) -> Listing:
    """Narrow `rows` by what the address asks for; a facet's numbers say what the other facets and the search leave."""
    typed = query.get("q", "").replace("\x00", "").strip()[:LONGEST_TYPED]
    found = _found(rows, typed)
    offered = {name: {value for row in rows for value in read(row)} for name, read in VALUES.items()}
    asked = {name: set(query.getlist(name)) for name in VALUES}
    chosen = {name: asked[name] & offered[name] for name in VALUES}
    facets = [_facet(name, _narrowed(found, chosen, but=name), chosen[name], rows) for name in VALUES]
    order = query.get("sort", "")
    order = order if order in ORDERS else next(iter(ORDERS))
    return Listing(
        lines=sorted(_narrowed(found, chosen), key=_KEYS[order]),
        facets=[facet for facet in facets if len(facet.options) > 1 or facet.chosen],
        typed=typed,
        order=order,
        waiting=sum(row.next.waits for row in rows),
        left_out=any(asked[name] - offered[name] for name in VALUES),
    )


def page(
    found: Listing, agreements: AgreementQuerySet, query: QueryDict
) -> tuple[Page[Agreement], list[Line], bool]:
    """The page of the list that the address asks for, its lines, and whether its cursor was none of ours."""
    by_key = {line.standing.pk: line for line in found.lines}
    keys = list(by_key)
    after, before = query.get("after", ""), query.get("before", "")
    rows = agreements.only("pk")
    try:
        shown, bad = page_of(rows, keys, size=SIZE, after=after, before=before), False
    except BadCursor:
        shown, bad = page_of(rows, keys, size=SIZE), True
    return shown, [by_key[row.pk] for row in shown.rows], bad


def _by_partner(line: Line) -> Any:
    names = [text.sort_key(university.name_shown) for university in line.partners]
    return [*names, line.standing.first_year, -line.standing.pk]


_KEYS: Mapping[str, Callable[[Line], Any]] = {
    "waiting": lambda line: (not line.next.waits, *_by_partner(line)),
    "partner": _by_partner,
    "years": lambda line: (-int(line.standing.ends[:4]), *_by_partner(line)),
    "changed": lambda line: (-line.standing.changed_at.timestamp(), line.standing.pk),
}


def _found(rows: list[Line], typed: str) -> list[Line]:
    """Lines in which every word typed begins one of a partner's names or Erasmus code, or stands in an own code."""
    wanted = text.fold(typed).split()
    return [row for row in rows if all(_has(row, word) for word in wanted)]


def _has(row: Line, word: str) -> bool:
    names = [
        part
        for university in row.partners
        for name in (*university.organisation.names, *university.erasmus_codes)  # type: ignore[attr-defined]
        for part in text.fold(name).split()
    ]
    return any(name.startswith(word) for name in names) or any(word in text.fold(c) for c in row.codes)


def _narrowed(rows: list[Line], chosen: Mapping[str, set[str]], but: str = "") -> list[Line]:
    wanted = {name: values for name, values in chosen.items() if values and name != but}
    return [row for row in rows if all(values & set(VALUES[name](row)) for name, values in wanted.items())]


def _facet(name: str, rows: list[Line], chosen: set[str], everything: list[Line]) -> Facet:
    counts = Counter(value for row in rows for value in set(VALUES[name](row)))
    words = _words(name, everything)
    options = [
        Option(value, label, counts[value], value in chosen)
        for value, label in words.items()
        if counts[value] or value in chosen
    ]
    return Facet(name, LABELS[name], options)


def _words(name: str, rows: list[Line]) -> dict[str, str]:
    """Every value that can be chosen, with its words, in the order in which people look for it."""
    if name == "status":
        statuses: dict[str, str] = {status.value: str(status.label) for status in AgreementStatus}
        return {WAITS: str(_("Waits for me")), **statuses}
    if name == "kind":
        return {kind.value: str(kind.label) for kind in Kind}
    if name == "year":
        return {year: year for year in sorted({year for row in rows for year in row.standing.years})}
    found = {university.slug: str(university) for row in rows for university in row.partners}
    return dict(sorted(found.items(), key=lambda pair: text.sort_key(pair[1])))
