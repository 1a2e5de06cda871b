"""How many projects each choice of the list would leave: counted in one statement, kept until something changes."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Count, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, ExtractYear, Left, Length

from ground import finished
from projects.models import FundingLine, Project, phase_condition_by_lead
from projects.offered import Offered, plain
from projects.workflow import Phase

# From here on counting is dear: "more than 1,000".
MOST_EXACT = 1000
KEPT_FOR = 24 * 3600
# Counting that takes so many seconds rests so many times as long, but no longer than this.
DEAR, REST, LONGEST_REST = 1.0, 10, 60
OWN = ("phase", "university", "year")
Numbers = dict[tuple[str, str], int]
# The projects to count among: a query, or their keys where they were looked up already.
Among = QuerySet[Project] | Sequence[int]


def kept(offered: Offered, asked: Any, count: Callable[[], Numbers]) -> Numbers:
    """The numbers for what was `asked` (anything that prints the same for the same question) as of now.

    They are counted anew once anything in the lists has changed, and on each new day. Where counting takes a second or
    more, it is not done more often than every ten times as long: the numbers may be that old, the projects never.
    """
    question = repr((sorted(offered.leads_by_day.items()), asked)).encode()
    key = f"projects:counts:{hashlib.sha256(question).hexdigest()}"
    numbers: Numbers
    version, fresh_until, numbers = cache.get(key) or ("", offered.moment, {})
    if version == offered.version or offered.moment < fresh_until:
        if offered.version != version:
            finished.until(fresh_until)
        return numbers
    begun = time.monotonic()
    numbers = count()
    took = time.monotonic() - begun
    rest = dt.timedelta(seconds=min(took * REST, LONGEST_REST) if took >= DEAR else 0)
    cache.set(key, (offered.version, offered.moment + rest, numbers), KEPT_FOR)
    return numbers


def counts(offered: Offered, among: Mapping[str, Among]) -> Numbers:
    """How many projects each choice leaves, by facet and value; ("total", "") is the list itself. One query.

    `among[name]` are the projects under all filters but those of that facet ("": under all): a facet counts what
    choosing would bring, whatever is chosen in it now. A facet that is not in `among` is not counted.
    """
    statement = _Statement(offered)
    known = {name: _or_nothing(rows) for name, rows in among.items()}
    for name in ("", *known):
        statement.count(name, known.get(name, known[""]))
    return statement.run()


def _or_nothing(among: Among) -> Among:
    """No keys, where it is clear without asking that nothing matches (nothing but marks was typed)."""
    if isinstance(among, QuerySet):
        try:
            str(among.query)
        except EmptyResultSet:
            return ()
    return among


class _Statement:
    """One statement of many branches, each `facet, value, value, value, number`."""

    def __init__(self, offered: Offered) -> None:
        self.offered = offered
        self.tables: dict[int, str] = {}
        self.heads: list[str] = []
        self.branches: list[str] = []
        self.head_values: list[Any] = []
        self.values: list[Any] = []
        self.counted: set[str] = set()

    def count(self, name: str, among: Among) -> None:
        """Add what counts `name` among `among`."""
        if name in self.counted:
            return
        self.counted.add(name)
        table = self._table(among)
        if name in ("", *OWN):
            self.branches.append(_OWN.format(facet=name or "total", table=table))
        elif name == "department":
            self.branches.append(_DEPARTMENTS.format(table=table))
        elif name == "overdue":
            self.branches.append(_OVERDUE.format(table=table))
        elif not isinstance(among, QuerySet):
            self._pairs(table, name)
        elif name == "programme":
            self._sets(
                table, name, _programmes(self.offered), "projects_fundingline", "programme_id", _BY_PLACE
            )
        elif name == "country":
            lands = {number: {code} for number, code in enumerate(self.offered.countries, start=1)}
            self._sets(table, name, lands, "projects_partnership", "organisation_id", _BY_COUNTRY)

    def _pairs(self, table: str, name: str) -> None:
        """Count each of a few projects once for a value, however many of its rows have it."""
        self.branches.append(_PAIRS[name].format(table=table))
        if name == "programme":
            pairs = [(pk, slug) for pk, own in _programmes(self.offered).items() for slug in own]
            self.values += [[pk for pk, _slug in pairs], [slug for _pk, slug in pairs]]

    def _sets(
        self, table: str, facet: str, known: Mapping[int, set[str]], link: str, column: str, lookup: str
    ) -> None:
        """Count each project once for a value, however many of its rows have it.

        Every project's values are gathered as the bits of one number, in the order of an index: sorting out what
        occurs twice takes five times as long. `known` says which values a row with that number in `column` has.
        """
        values = sorted(set().union(*known.values()))
        for first in range(0, len(values), BITS):
            word = values[first : first + BITS]
            masks = [0] * max(known)
            for number, own in known.items():
                masks[number - 1] = sum(1 << word.index(value) for value in own if value in word)
            self.branches.append(
                _SETS.format(facet=facet, table=table, link=link, column=column, lookup=lookup)
            )
            self.values += [masks, *([list(self.offered.countries)] if lookup == _BY_COUNTRY else []), word]

    def _table(self, among: Among) -> str:
        if id(among) not in self.tables:
            self.tables[id(among)] = name = f"among_{len(self.tables)}"
            rows = among if isinstance(among, QuerySet) else Project.objects.all()
            sql, values = _columns(rows, self.offered).query.sql_with_params()
            if not isinstance(among, QuerySet):
                sql, values = f"{sql} WHERE projects_project.id = ANY(%s::bigint[])", (*values, list(among))
            self.heads.append(f"{name} (id, lead_id, phase, year) AS NOT MATERIALIZED ({sql})")
            self.head_values += values
        return self.tables[id(among)]

    def run(self) -> Numbers:
        sql = f"WITH {', '.join(self.heads)} {' UNION ALL '.join(self.branches)}"
        with connection.cursor() as cursor:
            cursor.execute(sql, [*self.head_values, *self.values])
            return self._numbers(cursor.fetchall())

    def _numbers(self, rows: Iterable[tuple[str, str, str, str, int]]) -> Numbers:
        found: Counter[tuple[str, str]] = Counter()
        slugs = {str(u.pk): u.slug for u in self.offered.universities.values()}
        units = {str(u.pk): u.slug for u in self.offered.units.values()}
        for facet, phase, lead, year, number in rows:
            own = {"phase": phase, "university": slugs.get(lead, lead), "year": year}
            if facet == "total":
                found["total", ""] += number
                for name in OWN:
                    if name not in self.counted:
                        found[name, own[name]] += number
            elif facet in OWN:
                found[facet, own[facet]] += number
            else:
                found[facet, units.get(phase, phase) if facet == "department" else phase] += number
        return dict(found)


_OWN = "SELECT '{facet}', phase, lead_id::text, year, count(*) FROM {table} GROUP BY phase, lead_id, year"
_DEPARTMENTS = (
    "SELECT 'department', unit_id::text, '', '', count(*) FROM projects_department "
    "WHERE project_id IN (SELECT id FROM {table}) GROUP BY unit_id"
)
_OVERDUE = "SELECT 'overdue', '1', '', '', count(*) FROM {table} HAVING count(*) > 0"
_PAIRS = {
    "programme": (
        "SELECT 'programme', slug, '', '', count(*) FROM (SELECT DISTINCT line.project_id, tree.slug "
        "FROM projects_fundingline line JOIN unnest(%s::bigint[], %s::text[]) AS tree(id, slug) "
        "ON tree.id = line.programme_id WHERE line.project_id IN (SELECT id FROM {table})) paid GROUP BY slug"
    ),
    "country": (
        "SELECT 'country', country, '', '', count(*) FROM (SELECT DISTINCT one.project_id, body.country "
        "FROM projects_partnership one JOIN members_organisation body ON body.id = one.organisation_id "
        "WHERE one.project_id IN (SELECT id FROM {table})) taking_part GROUP BY country"
    ),
}
_SETS = (
    "SELECT '{facet}', value, '', '', sum(number)::bigint FROM (SELECT mask, count(*) AS number FROM "
    "(SELECT bit_or(({lookup})[{column}]) AS mask FROM {link} WHERE project_id IN (SELECT id FROM {table}) "
    "GROUP BY project_id) gathered GROUP BY mask) sets JOIN unnest(%s::text[]) WITH ORDINALITY AS bits(value, place) "
    "ON (mask & (1::bigint << (place - 1)::int)) <> 0 GROUP BY value"
)
_BY_PLACE = "%s::bigint[]"
# The number of an organisation leads to its country's place among the countries, and that to its bit.
_BY_COUNTRY = (
    "SELECT array_agg((%s::bigint[])[array_position(%s::text[], country::text)] ORDER BY number) "
    "FROM generate_series(1, (SELECT max(id) FROM members_organisation)) AS number "
    "LEFT JOIN members_organisation ON id = number"
)
BITS = 62


def _columns(rows: QuerySet[Any], offered: Offered) -> QuerySet[Any]:
    phases = [
        When(phase_condition_by_lead(phase, offered.leads_by_day), then=Value(str(phase.value)))
        for phase in Phase
    ]
    phase = Case(*phases, default=Value(""), output_field=TextField())
    named = plain(rows).order_by().annotate(a_phase=Cast(phase, TextField()))
    named = named.annotate(a_year=Cast(ExtractYear("starts_on"), TextField()))
    return named.values_list("pk", "lead_id", "a_phase", "a_year")


def _programmes(offered: Offered) -> dict[int, set[str]]:
    """For each programme the addresses of itself and of all that it is part of."""
    slugs = {programme.place: programme.slug for programme in offered.programmes.values()}
    found: dict[int, set[str]] = {}
    for programme in offered.programmes.values():
        steps = programme.place.split(".")
        places = (".".join(steps[: depth + 1]) for depth in range(len(steps)))
        found[programme.pk] = {slugs[place] for place in places if place in slugs}
    return found


def programme_branches(paths: Iterable[str], projects: QuerySet[Project]) -> list[QuerySet[Any]]:
    """How many of `projects` stand under each programme, one branch for each level of the tree.

    A project counts once for a programme, however many of its actions pay for it.
    """
    branches = []
    for length in sorted({len(path) for path in paths}):
        lines = FundingLine.objects.order_by().annotate(length=Length("programme__path"))
        lines = lines.filter(length__gte=length, project__in=projects.values("pk"))
        named = plain(lines).annotate(facet=Cast(Value("programme"), TextField()))
        named = named.annotate(value=Cast(Left("programme__path", length), TextField()))
        branches.append(named.values_list("facet", "value").annotate(number=Count("project", distinct=True)))
    return branches
