"""Handing out stored files. Who may have one was decided by the room that asks."""

from __future__ import annotations

import logging

from django.http import FileResponse, Http404, HttpResponseBase
from django.utils.http import content_disposition_header

from documents.actions import path_of
from documents.models import Document

logger = logging.getLogger(__name__)


def respond(document: Document, *, inline: bool = False, public: bool = False) -> HttpResponseBase:
    """The file as an answer that no browser takes for anything else.

    `inline` lets a picture be shown in a page; a PDF is always downloaded, since a sandboxed page can't show it.
    `public` lets caches keep it; anything else is kept by nobody.
    """
    try:
        file = path_of(document.storage_name).open("rb")
    except FileNotFoundError as error:
        logger.error("Stored file %s is not there.", document.uuid)
        raise Http404 from error
    as_attachment = not inline or document.content_type == Document.Type.PDF
    response = FileResponse(file, content_type=document.content_type)
    response["Content-Length"] = str(document.size)
    response["Content-Disposition"] = content_disposition_header(as_attachment, document.name) or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "public, max-age=3600" if public else "private, no-store"
    return response
