"""How a project's page would look with what is typed into its form. Nothing is written."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST
from django_countries.fields import Country

from ground import clock, text
from members.models import Organisation, OrganisationalUnit
from projects import rules
from projects.forms import Editor
from projects.map import partner_map
from projects.models import (
    Department,
    FundingLine,
    Milestone,
    Partnership,
    Programme,
    Project,
    Result,
    TeamMember,
    Website,
    address_key,
)
from projects.money import by_source
from projects.sheet import Sheet, sheet
from projects.views.pages import form_page

Row = dict[str, Any]


@require_POST
def preview_new(request: HttpRequest) -> HttpResponse:
    """A new project as it would look."""
    if not rules.creates_somewhere(request.user):
        raise PermissionDenied
    return _page(request, Editor(leads=rules.leads_for(request.user), sent=request.POST))


@require_POST
def preview(request: HttpRequest, key: str) -> HttpResponse:
    """A project as it would look."""
    projects = Project.objects.managed_by(request.user).select_related("lead__organisation")
    project = get_object_or_404(projects, key=key)
    if not request.user.has_perm("projects.edit_project", project):
        raise PermissionDenied
    leads = rules.leads_for(request.user, project)
    return _page(request, Editor(leads=leads, project=project, sent=request.POST))


def _page(request: HttpRequest, editor: Editor) -> HttpResponse:
    if not editor.is_valid():
        return form_page(request, editor, status=422)
    shown = previewed(editor, request.user)
    context = {
        "sheet": shown,
        "project": shown.project,
        "money": by_source(shown.funding),
        "map": partner_map(shown.partners),
    }
    return render(request, "projects/preview.html", context)


def previewed(editor: Editor, user: Any) -> Sheet:
    """The sheet of the project with what was typed (and checked); what is not in the form as it is stored."""
    project = editor.form.instance
    project.key = address_key(project.code)
    typed = {"project": project, **_rows({name: rows.rows for name, rows in editor.sets.items()})}
    if editor.project is None:
        stored: Row = {field.name: [] for field in dataclasses.fields(Sheet)} | {"followed": False}
        return Sheet(**{**stored, **typed, "day": clock.today(project.lead.zone)})
    found = sheet(Project.objects.filter(pk=project.pk), user, editor.project_key)
    papers = {paper.pk: paper for paper in found.documents}
    for milestone in typed["milestones"]:
        milestone.evidence = papers.get(milestone.evidence_id)
    return dataclasses.replace(found, **typed)


def _rows(rows: dict[str, list[Row]]) -> dict[str, list[Any]]:
    """Unsaved records of all kinds, with what they name; one query for each kind of that."""
    programmes = Programme.objects.in_bulk(row["programme_id"] for row in rows["funding"])
    units = OrganisationalUnit.objects.in_bulk(row["unit_id"] for row in rows["departments"])
    made = {
        "funding": [
            FundingLine(programme=programmes[r.pop("programme_id")], **r) for r in _own(rows["funding"])
        ],
        "websites": [Website(**row) for row in _own(rows["websites"])],
        "team": [TeamMember(**row) for row in _own(rows["team"])],
        "departments": [Department(unit=units[row["unit_id"]]) for row in rows["departments"]],
        "partners": _partners(rows["partners"]),
        "milestones": [Milestone(**row) for row in _own(rows["milestones"])],
        "results": [Result(**row) for row in _own(rows["results"])],
    }
    made["milestones"].sort(key=lambda milestone: milestone.due_on)
    return made


def _own(rows: list[Row]) -> list[Row]:
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def _partners(rows: list[Row]) -> list[Partnership]:
    """Partners in the order of the page; new ones too, which are not on record yet."""
    known = Organisation.objects.select_related("university").defer("search")
    organisations = known.in_bulk(row["organisation_id"] for row in rows if row["organisation_id"])
    found = [
        Partnership(
            organisation=organisations.get(row["organisation_id"]) or _newcomer(row), part=row["part"]
        )
        for row in rows
    ]
    return sorted(
        found, key=lambda partner: (str(partner.organisation.country), partner.organisation.sort_key)
    )


def _newcomer(row: Row) -> Organisation:
    sort_key = text.sort_key(row["name"])
    return Organisation(
        name=row["name"], country=Country(row["country"]), city=row["city"], sort_key=sort_key
    )
