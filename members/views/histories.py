"""Who changed what, when and why: of a university, a factsheet, a unit, a centre; for those who keep them."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from members import past
from members.models import OrganisationalUnit
from members.views.editing import kept
from members.views.editing_records import kept_centre
from members.views.factsheet_editing import edited
from members.views.schools import kept_school


@require_safe
def university_history(request: HttpRequest, slug: str) -> HttpResponse:
    """The latest saves of a university, with its units, contacts, figures and codes."""
    university = kept(request, slug)
    return _shown(request, "edit_history", university, zone=university.zone, university=university)


@require_safe
def unit_history(request: HttpRequest, slug: str, uuid: uuid.UUID) -> HttpResponse:
    """The saves that changed one unit."""
    university = kept(request, slug)
    unit = get_object_or_404(OrganisationalUnit, university=university, uuid=uuid)
    return _shown(request, "unit_history", unit, zone=university.zone, university=university)


@require_safe
def school_history(request: HttpRequest, slug: str, uuid: uuid.UUID) -> HttpResponse:
    """The saves of a school of a group, with its codes."""
    university, school = kept_school(request, slug, uuid)
    return _shown(request, "school_history", school, zone=university.zone, university=university)


@require_safe
def factsheet_history(request: HttpRequest, slug: str, year: str) -> HttpResponse:
    """The saves of a factsheet, with its terms and languages."""
    factsheet = edited(request, slug, year)
    university = factsheet.university
    return _shown(request, "factsheet_history", factsheet, zone=university.zone, university=university)


@require_safe
def centre_history(request: HttpRequest, slug: str) -> HttpResponse:
    """The saves of a centre."""
    centre = kept_centre(request, slug)
    zone = getattr(getattr(centre.host, "university", None), "zone", "")
    return _shown(request, "centre_history", centre, zone=zone)


def _shown(request: HttpRequest, page: str, record: Any, *, zone: str, **more: Any) -> HttpResponse:
    context = {"record": record, "changes": past.changes(record), "most": past.MOST, "zone": zone, **more}
    return render(request, f"members/{page}.html", context)
