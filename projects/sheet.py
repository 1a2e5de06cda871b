"""Everything that a project's page shows of the project, in one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, Model, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject
from django_countries.fields import Country

from documents.models import Document
from ground import clock
from members.models import Organisation, OrganisationalUnit, University
from projects.models import (
    Amendment,
    Department,
    Follower,
    FundingLine,
    Milestone,
    Partnership,
    Programme,
    Project,
    ProjectDocument,
    Result,
    Sharing,
    TeamMember,
    Website,
)
from projects.models.project import ProjectQuerySet

Record = TypeVar("Record", bound=Model)
Papers = Mapping[int, ProjectDocument]

_ORGANISATION = {
    "organisation__name": "organisation__name",
    "organisation__local_name": "organisation__local_name",
    "organisation__local_language": "organisation__local_language",
    "organisation__lithuanian_name": "organisation__lithuanian_name",
    "organisation__short_name": "organisation__short_name",
    "organisation__country": "organisation__country",
    "organisation__city": "organisation__city",
    "slug": "organisation__university__slug",
    "latitude": "organisation__university__latitude",
    "longitude": "organisation__university__longitude",
}
NEXT = 3  # dates


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
    amendments: list[Amendment]
    results: list[Result]
    shared_with: list[University]
    followed: bool

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
    def results_by_category(self) -> list[tuple[str, list[Result]]]:
        """What the project brought, by category in the order of the table of categories."""
        return [
            (str(label), found)
            for value, label in Result.Category.choices
            if (found := [result for result in self.results if result.category == value])
        ]

    @property
    def original(self) -> Amendment | None:
        """The first amendment, which keeps the period as it was agreed at the beginning."""
        return self.amendments[0] if self.amendments else None

    @property
    def overdue(self) -> list[Milestone]:
        """What was due and is not done, the oldest first."""
        return [milestone for milestone in self.milestones if milestone.days_overdue(self.day)]

    @property
    def next_dates(self) -> Sequence[tuple[dt.date, Milestone | None]]:
        """The next open milestones and the last day of the period (without a milestone), in their order."""
        coming = [m for m in self.milestones if not m.done_on and m.due_on >= self.day][:NEXT]
        dates: list[tuple[dt.date, Milestone | None]] = [(m.due_on, m) for m in coming]
        if self.project.ends_on >= self.day:
            dates.append((self.project.ends_on, None))
        return sorted(dates, key=lambda date: date[0])

    @property
    def days(self) -> tuple[int, int]:
        """How many days of the period have begun, and how many it has."""
        first, last = self.project.starts_on, self.project.ends_on
        length = (last - first).days + 1
        return max(0, min(length, (self.day - first).days + 1)), length

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
    return read_sheet(with_rows(projects, user).get(key=key))


def with_rows(projects: ProjectQuerySet, user: Any) -> ProjectQuerySet:
    """`projects` with everything that a sheet is read from."""
    papers = ProjectDocument.objects.visible_to(user)
    return projects.for_page().annotate(
        amendment_rows=_rows(Amendment.objects.all(), **_AMENDMENT),
        result_rows=_rows(Result.objects.all(), **_RESULT),
        sharing_rows=_rows(Sharing.objects.all(), **_SHARING),
        followed=Exists(Follower.objects.visible_to(user).filter(project=OuterRef("pk"))),
        funding_rows=_rows(FundingLine.objects.all(), **_FUNDING),
        website_rows=_rows(Website.objects.all(), url="url"),
        team_rows=_rows(TeamMember.objects.all(), part="part", name="name"),
        department_rows=_rows(Department.objects.all(), name_en="unit__name_en", name_lt="unit__name_lt"),
        partner_rows=_rows(Partnership.objects.all(), part="part", **_ORGANISATION),
        milestone_rows=_rows(Milestone.objects.all(), **_MILESTONE),
        paper_rows=_rows(papers, **_PAPER),
    )


_FUNDING: Mapping[str, Any] = {
    "amount": Cast("amount", TextField()),
    "share": Cast("share", TextField()),
    "currency": "currency",
    "contract_number": "contract_number",
    "slug": "programme__slug",
    "name_en": "programme__name_en",
    "name_lt": "programme__name_lt",
}
_MILESTONE = {
    name: name
    for name in ("uuid", "kind", "title_en", "title_lt", "due_on", "done_on", "evidence_url", "evidence")
}
_AMENDMENT = {
    name: name
    for name in (
        "number", "agreed_on", "reason_en", "reason_lt", "starts_before", "ends_before", "starts_on", "ends_on",
        "document",
    )
}  # fmt: skip
_RESULT = {name: name for name in ("category", "title_en", "title_lt", "url", "reached_on")}
_SHARING = {
    "university": "university",
    "slug": "university__slug",
    "name": "university__organisation__name",
    "local_name": "university__organisation__local_name",
    "local_language": "university__organisation__local_language",
    "lithuanian_name": "university__organisation__lithuanian_name",
}
_PAPER: Mapping[str, Any] = {
    "id": "pk",
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


def read_sheet(project: Any) -> Sheet:
    """The sheet of a project of `with_rows`, on the present day of its lead university."""
    day = clock.today(project.lead.zone)
    shared_with = [_sharing(row) for row in project.sharing_rows]
    project._sharing = frozenset(university.pk for university in shared_with)
    papers = {paper.pk: paper for paper in map(_paper, project.paper_rows)}
    return Sheet(
        project,
        day,
        funding=[_funding(row) for row in project.funding_rows],
        websites=[_made(Website, row) for row in project.website_rows],
        team=[_made(TeamMember, row) for row in project.team_rows],
        departments=[Department(unit=_made(OrganisationalUnit, row)) for row in project.department_rows],
        partners=[_partner(row) for row in project.partner_rows],
        milestones=[_with_paper(Milestone, "evidence", row, papers) for row in project.milestone_rows],
        documents=list(papers.values()),
        amendments=[_with_paper(Amendment, "document", row, papers) for row in project.amendment_rows],
        results=[_made(Result, row) for row in project.result_rows],
        shared_with=shared_with,
        followed=project.followed,
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
    place = {name: row.pop(name) for name in ("slug", "latitude", "longitude")}
    organisation = {name.removeprefix("organisation__"): row.pop(name) for name in list(row) if "__" in name}
    partner = _made(Partnership, row)
    partner.organisation = _made(Organisation, organisation)
    if place["slug"]:
        partner.organisation.university = _made(University, place)  # type: ignore[misc]
    return partner


def _sharing(row: dict[str, Any]) -> University:
    university = University(pk=row.pop("university"), slug=row.pop("slug"))
    university.organisation = _made(Organisation, row)
    return university


def _with_paper(model: type[Record], name: str, row: dict[str, Any], papers: Papers) -> Record:
    """A record with the paper to which it links by `name`; without it for those who do not see that."""
    paper = papers.get(row.pop(name))
    record = _made(model, row)
    setattr(record, name, paper)
    return record


def _paper(row: dict[str, Any]) -> ProjectDocument:
    document = {name: row.pop(name) for name in ("uuid", "name", "content_type", "size")}
    paper = _made(ProjectDocument, row)
    paper.document = _made(Document, document)
    return paper
