"""What the paper of a filtered list says: numbers, money, and the projects themselves."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Case, Count, F, QuerySet, Sum, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ground import clock
from ground.papers import writing
from ground.papers.writing import (
    Block,
    Inline,
    facts,
    heading,
    in_words,
    link,
    muted,
    page_link,
    paragraph,
    short_day,
    table,
)
from ground.templatetags.ground_tags import filled, money, number
from projects.counting import counts
from projects.facets import FACETS
from projects.filters import ORDERS, ProjectFilter
from projects.in_order import InOrder
from projects.models import FundingLine, Project
from projects.offered import Offered

LONGEST = 500  # projects in the table; a longer one is a spreadsheet's work
_BY = {
    "phase": gettext_lazy("By phase"),
    "programme": gettext_lazy("By programme"),
    "university": gettext_lazy("By lead university"),
}
Rows = list[list[Inline | list[Inline]]]


def summary_paper(data: Any, projects: Any, *, staff: bool = False) -> dict[str, Any]:
    """The paper about those of `projects` that the query `data` asks for, in the language in use, for `typeset`.

    `staff`: whether the reader works with projects (see ProjectFilter).
    """
    offered = Offered.now()
    narrowed = ProjectFilter(data, projects, offered=offered, staff=staff)
    found, listed = narrowed.without(""), InOrder(narrowed)
    total = found.count()
    query = narrowed.query
    path = reverse("projects:list") + (f"?{query}" if query else "")
    return writing.paper(
        title=_("Projects: a summary"),
        running=_("Projects: a summary"),
        path=path,
        made_on=clock.date_in(offered.moment, settings.TIME_ZONE),
        blocks=[
            {"k": "h", "level": 1, "in": [_("Projects: a summary")]},
            _total(total),
            _filters(listed, path),
            *([*_numbers(found, offered), *_money(found), *_table(listed, total)] if total else []),
        ],
    )


def _total(total: int) -> Block:
    if not total:
        return {"k": "lede", "in": [_("No project matches")]}
    words = ngettext("%(number)s project", "%(number)s projects", total) % {"number": number(total)}
    return {"k": "lede", "in": [words]}


def _filters(listed: InOrder, path: str) -> Block:
    """The filters in force, in words."""
    narrowed = listed.filter
    chosen = narrowed.chosen
    rows: list[tuple[str, list[list[Inline]]]] = []
    if typed := chosen.get("q"):
        rows.append((_("Words"), [[typed]]))
    for name, label in FACETS.items():
        asked = chosen.get(name) or ()
        words: list[Inline] = [str(c.label) for c in narrowed.offered.choices(name) if c.value in asked]
        rows.append((str(label), [[one] for one in words]))
    if not any(values for _name, values in rows):
        rows.append((_("Filters"), [[_("None: all projects that you may see")]]))
    order = ORDERS[narrowed.order][0] if listed.best is None else _("Best match")
    rows.append((_("Order"), [[str(order)]]))
    rows.append((_("On the portal"), [[page_link(path)]]))
    return facts(rows)


def _numbers(found: QuerySet[Project], offered: Offered) -> list[Block]:
    """Tables of how many projects there are by phase, programme and lead; a project counts for each of its sources."""
    numbers = counts(offered, {"": found, "programme": found})
    blocks: list[Block] = []
    for name, words in _BY.items():
        rows: Rows = [
            [["\u2003" * choice.depth, str(choice.label)], number(numbers[name, choice.value])]
            for choice in offered.choices(name)
            if numbers.get((name, choice.value))
        ]
        if rows:
            blocks += [heading(str(words)), table([str(FACETS[name]), _("Projects")], rows, "5 1", right=[1])]
    return blocks


def _money(found: QuerySet[Project]) -> list[Block]:
    """The known amounts by currency, never added across currencies, and what these sums lack."""
    lines = FundingLine.objects.filter(project__in=found.order_by().values("pk")).order_by()
    sums = (
        lines.annotate(own=_OWN_CURRENCY)
        .values_list("own")
        .annotate(Sum("amount"), Count("project", distinct=True))
        .order_by("own")
    )
    by_currency = {code: (amount, projects) for code, amount, projects in sums}
    _none, unstated = by_currency.pop("", (None, 0))
    if not by_currency:
        return []
    rows: Rows = [
        [code, number(projects), money(amount, code)] for code, (amount, projects) in by_currency.items()
    ]
    header = [_("Currency"), _("Projects with an amount"), _("Total")]
    words = ngettext(
        "In %(number)d project a source does not state its amount; it is not in these sums.",
        "In %(number)d projects a source does not state its amount; it is not in these sums.",
        unstated,
    )
    lacks = [paragraph(muted(filled(words, number=unstated)))] if unstated else []
    return [heading(_("Money by currency")), table(header, rows, "2 2 2", right=[1, 2]), *lacks]


# The currency of a line that states an amount; one that states none has none that counts.
_OWN_CURRENCY = Case(When(amount__isnull=False, then=F("currency")), default=Value(""))


def _table(listed: InOrder, total: int) -> list[Block]:
    projects = listed.first(LONGEST)
    amounts = _amounts(projects)
    blocks = [heading(_("Projects"))]
    if total > LONGEST:
        words = _("The first %(shown)s of %(total)s projects. The list can be exported whole as a table.")
        blocks.append(paragraph(words % {"shown": number(LONGEST), "total": number(total)}))
    rows: Rows = []
    for project in projects:
        address = settings.BASE_URL + project.get_absolute_url()
        today = listed.filter.offered.moment
        phase = project.phase_on(clock.date_in(today, project.lead.zone)).label
        period: list[Inline] = [f"{short_day(project.starts_on)} –", {"br": True}, short_day(project.ends_on)]
        about: list[Inline] = [in_words(project, "title"), {"br": True}, muted(project.lead.name_shown)]
        rows.append([link(project.code, address), about, period, [str(phase)], amounts.get(project.pk, "")])
    header = [_("Number"), _("Title and lead university"), _("Period"), _("Phase"), _("Amount")]
    return [*blocks, table(header, rows, "5 11 4 4 4", right=[4])]


def _amounts(projects: list[Project]) -> dict[int, list[Inline]]:
    """The money of each project, one line for each currency; a source without an amount is not passed over."""
    lines = FundingLine.objects.filter(project__in=[p.pk for p in projects])
    sums = lines.annotate(own=_OWN_CURRENCY).values_list("project", "own").annotate(Sum("amount"))
    found: dict[int, list[Inline]] = {}
    for project, currency, amount in sums.order_by("project", "-own"):
        lines_so_far = found.setdefault(project, [])
        words: Inline = money(amount, currency) if currency else muted(_("not stated"))
        lines_so_far += [*([{"br": True}] if lines_so_far else []), words]
    return found
