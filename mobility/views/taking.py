"""What is taken away from a call's table: the table itself as a file, the documents as an archive."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from audit import trail
from ground.lasting import Busy, Lasting
from mobility.models import Call
from mobility.review import archive, files, query
from mobility.rules import may
from mobility.views.table import call_of, of_call
from mobility.workflow import CALL_KIND

_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_GET
def applications_export(request: HttpRequest, slug: str, format: str) -> HttpResponseBase:
    """Every application that the query finds, in its order; contact data for those who decide only."""
    call = call_of(request, slug)
    if format not in _TYPES:
        raise Http404
    asked, whole = query.read(request.GET), may("mobility.edit_call", request.user, call)
    rows = query.narrowed(of_call(request, call), asked, call)
    pieces = files.table(rows, asked.order, format, whole=whole, by=request.user)
    return _streamed(request, call, pieces, _TYPES[format], f"{call.slug}.{format}", "export_applications")


@require_GET
def applications_archive(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The documents of every application that the query finds; how long it is is told, so that its progress shows."""
    call = call_of(request, slug, "mobility.edit_call")
    asked = query.read(request.GET)
    made = archive.Archive(query.narrowed(of_call(request, call), asked, call), asked.order, by=request.user)
    answer = _streamed(request, call, made.pieces(), "application/zip", f"{call.slug}.zip", "take_documents")
    if answer.status_code == 200:
        answer["Content-Length"] = str(made.length)
    return answer


def _streamed(
    request: HttpRequest, call: Call, pieces: Iterator[bytes], kind: str, name: str, verb: str
) -> HttpResponseBase:
    """One such file at a time, so that pages are served meanwhile; 503 while another goes on."""
    try:
        body = Lasting(pieces, name="applications")
    except Busy:
        response = render(request, "mobility/review/busy.html", {"call": call}, status=503)
        response["Retry-After"] = "60"
        return response
    trail.record(f"mobility.{verb}", by=request.user, kind=CALL_KIND, subject=call.uuid, name=call.slug)
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return StreamingHttpResponse(body, content_type=kind, headers=headers)
