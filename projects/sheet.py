"""Everything that a project's page shows of the project, in one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, Model, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject
from django_countries.fields import Country

from documents.models import Document
from ground import clock
from members.models import Organisation, OrganisationalUnit, University
from projects.models import (
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Programme,
    Project,
    ProjectDocument,
    TeamMember,
    Website,
)
from projects.models.project import ProjectQuerySet

Record = TypeVar("Record", bound=Model)

_ORGANISATION = {
    "organisation__name": "organisation__name",
    "organisation__local_name": "organisation__local_name",
    "organisation__local_language": "organisation__local_language",
    "organisation__short_name": "organisation__short_name",
    "organisation__country": "organisation__country",
    "organisation__city": "organisation__city",
    "slug": "organisation__university__slug",
}


@dataclass(frozen=True)
class Sheet:
    """A project with its rows, each kind in its order."""

    project: Project
    day: dt.date
    funding: list[FundingLine]
    websites: list[Website]
    team: list[TeamMember]
    departments: list[Department]
    partners: list[Partnership]
    milestones: list[Milestone]
    documents: list[ProjectDocument]

    @property
    def head(self) -> TeamMember | None:
        return next((one for one in self.team if one.part == TeamMember.Part.HEAD), None)

    @property
    def others(self) -> list[TeamMember]:
        """The team without its head."""
        return [one for one in self.team if one.part != TeamMember.Part.HEAD]

    @property
    def countries(self) -> list[tuple[Country, list[Partnership]]]:
        """The partners by country, countries by their name in the reader's language."""
        groups = groupby(self.partners, key=lambda partner: partner.organisation.country)
        return sorted(
            ((country, list(partners)) for country, partners in groups), key=lambda group: group[0].name
        )

    @property
    def dated(self) -> list[tuple[Milestone, str]]:
        """The milestones, each with the state in which a timeline shows it: done, late or to come."""
        return [
            (m, "done" if m.done_on else "late" if m.days_overdue(self.day) else "") for m in self.milestones
        ]


def sheet(projects: ProjectQuerySet, user: Any, key: str) -> Sheet:
    """The project with address `key` among `projects`, with all that `user` may see of it.

    Raises Project.DoesNotExist. One query, and one for the moment.
    """
    papers = ProjectDocument.objects.visible_to(user)
    project = (
        projects.for_page()
        .annotate(
            funding_rows=_rows(FundingLine.objects.all(), **_FUNDING),
            website_rows=_rows(Website.objects.all(), url="url"),
            team_rows=_rows(TeamMember.objects.all(), part="part", name="name"),
            department_rows=_rows(Department.objects.all(), name_en="unit__name_en", name_lt="unit__name_lt"),
            partner_rows=_rows(Partnership.objects.all(), part="part", **_ORGANISATION),
            milestone_rows=_rows(Milestone.objects.all(), **_MILESTONE),
            paper_rows=_rows(papers, **_PAPER),
        )
        .get(key=key)
    )
    return _read(project, clock.today(project.lead.zone))


_FUNDING: Mapping[str, Any] = {
    "amount": Cast("amount", TextField()),
    "share": Cast("share", TextField()),
    "currency": "currency",
    "contract_number": "contract_number",
    "slug": "programme__slug",
    "name_en": "programme__name_en",
    "name_lt": "programme__name_lt",
}
_MILESTONE = {name: name for name in ("kind", "title_en", "title_lt", "due_on", "done_on")}
_PAPER: Mapping[str, Any] = {
    "title_en": "title_en",
    "title_lt": "title_lt",
    "is_public": "is_public",
    "uuid": Cast("document__uuid", TextField()),
    "name": "document__name",
    "content_type": "document__content_type",
    "size": "document__size",
}


def _rows(rows: QuerySet[Any], **fields: Any) -> ArraySubquery:
    """The rows of the project at hand as an array of JSON objects."""
    named = {name: F(value) if isinstance(value, str) else value for name, value in fields.items()}
    plain = rows.rewrite(False) if hasattr(rows, "rewrite") else rows
    return ArraySubquery(plain.filter(project=OuterRef("pk")).values(row=JSONObject(**named)).values("row"))


def _read(project: Any, day: dt.date) -> Sheet:
    return Sheet(
        project,
        day,
        funding=[_funding(row) for row in project.funding_rows],
        websites=[_made(Website, row) for row in project.website_rows],
        team=[_made(TeamMember, row) for row in project.team_rows],
        departments=[Department(unit=_made(OrganisationalUnit, row)) for row in project.department_rows],
        partners=[_partner(row) for row in project.partner_rows],
        milestones=[_made(Milestone, row) for row in project.milestone_rows],
        documents=[_paper(row) for row in project.paper_rows],
    )


def _made(model: type[Record], row: Mapping[str, Any]) -> Record:
    """An unsaved record with the values of `row` in their own types."""
    values = {name: model._meta.get_field(name).to_python(value) for name, value in row.items()}  # type: ignore[union-attr]
    return model(**values)


def _funding(row: dict[str, Any]) -> FundingLine:
    programme = {name: row.pop(name) for name in ("slug", "name_en", "name_lt")}
    line = _made(FundingLine, row)
    line.programme = _made(Programme, programme)
    return line


def _partner(row: dict[str, Any]) -> Partnership:
    slug = row.pop("slug")
    organisation = {name.removeprefix("organisation__"): row.pop(name) for name in list(row) if "__" in name}
    partner = _made(Partnership, row)
    partner.organisation = _made(Organisation, organisation)
    if slug:
        partner.organisation.university = University(slug=slug)  # type: ignore[misc]
    return partner


def _paper(row: dict[str, Any]) -> ProjectDocument:
    document = {name: row.pop(name) for name in ("uuid", "name", "content_type", "size")}
    paper = _made(ProjectDocument, row)
    paper.document = _made(Document, document)
    return paper
