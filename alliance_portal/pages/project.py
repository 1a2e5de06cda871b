"""The page of a project: its own facts, and the calls, news and events about it. Two queries for a visitor."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from alliance_portal.pages import told
from ground import clock, linked_data
from ground.composed import Composed
from ground.finished import finished
from ground.templatetags.ground_tags import in_language
from members.sheet import rows_of
from mobility.models import Call
from news.models import Event, NewsItem
from projects import rules
from projects.map import partner_map
from projects.models import Project, address_key
from projects.models.project import ProjectQuerySet
from projects.money import by_source
from projects.sheet import Sheet, read_sheet, with_rows
from projects.workflow import PUBLICATION, Publication

SHOWN = 5
_CALL = ("slug", "title_en", "title_lt", "publication", "opens_at", "closes_at", "university__zone")


@login_not_required
@finished()
@require_safe
def page(request: HttpRequest, key: str) -> HttpResponse:
    """Everything about a project; a number as it is written leads to its address."""
    if key != address_key(key):
        return redirect("projects:detail", address_key(key), permanent=True)
    try:
        found = read_sheet(_found(request.user, key))
    except Project.DoesNotExist as error:
        raise Http404 from error
    project: Any = found.project
    context = {
        "sheet": found,
        "project": project,
        "money": by_source(found.funding),
        "map": partner_map(found.partners),
        "calls": [_call(dict(row)) for row in project.calls_told],
        "told": told.of_columns(project, project=project.key),
        "facts_for_machines": facts(found),
        **_offered(request.user, project),
    }
    return render(request, "pages/project.html", context)


def _found(user: Any, key: str) -> Any:
    """The project with all its rows, for who may see it. Raises Project.DoesNotExist."""
    if user.is_authenticated:
        return _with_links(Project.objects.visible_to(user), user).get(key=key)
    found = _PUBLIC.rows({_KEY: key, _MOMENT: clock.now()})
    if not found:
        raise Project.DoesNotExist
    return found[0]


def _public() -> ProjectQuerySet:
    """What a visitor sees of the project with the address that _KEY stands for, at the moment of _MOMENT."""
    with clock.one_moment(_MOMENT):
        visitor = AnonymousUser()
        return _with_links(Project.objects.visible_to(visitor), visitor).filter(key=_KEY)


# Visitors share one query, composed once: to compose it costs more than to run it.
_KEY, _MOMENT = "address of a project", dt.datetime.min.replace(tzinfo=dt.UTC)
_PUBLIC = Composed(_public)


def _with_links(projects: ProjectQuerySet, user: Any) -> ProjectQuerySet:
    """`projects` with what is linked to them and seen by `user`, the latest first, as rows of the same query."""
    here = OuterRef("pk")
    seen: Any = Call.objects.visible_to(user)
    calls = seen.rewrite(False).filter(projects=here).order_by("-closes_at", "-pk")[:SHOWN]
    texts = told.columns(NewsItem.objects.filter(projects=here), Event.objects.filter(projects=here))
    return with_rows(projects, user).annotate(calls_told=rows_of(calls, *_CALL), **texts)


def _call(row: dict[str, Any]) -> Call:
    """The call of a row, unsaved, with the values in their own types."""
    zone = row.pop("university_zone")
    call: Any = Call(**{name: Call._meta.get_field(name).to_python(row[name]) for name in row})
    call.zone_shown, call.open_now = zone, call.takes_at(clock.now())
    return call


def _offered(user: Any, project: Project) -> dict[str, Any]:
    """What this person may do here; a visitor, nothing."""
    if not user.is_authenticated:
        return {}
    return {
        "may_follow": user.is_authenticated,
        "may_edit": user.has_perm("projects.edit_project", project),
        "may_share": user.has_perm("projects.share_project", project),
        "may_delete": project.publication == Publication.DRAFT
        and user.has_perm("projects.publish_project", project),
        "may_duplicate": rules.is_office(user) or rules.keeps(user, project),
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
