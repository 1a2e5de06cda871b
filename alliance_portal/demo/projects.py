"""Funding programmes, project S-NET-24-50, and the invented projects."""

from __future__ import annotations

from typing import Any

import reversion
from django.utils.translation import gettext as _

from accounts.models import User
from alliance_portal.demo.outcomes import add_outcomes
from alliance_portal.demo.people import CAST
from alliance_portal.demo.reading import Days, pick, read
from alliance_portal.demo.universities import organisation
from members.models import OrganisationalUnit, University
from projects.models import (
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Programme,
    Project,
    TeamMember,
    Website,
)


def load_programmes() -> None:
    """The guide to funding; programmes that are there already stay as they are."""
    rows = read("programmes")["programme"]
    positions: dict[str, int] = {}
    stored = {programme.slug: programme for programme in Programme.objects.all()}
    new: list[dict[str, Any]] = []
    for row in rows:
        parent = row.get("parent", "")
        positions[parent] = positions.get(parent, 0) + 1
        if row["slug"] in stored:
            continue
        values = pick(row, "slug", "name", "purpose", "participants", "activities", "year_from", "year_until")
        values |= {
            "links": "\n".join(row["links"]),
            "position": positions[parent],
            "parent": stored.get(parent),
        }
        stored[row["slug"]] = Programme.objects.create(**values)
        new.append(row)
    for row in new:
        if "successor" in row:
            Programme.objects.filter(slug=row["slug"]).update(successor=stored[row["successor"]])


def load_membership_project() -> None:
    """Project S-NET-24-50 with every fact of its page."""
    row = read("project")
    if not Project.objects.filter(code__iexact=row["code"]).exists():
        period = {"starts_on": row["starts_on"], "ends_on": row["ends_on"]}
        _create(row, is_demo=False, people={}, **period)


def load_projects(days: Days, people: dict[str, User]) -> None:
    """The invented projects, those that are not there yet."""
    there = set(Project.objects.values_list("code", flat=True))
    for row in [*read("projects-ktu")["project"], *read("projects-members")["project"]]:
        if row["code"] not in there:
            first, last = (days.day(offset) for offset in row["days"])
            _create(
                row | {"milestones": _dated(row, days)},
                is_demo=True,
                people=people,
                starts_on=first,
                ends_on=last,
                days=days,
            )


def _create(
    row: dict[str, Any], *, is_demo: bool, people: dict[str, User], days: Days | None = None, **period: Any
) -> Project:
    """A project with its rows as its first revision, with which the history compares what people edit later."""
    with reversion.create_revision():
        reversion.set_comment(_("The project was created."))
        project = Project.objects.create(
            **pick(row, "code", "acronym", "title", "description", "objectives", "results"),
            **period,
            lead=University.objects.get(slug=row["lead"]),
            publication=row.get("publication", "published"),
            is_demo=is_demo,
        )
        _money_and_people(project, row, people)
        _partners(project, row.get("partners", []))
        Milestone.objects.bulk_create(Milestone(project=project, **one) for one in row.get("milestones", []))
        if days:
            add_outcomes(project, days, people)
        project.refresh_search()
        reversion.add_to_revision(project)
    return project


def _money_and_people(project: Project, row: dict[str, Any], people: dict[str, User]) -> None:
    programmes = Programme.objects.in_bulk([line["programme"] for line in row["funding"]], field_name="slug")
    units = {unit.code: unit for unit in OrganisationalUnit.objects.filter(university=project.lead)}
    FundingLine.objects.bulk_create(
        FundingLine(
            project=project, position=n, programme=programmes[line["programme"]], amount=line.get("amount"),
            currency=line.get("currency", "EUR"), share=line.get("share"), contract_number=line.get("contract", ""),
        )
        for n, line in enumerate(row["funding"], 1)
    )  # fmt: skip
    Website.objects.bulk_create(
        Website(project=project, url=url, position=n) for n, url in enumerate(row.get("websites", []), 1)
    )
    Department.objects.bulk_create(
        Department(project=project, unit=units[code], position=n)
        for n, code in enumerate(row.get("departments", []), 1)
    )
    known = row.get("head_demo", "")
    name = CAST[known].name if known else row["head"]
    TeamMember.objects.create(project=project, part=TeamMember.Part.HEAD, name=name, user=people.get(known))


def _partners(project: Project, rows: list[dict[str, str]]) -> None:
    universities = University.objects.select_related("organisation").in_bulk(field_name="slug")
    for row in rows:
        known = "university" in row
        partner = universities[row["university"]].organisation if known else organisation(row["code"])
        part = row.get("part", Partnership.Part.BENEFICIARY)
        Partnership.objects.create(project=project, organisation=partner, part=part)


def _dated(row: dict[str, Any], days: Days) -> list[dict[str, Any]]:
    """The milestones of an invented project with their days."""
    return [
        {
            "kind": milestone["kind"], "title_en": milestone["en"], "title_lt": milestone["lt"],
            "due_on": days.day(milestone["days"]),
            "done_on": days.day(milestone["done"]) if "done" in milestone else None,
        }
        for milestone in row["milestones"]
    ]  # fmt: skip
