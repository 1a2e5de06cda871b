"""What is taken away from a call with very many applications: its table as a file, its documents as an archive."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfWriter

from bench.figures import Figure, below
from bench.load import first_byte
from bench.servers import serving
from documents import actions as documents
from mobility.models import Application, Call

PAPERS, WEIGHT = 200, 2_000_000
_MOST_SECONDS, _MOST_MEMORY = 1, 150


def figures(folder: Path, client: Client, *, few: Call, many: Call) -> Iterator[Figure]:
    """Seconds to the first byte and to the end, and the most memory that a worker has held until then."""
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    for format in ("csv", "xlsx"):
        path = reverse("mobility:applications_export", args=[many.slug, format])
        said = f"{many.applications.count()} applications as {format.upper()}"
        yield from _taken(folder, f"export, {format.upper()}", path, cookie, said)
    with _papers(few) as number:
        path = reverse("mobility:applications_archive", args=[few.slug])
        yield from _taken(folder, "archive", path, cookie, f"{number} papers of {WEIGHT / 10**6:g} MB as ZIP")


def _taken(folder: Path, name: str, path: str, cookie: str, said: str) -> Iterator[Figure]:
    """One such file from a server that has served nothing else but a page, so that its memory is known."""
    with serving("alliance_portal.wsgi", folder) as server:
        for _ in range(4):
            first_byte(server.port, reverse("mobility:calls"), cookie)
        before = server.resident()
        first, last, length = first_byte(server.port, path, cookie)
        after = server.resident()
    said = f"{said}, {length} bytes"
    yield below(f"{name}, first byte", first, "s", _MOST_SECONDS, conditions=said)
    yield Figure(f"{name}, all of it", round(last, 1), "s", n=1, conditions=said)
    grown = f"{(after - before) / 2**20:.0f} MB more than before; at its largest"
    yield below(f"{name}, memory", after / 2**20, "MB", _MOST_MEMORY, conditions=f"{said}, {grown}")


@contextmanager
def _papers(call: Call) -> Iterator[int]:
    """Papers for the first applications of a call, for as long as the block lasts. Out: how many."""
    rows = list(Application.objects.filter(call=call).order_by("pk")[:PAPERS])
    content, kept = _pdf(), []
    try:
        for row in rows:
            document = documents.store(SimpleUploadedFile("paper.pdf", content), by=None)
            kept.append(document)
            told = {"uuid": str(document.uuid), "name_en": "Transcript of records", "file": document.name}
            Application.objects.filter(pk=row.pk).update(
                snapshot={**(row.snapshot or {}), "documents": [told]}
            )
        yield len(rows)
    finally:
        for row in rows:
            Application.objects.filter(pk=row.pk).update(snapshot=row.snapshot)
        for document in kept:
            documents.discard(document)


def _pdf() -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.add_metadata({"/Subject": "x" * (WEIGHT - 800)})
    writer.write(out)
    return out.getvalue()
