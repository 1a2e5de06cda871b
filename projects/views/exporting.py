"""The filtered projects as a file."""

from __future__ import annotations

from itertools import chain
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ground import clock
from ground.lasting import Busy, Lasting
from projects import exports
from projects.in_order import InOrder


@login_not_required
@require_safe
def project_export(request: HttpRequest, format: str) -> HttpResponseBase:
    """Every project of the list under the same query, in the same order, as CSV, XLSX or JSON."""
    kind = exports.FORMATS.get(format)
    if kind is None:
        raise Http404
    listed, headers = InOrder.asked_by(request), _headers(format)
    if request.method == "HEAD":
        return HttpResponse(content_type=kind.content_type, headers=headers)
    batches = exports.rows(
        listed.projects, listed.order, reader=request.user, keys=listed.best, size=exports.BATCH
    )
    first = next(batches)  # what fails, fails before the answer begins
    pieces = kind.write(chain([first], batches), _about(listed))
    try:
        body = pieces if len(first) < exports.BATCH else Lasting(pieces, name="export")
    except Busy:
        return _busy(request)
    return StreamingHttpResponse(body, content_type=kind.content_type, headers=headers)


def _busy(request: HttpRequest) -> HttpResponse:
    response = render(request, "projects/export_busy.html", status=503)
    response["Retry-After"] = "60"
    return response


def _headers(format: str) -> dict[str, str]:
    day = clock.today(settings.TIME_ZONE).isoformat()
    name = _("projects-%(day)s") % {"day": day}
    return {
        "Content-Disposition": f'attachment; filename="{name}.{format}"',
        "X-Robots-Tag": "noindex",
    }


def _about(listed: InOrder) -> dict[str, Any]:
    """What the file says of itself: when it was made, and what was asked for."""
    chosen = {name: value for name, value in listed.filter.chosen.items() if value}
    return {"generated_at": clock.now().isoformat(), "filter": chosen | {"sort": listed.sort}}
