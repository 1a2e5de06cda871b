"""Papers: a project, or a filtered list, as a PDF."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from ground import clock
from projects import rules
from projects.models import Project
from projects.reports import project_paper, summary_paper, typeset
from projects.sheet import sheet

KEPT = 3600  # seconds
LARGEST_KEPT = 400_000  # bytes


@login_not_required
@require_safe
@vary_on_cookie
def report(request: HttpRequest, key: str) -> HttpResponse:
    """One project as a PDF, with what this reader may see of it."""
    try:
        found = sheet(Project.objects.visible_to(request.user), request.user, key)
    except Project.DoesNotExist as error:
        raise Http404 from error
    paper = project_paper(found)
    return _answer(request, paper, f"{found.project.key}-{get_language()}.pdf", found.day)


@login_not_required
@require_safe
@vary_on_cookie
def summary(request: HttpRequest) -> HttpResponse:
    """What the list with the same query shows, as a PDF."""
    projects = Project.objects.visible_to(request.user)
    paper = summary_paper(request.GET, projects, staff=rules.follows_dates(request.user))
    made_on = clock.today(settings.TIME_ZONE)
    return _answer(
        request, paper, _("projects-summary-%(day)s") % {"day": made_on.isoformat()} + ".pdf", made_on
    )


def _answer(request: HttpRequest, paper: dict[str, Any], name: str, made_on: dt.date) -> HttpResponse:
    """The paper as a file. What it says is its identity: the same words are set once and told from others by a sum."""
    digest = hashlib.sha256(json.dumps([paper, made_on.isoformat()]).encode()).hexdigest()
    etag = quote_etag(digest[:32])
    unchanged = get_conditional_response(request, etag=etag)
    response = unchanged or HttpResponse(_set(paper, digest, made_on), content_type="application/pdf")
    response["ETag"] = etag
    response["Content-Disposition"] = content_disposition_header(False, name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = (
        "private, no-cache"  # signed-in people's is kept by nobody (accounts.middleware)
    )
    return response


def _set(paper: dict[str, Any], digest: str, made_on: dt.date) -> bytes:
    kept: bytes | None = cache.get(f"paper:{digest}")
    if kept is None:
        kept = typeset(paper, made_on=made_on)
        if len(kept) <= LARGEST_KEPT:
            cache.set(f"paper:{digest}", kept, KEPT)
    return kept
