"""What the paper of one project says: everything of its page that the reader may see."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

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
    signal,
    table,
)
from ground.templatetags.ground_tags import day, days_left, in_language, kind, money, number, overdue, size
from projects.models import FundingLine, Project, ProjectDocument
from projects.money import by_source
from projects.sheet import Sheet
from projects.workflow import Publication

Cells = list[Inline | list[Inline]]


def project_paper(found: Sheet) -> dict[str, Any]:
    """The paper of a project in the language in use, for `typeset`."""
    project = found.project
    title = in_language(project, "title")[0]
    blocks = [
        *_head(found),
        _facts(found),
        *_texts(project),
        *_money(found.funding),
        *_amendments(found),
        *_milestones(found),
        *_results(found),
        *_partners(found),
        *_documents(found),
    ]
    return writing.paper(
        title=f"{project.code}: {title}",
        running=f"{project.code} · {project.lead.name_shown}",
        path=project.get_absolute_url(),
        made_on=found.day,
        blocks=blocks,
        author=project.lead.name_shown,
    )


def _head(found: Sheet) -> list[Block]:
    project = found.project
    marks: list[Inline] = [
        muted(f"{project.code} · {project.lead.name_shown} · "),
        str(project.phase_on(found.day).label),
    ]
    if project.publication != Publication.PUBLISHED:
        marks += [" · ", signal(project.get_publication_display())]
    blocks = [paragraph(*marks), {"k": "h", "level": 1, "in": [in_words(project, "title")]}]
    other = "en" if (get_language() or "")[:2] == "lt" else "lt"
    written = {code: getattr(project, f"title_{code}") or "" for code, _name in settings.LANGUAGES}
    if all(written.values()):
        blocks.append({"k": "lede", "in": [{"l": other, "in": [written[other]]}]})
    period = {"first": day(project.starts_on), "last": day(project.ends_on)}
    words = days_left(project.ends_on, found.day)
    return [*blocks, {"k": "period", "percent": project.progress(found.day), "words": words, **period}]


def _facts(found: Sheet) -> Block:
    project, head = found.project, found.head
    first, last = day(project.starts_on), day(project.ends_on)
    return facts(
        [
            (_("Project number"), [[project.code]]),
            (_("Acronym"), [[project.acronym]] if project.acronym else []),
            (_("Period of implementation"), [[f"{first} – {last}"]]),
            (_("Duration"), [[project.years]]),
            (_("Head"), [[head.name]] if head else []),
            (_("Team"), [[one.name, muted(f" · {one.get_part_display()}")] for one in found.others]),
            (_("Departments"), [[in_words(one.unit, "name")] for one in found.departments]),
            (
                _("Lead university"),
                [[link(project.lead.name_shown, _absolute(project.lead.get_absolute_url()))]],
            ),
            (_("Funding"), [[in_words(line.programme, "name")] for line in found.funding]),
            (_("Partners"), _number_of_partners(found)),
            (_("Project websites"), [[link(website.host, website.url)] for website in found.websites]),
            (_("On the portal"), [[page_link(project.get_absolute_url())]]),
        ]
    )


def _number_of_partners(found: Sheet) -> list[list[Inline]]:
    many = len(found.partners)
    words = ngettext("%(number)s organisation", "%(number)s organisations", many) % {"number": many}
    return [[words]] if many else []


def _texts(project: Project) -> list[Block]:
    blocks: list[Block] = []
    for field, words in (
        ("description", _("About the project")),
        ("objectives", _("Objectives")),
        ("results", _("Results")),
    ):
        if text := writing.rich(project, field):
            blocks += [heading(words), *text]
    return blocks


def _money(lines: list[FundingLine]) -> list[Block]:
    """The sources of money line by line, and their sums by currency; what a line does not state says so."""
    if not any(line.amount is not None or line.share is not None or line.contract_number for line in lines):
        return []
    unstated: Inline = muted(_("not stated"))
    rows: list[Cells] = [
        [
            in_words(line.programme, "name"),
            line.contract_number,
            _("%(share)s %%") % {"share": number(line.share)} if line.share is not None else unstated,
            money(line.amount, line.currency) if line.amount is not None else unstated,
        ]
        for line in lines
    ]
    has = (
        True,
        any(line.contract_number for line in lines),
        any(line.share is not None for line in lines),
        True,
    )
    kept = [i for i in range(4) if has[i]]
    header = [_("Source"), _("Contract number"), _("Share"), _("Amount")]
    narrow = [kept.index(i) for i in (2, 3) if i in kept]
    rows = [[row[i] for i in kept] for row in [*rows, *_sums(lines)]]
    widths = " ".join("3200"[i] for i in kept)
    return [heading(_("Money by source")), table([header[i] for i in kept], rows, widths, right=narrow)]


def _sums(lines: list[FundingLine]) -> list[Cells]:
    """A last row for each currency; where an amount is not stated, the sum is not called the total."""
    found = by_source(lines)
    known = [line for line in lines if line.amount is not None]
    if len(lines) < 2 or not known:
        return []
    words = _("Total") if found.whole else _("Stated in all")
    return [
        [{"b": [words]}, "", "", {"b": [money(purse.total, purse.currency)]}]
        for purse in sorted(found.purses, key=lambda purse: purse.currency)
        if purse.currency
    ]


def _amendments(found: Sheet) -> list[Block]:
    rows: list[Cells] = []
    for one in found.amendments:
        reason: list[Inline] = [in_words(one, "reason")]
        if one.document:
            reason += [{"br": True}, _paper(one.document, found.project)]
        before: list[Inline] = [f"{day(one.starts_before)} –", {"br": True}, day(one.ends_before)]
        now: list[Inline] = [f"{day(one.starts_on)} –", {"br": True}, day(one.ends_on)]
        rows.append([str(one.number), day(one.agreed_on), before, now, reason])
    header = [_("No."), _("Agreed on"), _("Period before"), _("Period since then"), _("Reason")]
    return [heading(_("Amendments of the period")), table(header, rows, "0 3 4 4 5")] if rows else []


def _milestones(found: Sheet) -> list[Block]:
    rows: list[Cells] = []
    for one in found.milestones:
        state: list[Inline] = [_("to come")]
        if one.done_on:
            state = [_("done on %(day)s") % {"day": day(one.done_on)}]
        elif late := overdue(one.due_on, found.day):
            state = [signal(late)]
        if one.evidence_url:
            state += [{"br": True}, link(_("Evidence"), one.evidence_url)]
        if one.evidence:
            state += [{"br": True}, _paper(one.evidence, found.project)]
        rows.append([day(one.due_on), in_words(one, "title"), one.get_kind_display(), state])
    header = [_("Due date"), _("What is due"), _("Kind"), _("State")]
    return [heading(_("Milestones")), table(header, rows, "3 6 2 4")] if rows else []


def _results(found: Sheet) -> list[Block]:
    """What it brought, one list for each category."""
    blocks: list[Block] = [heading(_("What the project brought"))] if found.results else []
    for category, results in found.results_by_category:
        items: list[list[Block]] = []
        for one in results:
            line: list[Inline] = [link(in_words(one, "title"), one.url)]
            if one.reached_on:
                line.append(muted(f" · {day(one.reached_on)}"))
            items.append([paragraph(*line)])
        blocks += [heading(category, 3), {"k": "list", "start": 0, "items": items}]
    return blocks


def _partners(found: Sheet) -> list[Block]:
    rows: list[Cells] = []
    for country, partners in found.countries:
        for place, partner in enumerate(partners):
            city = f" · {partner.organisation.city}" if partner.organisation.city else ""
            cells: Cells = [[partner.organisation.name_shown, muted(city)], partner.get_part_display()]
            rows.append([{"rows": len(partners), "in": [country.name]}, *cells] if place == 0 else cells)
    header = [_("Country"), _("Organisation"), _("Role")]
    return [heading(_("Partners")), table(header, rows, "2 5 2")] if rows else []


def _documents(found: Sheet) -> list[Block]:
    """The documents that the reader may open; internal ones say so."""
    items: list[list[Block]] = []
    for paper in found.documents:
        about = f" · {kind(paper.document.content_type)}, {size(paper.document.size)}"
        line: list[Inline] = [_paper(paper, found.project), muted(about)]
        if not paper.is_public:
            words = _("For staff of the universities that keep the project and the alliance office")
            line += [" · ", signal(words)]
        items.append([paragraph(*line)])
    return [heading(_("Documents")), {"k": "list", "start": 0, "items": items}] if items else []


def _paper(paper: ProjectDocument, project: Project) -> Inline:
    """The title of a document, which leads to its file."""
    file = reverse("projects:document", args=[project.key, paper.document.uuid])
    return link(in_words(paper, "title"), _absolute(file))


def _absolute(path: str) -> str:
    return f"{settings.BASE_URL}{path}"
