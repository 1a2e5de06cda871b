"""The file of an import: received without holding it in memory, kept under a random name, gone when it is done with."""

from __future__ import annotations

import os
import secrets
import unicodedata
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MAX_NAME = 150


class Refused(Exception):
    """The file can't be taken. The sentence is for the person who sent it, in the language of whoever reads it."""

    def __init__(self, words: str | Promise, **values: Any) -> None:
        super().__init__(words)
        self.words, self.values = words, values

    def __str__(self) -> str:
        return str(self.words) % self.values if self.values else str(self.words)

    def noted(self) -> dict[str, Any]:
        """The sentence as it is stored: its words before translation, and what is filled in."""
        with translation.override("en"):
            return {"words": str(self.words), "with": self.values}


def too_large() -> Refused:
    """What is said of a file over the limit."""
    limit = settings.IMPORT_MAX_BYTES
    shown = f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit // 1024} kB"
    return Refused(_("The file is too large. It may have %(size)s at most."), size=shown)


class BoundedUpload(TemporaryFileUploadHandler):
    """Writes the file to the disk as it comes and stops past the limit: what is over is kept nowhere."""

    received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > settings.IMPORT_MAX_BYTES:
            self.upload_interrupted()
            if self.request is not None:
                self.request.upload_too_large = True  # type: ignore[attr-defined]
            raise StopUpload(connection_reset=False)
        super().receive_data_chunk(raw_data, start)


def keep(upload: UploadedFile[Any]) -> str:
    """Write what was received under a random name that only the portal reads; out: that name.

    Raises Refused when it is too large or the disk does not take it.
    """
    if (upload.size or 0) > settings.IMPORT_MAX_BYTES:
        raise too_large()
    name = secrets.token_hex(20)
    path = path_of(name)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for chunk in upload.chunks():
                file.write(chunk)
    except OSError as error:
        path.unlink(missing_ok=True)
        raise Refused(_("The file could not be stored just now. Try again in a few minutes.")) from error
    return name


def path_of(storage_name: str) -> Path:
    """Where a stored file lies."""
    return Path(settings.IMPORTS_ROOT) / storage_name


def discard(storage_name: str) -> None:
    """Delete the file; nothing happens when it is gone."""
    if storage_name:
        path_of(storage_name).unlink(missing_ok=True)


def stored() -> list[Path]:
    """Every file that lies there."""
    root = Path(settings.IMPORTS_ROOT)
    return [path for path in root.iterdir() if path.is_file()] if root.is_dir() else []


def shown_name(name: str | None) -> str:
    """The name of a file as it may be shown: no folders, no control or direction marks."""
    plain = unicodedata.normalize("NFC", (name or "").replace("\\", "/").rpartition("/")[2])
    plain = "".join(sign if unicodedata.category(sign)[0] != "C" else " " for sign in plain)
    return " ".join(plain.split())[:MAX_NAME] or "file"
