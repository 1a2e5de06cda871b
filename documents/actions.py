"""Storing and discarding files: never a row without its file; files without a row are swept away."""

from __future__ import annotations

import datetime as dt
import hashlib
import logging
import os
import secrets
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from documents.checks import Checked, Refused, check
from documents.models import Document, Rendition
from ground import clock

logger = logging.getLogger(__name__)
SWEPT_AFTER = dt.timedelta(days=1)


def store(upload: UploadedFile[Any], *, by: Any, image_only: bool = False) -> Document:
    """Check `upload` and keep it; the file is on the disk before its row is.

    In: what a form received, the person (None for the portal itself). Out: the stored document.
    Raises Refused with the reason in words.
    """
    limit = settings.DOCUMENT_MAX_BYTES
    raw = upload.read(limit + 1)
    if len(raw) > limit:
        raise Refused(
            _("The file is too large. It may have %(megabytes)s MB at most.") % {"megabytes": limit // 2**20}
        )
    checked = check(raw, str(upload.name or ""), image_only=image_only)
    storage_name = write(checked.content)
    try:
        # Whoever goes on after a row was refused begins a savepoint.
        with transaction.atomic(savepoint=False):
            return _row(checked, storage_name, by)
    except BaseException:
        unlink(path_of(storage_name))
        raise


def discard(document: Document) -> None:
    """Delete the row now, and its files (the widths made of a picture too) once that is certain."""
    made = document.renditions.filter(storage_name__isnull=False).values_list("storage_name", flat=True)
    names = [name for name in (document.storage_name, *made) if name]
    document.delete()
    for name in names:
        forget(name)


def forget(storage_name: str) -> None:
    """Delete the file of a row that is gone, once that is certain."""
    transaction.on_commit(partial(unlink, path_of(storage_name)))


def path_of(storage_name: str) -> Path:
    """Where a stored file lies."""
    return Path(settings.DOCUMENTS_ROOT) / storage_name


def sweep() -> int:
    """Remove files that no row names and that are older than a day; says how many.

    They come from uploads whose transaction was undone, or from a process that died in between.
    """
    oldest = (clock.now() - SWEPT_AFTER).timestamp()
    root = Path(settings.DOCUMENTS_ROOT)
    removed = 0
    for folder in _folders(root):
        names = {str(p.relative_to(root)): p for p in folder.iterdir() if p.is_file() and _age(p) < oldest}
        known = {
            name
            for model in (Document, Rendition)
            for name in model.objects.filter(storage_name__in=names).values_list("storage_name", flat=True)
        }
        for name in names.keys() - known:
            unlink(names[name])
            removed += 1
    return removed


def _folders(root: Path) -> Iterator[Path]:
    for outer in sorted(root.iterdir()) if root.is_dir() else []:
        if outer.is_dir():
            yield from (inner for inner in sorted(outer.iterdir()) if inner.is_dir())


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _row(checked: Checked, storage_name: str, by: Any) -> Document:
    return Document.objects.create(
        name=checked.name,
        storage_name=storage_name,
        content_type=checked.content_type,
        size=len(checked.content),
        sha256=hashlib.sha256(checked.content).hexdigest(),
        pages=checked.pages,
        width=checked.width,
        height=checked.height,
        uploaded_by=by if getattr(by, "pk", None) else None,
        uploaded_at=clock.now(),
    )


def write(content: bytes) -> str:
    """Write `content` under a random name, so that it is whole or absent whenever the power goes."""
    random = secrets.token_hex(16)
    name = f"{random[:2]}/{random[2:4]}/{random}"
    path = path_of(name)
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        logger.exception("A file could not be stored.")
        unlink(part)
        raise Refused(_("The file could not be stored just now. Try again in a few minutes.")) from error
    return name


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unlink(path: Path) -> None:
    """Remove a file that may be gone already."""
    path.unlink(missing_ok=True)
