"""Reads projects for an export, batch by batch: memory stays flat, and a reader who goes away costs nothing more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast, JSONObject
from django.urls import reverse

from ground import clock
from ground.paging import batches
from members.models import Identifier, Scheme, University
from members.models.organisation import in_lithuanian
from projects.exports.columns import Row
from projects.models import (
    Amendment,
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Project,
    Result,
    TeamMember,
    Website,
)
from projects.workflow import Phase

BATCH = 250
_TEXTS = [
    f"{name}_{code}" for name in ("title", "description", "objectives", "results") for code in ("en", "lt")
]
_OWN = ["pk", "key", "code", "acronym", *_TEXTS, "starts_on", "ends_on", "publication", "lead_id"]


@dataclass(frozen=True)
class Lead:
    """What a row says about its lead university."""

    code: str
    name: str
    name_lt: str | None
    zone: str


def rows(
    projects: QuerySet[Project],
    order: Sequence[str],
    *,
    reader: Any = None,
    keys: Sequence[int] | None = None,
    size: int = BATCH,
) -> Iterator[list[Row]]:
    """The rows of `projects` in `order` (as ground.paging wants it), `size` at a time; with `keys` (few) in theirs.

    Inner papers are named to a `reader` who keeps the project, and to nobody when nothing is said.

    One query a batch, and two at the beginning: the moment and the lead universities.
    """
    moment, leads = clock.now(), _leads()
    pages = f"{settings.BASE_URL}{reverse('projects:list')}"
    days = {pk: clock.date_in(moment, lead.zone) for pk, lead in leads.items()}
    plain: Any = projects.rewrite(False) if hasattr(projects, "rewrite") else projects
    found = plain.only(*_OWN, *(name.lstrip("-") for name in order)).annotate(
        **_parts(), keeps=_keeps(reader)
    )
    for batch in batches(found, order, size=size) if keys is None else [_by_keys(found, keys)]:
        yield [_row(project, leads[project.lead_id], days[project.lead_id], pages) for project in batch]


def _by_keys(found: QuerySet[Project], keys: Sequence[int]) -> list[Project]:
    by_key = {project.pk: project for project in found.filter(pk__in=keys)}
    return [by_key[key] for key in keys if key in by_key]


def _leads() -> dict[int, Lead]:
    codes = Identifier.objects.filter(organisation=OuterRef("organisation"), scheme=Scheme.ERASMUS)
    found = University.objects.annotate(erasmus=Subquery(codes.values("value")[:1]))
    found = found.annotate(name_lt=in_lithuanian("organisation__"))
    names = ("pk", "erasmus", "slug", "organisation__name", "name_lt", "zone")
    return {
        pk: Lead(erasmus or slug, name, name_lt, zone)
        for pk, erasmus, slug, name, name_lt, zone in found.order_by().values_list(*names)
    }


def _keeps(reader: Any) -> Exists:
    """Whether `reader` may open the inner papers of the project at hand."""
    kept = Project.objects.none() if reader is None else Project.objects.kept_by_staff(reader)
    return Exists(kept.filter(pk=OuterRef("pk")))


def _parts() -> dict[str, ArraySubquery]:
    """Each kind of row of a project as an array of JSON objects, named as its column."""
    names = {"name_en": "unit__name_en", "name_lt": "unit__name_lt"}
    titles = {"title_en": "title_en", "title_lt": "title_lt"}
    return {
        "team_rows": _array(TeamMember, name="name", role="part"),
        "department_rows": _array(Department, **names),
        "funding_rows": _array(FundingLine, **_FUNDING),
        "partner_rows": _array(
            Partnership, name="organisation__name", country="organisation__country", role="part",
            name_lt=in_lithuanian("organisation__"),
        ),
        "milestone_rows": _array(
            Milestone, due_on="due_on", done_on="done_on", kind="kind", evidence_url="evidence_url", **titles,
            **_file("evidence"),
        ),
        "outcome_rows": _array(Result, category="category", url="url", reached_on="reached_on", **titles),
        "amendment_rows": _array(Amendment, **_AMENDMENT, **_file("document")),
        "website_rows": _array(Website, url="url"),
    }  # fmt: skip


def _file(name: str) -> dict[str, Any]:
    """The file to which a row links by `name`, and whether everybody may open it."""
    return {name: Cast(f"{name}__document__uuid", TextField()), "is_public": f"{name}__is_public"}


_FUNDING: dict[str, Any] = {
    "programme": "programme__slug",
    "amount": Cast("amount", TextField()),
    "currency": "currency",
    "share": Cast("share", TextField()),
    "contract": "contract_number",
    "name_en": "programme__name_en",
    "name_lt": "programme__name_lt",
}
_PERIODS = ("starts_before", "ends_before", "starts_on", "ends_on")
_AMENDMENT = {name: name for name in ("number", "agreed_on", "reason_en", "reason_lt", *_PERIODS)}


def _array(model: Any, **fields: Any) -> ArraySubquery:
    named = {name: F(value) if isinstance(value, str) else value for name, value in fields.items()}
    found = model.objects.all()
    plain = found.rewrite(False) if hasattr(found, "rewrite") else found
    return ArraySubquery(plain.filter(project=OuterRef("pk")).values(row=JSONObject(**named)).values("row"))


def _row(project: Any, lead: Lead, day: dt.date, pages: str) -> Row:
    """One project by the names of the columns."""
    page = f"{pages}{project.key}/"
    own = {name: getattr(project, name) for name in _OWN}
    heads = [one["name"] for one in project.team_rows if one["role"] == TeamMember.Part.HEAD]
    sources = {
        line["programme"]: {name: line[name] for name in ("name_en", "name_lt")} | {"slug": line["programme"]}
        for line in project.funding_rows
    }
    return own | {
        "lead": lead.code,
        "lead_name": lead.name,
        "lead_name_lt": lead.name_lt,
        "phase": Phase(project.phase_on(day)).value,
        "head": heads[0] if heads else "",
        "team": [one for one in project.team_rows if one["role"] != TeamMember.Part.HEAD],
        "departments": project.department_rows,
        "programmes": list(sources.values()),
        "funding": [_without_names(line) for line in project.funding_rows],
        "partners": project.partner_rows,
        "milestones": [_with_file(one, "evidence", project, page) for one in project.milestone_rows],
        "outcomes": project.outcome_rows,
        "amendments": [_with_file(one, "document", project, page) for one in project.amendment_rows],
        "websites": [one["url"] for one in project.website_rows],
        "url": page,
    }


def _with_file(thing: dict[str, Any], name: str, project: Any, page: str) -> dict[str, Any]:
    """The row with the address of its file in the place of the file's identifier, for who may open it."""
    opens = thing.pop("is_public") or project.keeps
    return thing | {name: f"{page}documents/{thing[name]}/" if thing[name] and opens else None}


def _without_names(line: dict[str, Any]) -> dict[str, Any]:
    named = {key: value for key, value in line.items() if not key.startswith("name_")}
    if not named["amount"]:
        named["currency"] = None  # a currency without an amount says nothing
    return named
