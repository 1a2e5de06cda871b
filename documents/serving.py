"""Handing out stored files. Who may have one was decided by the room that asks."""

from __future__ import annotations

import logging

from django.http import FileResponse, Http404, HttpResponseBase
from django.utils.http import content_disposition_header

from documents.actions import path_of
from documents.models import Document, Rendition

logger = logging.getLogger(__name__)


# A reader of PDF does not start in a sandbox, so a framed one has every source closed instead; the file itself was
# refused at upload if it held anything active (`documents/acting.py`).
LASTING = "public, max-age=31536000, immutable"
_FRAMED = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"


def respond(
    document: Document, *, inline: bool = False, public: bool = False, framed: bool = False, name: str = ""
) -> HttpResponseBase:
    """The file as an answer that no browser takes for anything else.

    `inline` lets a picture be shown in a page; a PDF is downloaded, since a sandboxed page can't show it, but where it
    is `framed`: then pages of the portal itself (and no others) may show it within them.
    `public` lets caches keep it; anything else is kept by nobody. `name` stands in for the file's own.
    """
    try:
        file = path_of(document.storage_name).open("rb")
    except FileNotFoundError as error:
        logger.error("Stored file %s is not there.", document.uuid)
        raise Http404 from error
    in_reader = framed and document.content_type == Document.Type.PDF
    as_attachment = not inline or (document.content_type == Document.Type.PDF and not in_reader)
    response = FileResponse(file, content_type=document.content_type)
    response["Content-Length"] = str(document.size)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment, name or document.name) or "attachment"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _FRAMED if in_reader else "sandbox; default-src 'none'"
    if framed:
        response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "public, max-age=3600" if public else "private, no-store"
    return response


def respond_rendition(rendition: Rendition, *, lasting: bool) -> HttpResponseBase:
    """A picture in one of its widths. `lasting`: its address names its content and everybody may have it for ever."""
    try:
        file = path_of(rendition.storage_name or "-").open("rb")
    except FileNotFoundError as error:
        logger.error("Rendition %s is not there.", rendition.pk)
        raise Http404 from error
    response = FileResponse(file, content_type=rendition.content_type)
    response["Content-Length"] = str(rendition.size)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = LASTING if lasting else "private, no-store"
    return response
