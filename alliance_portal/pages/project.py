"""The page of a project: its own facts, and the news and events about it. Four queries for a visitor."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from ground import linked_data
from ground.templatetags.ground_tags import in_language
from news.models import Event, NewsItem
from projects.models import Project, address_key
from projects.sheet import Sheet, sheet
from projects.workflow import PUBLICATION

SHOWN = 5


@login_not_required
@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Everything about a project; a number as it is written leads to its address."""
    if key != address_key(key):
        return redirect("projects:detail", address_key(key), permanent=True)
    try:
        found = sheet(Project.objects.visible_to(request.user), request.user, key)
    except Project.DoesNotExist as error:
        raise Http404 from error
    project = found.project
    context = {
        "sheet": found,
        "project": project,
        "news": _about(NewsItem, request.user, project, "-published_at", "published_at"),
        "events": _about(Event, request.user, project, "-starts_by", "zone", "starts_at", "starts_on"),
        "facts_for_machines": facts(found),
        **_offered(request.user, project),
    }
    return render(request, "pages/project.html", context)


def _about(model: Any, user: Any, project: Project, order: str, *fields: str) -> list[Any]:
    """What the news room has about the project, the latest first."""
    rows = model.objects.visible_to(user).filter(projects=project.pk)
    return list(rows.only("slug", "title_en", "title_lt", *fields).order_by(order, "-pk")[:SHOWN])


def _offered(user: Any, project: Project) -> dict[str, Any]:
    """What this person may do here."""
    return {
        "may_edit": user.has_perm("projects.edit_project", project),
        "may_read_history": user.has_perm("projects.read_inner_side", project),
        "steps": [
            t for t in PUBLICATION.open_from(project.publication) if user.has_perm(t.permission, project)
        ],
    }


def facts(found: Sheet) -> SafeString:
    """The project for machines, in the vocabulary of schema.org."""
    project = found.project
    return linked_data.block(
        "ResearchProject",
        name=in_language(project, "title")[0],
        alternateName=project.acronym,
        identifier=project.code,
        url=settings.BASE_URL + project.get_absolute_url(),
        sameAs=[website.url for website in found.websites],
        foundingDate=project.starts_on,
        dissolutionDate=project.ends_on,
        parentOrganization={"@type": "CollegeOrUniversity", "name": project.lead.organisation.name},
        member=[{"@type": "Organization", "name": partner.organisation.name} for partner in found.partners],
        funding=[
            {
                "@type": "Grant",
                "name": in_language(line.programme, "name")[0],
                "identifier": line.contract_number,
            }
            for line in found.funding
        ],
    )
