"""The documents of a call's applications as a ZIP, written piece by piece; its length is known before it begins.

So a browser shows how far the download is, and who stops it there stops the work too.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from documents.actions import path_of
from documents.models import Document
from ground import paging, text
from ground.pipe import Pipe
from mobility.actions.reading import record_taking
from mobility.models import Application, Reading

BATCH = 50
_LIST = "missing.txt"
_PIECE = 256 * 1024
# Octets of a ZIP that is written without going back (APPNOTE 6.3.10, 4.3): before and after each file, in the list of
# files at its end, and what is longer where an offset no longer fits.
_LOCAL, _AFTER, _LISTED, _FAR, _END, _FAR_END = 30, 16, 46, 12, 22, 76


@dataclass(frozen=True)
class Paper:
    """A submitted file: its name in the archive, and where it lies; with `lost` (why) it can't be taken along."""

    name: str
    path: Path | None = None
    size: int = 0
    lost: str = ""


class Archive:
    """A folder for each application, named by its reference; its files named by what they are.

    What is not there any more is named in a list within the archive. In: the applications and their order; who takes
    them: each application is written down as taken before its files leave.
    """

    def __init__(self, rows: QuerySet[Application], order: list[str], *, by: Any) -> None:
        self._rows, self._order, self._by = rows, order, by
        self._list = b""  # what is lost, in words
        self.length = self._measured()

    def pieces(self) -> Iterator[bytes]:
        """The archive. Raises OSError where a file went since its length was told: a part must not look whole."""
        pipe = Pipe()
        with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as made:  # type: ignore[call-overload]
            for batch in self._batches():
                found = _papers(batch)
                record_taking([one for one in batch if found[one.pk]], Reading.What.ARCHIVE, by=self._by)
                for paper in (paper for own in found.values() for paper in own if paper.path):
                    yield from _packed(made, pipe, paper)
            if self._list:
                with made.open(_LIST, "w") as entry:
                    entry.write(self._list)
        yield pipe.taken()

    def _batches(self) -> Iterator[list[Application]]:
        return paging.batches(self._rows, self._order, size=BATCH)

    def _measured(self) -> int:
        """The length of the whole; what is lost is noted on the way."""
        at = listed = number = 0
        for name, size in self._contents():
            listed += _LISTED + len(name.encode()) + (_FAR if at > zipfile.ZIP64_LIMIT else 0)
            at += _LOCAL + len(name.encode()) + size + _AFTER
            number += 1
        far = number > zipfile.ZIP_FILECOUNT_LIMIT or max(at, listed) > zipfile.ZIP64_LIMIT
        return at + listed + _END + (_FAR_END if far else 0)

    def _contents(self) -> Iterator[tuple[str, int]]:
        lost = []
        for batch in self._batches():
            for paper in (paper for own in _papers(batch).values() for paper in own):
                if paper.path is None:
                    lost.append(f"{paper.name}: {paper.lost}")
                else:
                    yield paper.name, paper.size
        if lost:
            lines = [_("These files were submitted and are not in this archive:"), "", *lost, ""]
            self._list = ("\ufeff" + "\r\n".join(lines)).encode()
            yield _LIST, len(self._list)


def _papers(batch: list[Application]) -> dict[int, list[Paper]]:
    """The files of each application, by its key."""
    kept = {row.pk: _submitted(row) for row in batch}
    keys = [one["uuid"] for own in kept.values() for _name, one in own]
    files = {str(one.uuid): one for one in Document.objects.filter(uuid__in=keys)}
    return {
        row.pk: [
            _paper(row, number, name, files.get(str(one["uuid"])), one)
            for number, (name, one) in enumerate(kept[row.pk], 1)
        ]
        for row in batch
    }


def _submitted(row: Application) -> list[tuple[str, dict[str, Any]]]:
    """What each file was asked for as, and what the snapshot tells of it: papers first, then answers by file."""
    told = row.snapshot or {}
    papers = [(_asked(one, "name"), one) for one in told.get("documents", [])]
    answers = [(_asked(one, "text"), one["paper"]) for one in told.get("questions", []) if one.get("paper")]
    return [(name, one) for name, one in [*papers, *answers] if one.get("uuid")]


def _asked(told: dict[str, Any], name: str) -> str:
    return str(told.get(f"{name}_en") or told.get(f"{name}_lt") or "")


_ENDINGS: dict[str, str] = {Document.Type.PDF: "pdf", Document.Type.JPEG: "jpg", Document.Type.PNG: "png"}


def _paper(row: Application, number: int, asked: str, file: Document | None, told: dict[str, Any]) -> Paper:
    kind = re.sub(r"[^a-z0-9]+", "-", text.fold(asked)).strip("-")[:60].strip("-") or "document"
    ending = _ENDINGS.get(file.content_type if file else told.get("type", ""), "bin")
    name = f"{row.reference}/{number}-{kind}.{ending}"
    if file is None:
        return Paper(name, lost=_("replaced or removed since"))
    path = path_of(file.storage_name)
    try:
        return Paper(name, path, path.stat().st_size)
    except FileNotFoundError:
        return Paper(name, lost=_("lost; ask the administrator of the portal"))


def _packed(made: zipfile.ZipFile, pipe: Pipe, paper: Paper) -> Iterator[bytes]:
    if paper.path is None:
        return
    with paper.path.open("rb") as source, made.open(paper.name, "w") as entry:
        while piece := source.read(_PIECE):
            entry.write(piece)
            yield pipe.taken()
