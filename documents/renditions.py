"""Stored pictures in a few widths and modern formats: planned with the picture, made by a job, never on a request."""

from __future__ import annotations

import hashlib
import io
import logging

from django.db import transaction
from PIL import Image

from documents.actions import path_of, unlink, write
from documents.models import Document, Rendition

logger = logging.getLogger(__name__)
TASK = "documents.make_renditions"
WIDTHS = (480, 960, 1600)
MOST_ATTEMPTS = 3
# Chosen by looking: no seams in skies, and photographs of 960 pixels stay near 60 kB.
_QUALITY = {
    Rendition.Format.AVIF: {"quality": 55, "speed": 7},
    Rendition.Format.WEBP: {"quality": 76, "method": 4},
}


def plan(document: Document) -> list[Rendition]:
    """Promise the widths of a stored picture, as rows. The caller may ring for TASK; a sweep finds them anyway."""
    if not (document.width and document.height):
        raise ValueError("only pictures have other widths")
    widths = [width for width in WIDTHS if width <= document.width] or [document.width]
    rows = [
        Rendition(
            document=document, format=kind, width=width, height=max(1, round(document.height * width / document.width))
        )
        for width in widths
        for kind in Rendition.Format
    ]  # fmt: skip
    return Rendition.objects.bulk_create(rows, ignore_conflicts=True)


def make_planned(most: int = 50) -> int:
    """Make what is planned, one at a time; says how many. Any number of these may run at once."""
    made = 0
    while made < most and _make_next():
        made += 1
    return made


def _make_next() -> bool:
    """Whether there was one to make. One that fails is tried again, at most three times, and then left."""
    with transaction.atomic():
        waiting = Rendition.objects.filter(storage_name__isnull=True, attempts__lt=MOST_ATTEMPTS)
        row = waiting.select_for_update(skip_locked=True).order_by("attempts", "pk").first()
        if row is None:
            return False
        row.attempts += 1
        try:
            content = _drawn(row)
        except Exception:
            # Whatever the encoder says: the picture goes on being shown as it was stored.
            logger.exception("Rendition %s of file %s could not be made.", row.pk, row.document.uuid)
            row.save(update_fields=["attempts"])
            return True
        _keep(row, content)
    return True


def _keep(row: Rendition, content: bytes) -> None:
    name = write(content)
    try:
        with transaction.atomic():
            row.storage_name, row.size = name, len(content)
            row.sha256 = hashlib.sha256(content).hexdigest()
            row.save()
    except BaseException:
        unlink(path_of(name))
        raise


def _drawn(row: Rendition) -> bytes:
    out = io.BytesIO()
    with Image.open(path_of(row.document.storage_name), formats=["JPEG", "PNG"]) as picture:
        plain = picture if picture.mode in ("RGB", "RGBA") else picture.convert("RGB")
        smaller = plain.resize((row.width, row.height), Image.Resampling.LANCZOS)
        smaller.info = {}
        smaller.save(out, format=row.format.upper(), **_QUALITY[Rendition.Format(row.format)])
    return out.getvalue()
