"""What is taken away from a call: its table as a file, its documents as an archive. Both are written piece by piece."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from documents.actions import path_of
from documents.models import Document
from ground import clock, paging, text
from ground.cells import disarmed
from ground.pipe import Pipe
from ground.workbook import Cell, as_xlsx
from mobility.actions.reading import record_taking
from mobility.models import Application, Reading
from mobility.review.query import FINDINGS

BATCH = 500
_BOM = "\ufeff"  # without it Excel reads UTF-8 as something else
_PIECE = 256 * 1024


def header(*, whole: bool) -> list[str]:
    """The names of the columns; `whole` with those of the personal parts."""
    personal = [_("Given names"), _("Family names"), _("E-mail address"), _("Telephone")] if whole else []
    return [
        _("Reference"), *personal, _("Studies or work"), _("Level of studies"), _("Field of education"),
        _("ECTS credits"), _("Wishes"), _("Rules of the call"), _("Score"), _("Spread"), _("Reviews"),
        _("Submitted"), _("State"),
    ]  # fmt: skip


def _cells(row: Application, *, whole: bool) -> list[Cell]:
    kept = row.snapshot or {}
    own, studies = kept.get("personal") or {}, kept.get("studies") or {}
    names = ["given_name", "family_name", "email", "phone"]
    about = studies.get("study_programme") or (kept.get("work") or {}).get("work_unit") or ""
    submitted = (
        clock.date_in(row.submitted_at, row.call.university.zone).isoformat() if row.submitted_at else ""
    )
    return [
        row.reference, *([str(own.get(name) or "") for name in names] if whole else []), str(about),
        row.sent_level or "", row.sent_field_id or "", "" if row.sent_ects is None else row.sent_ects,
        "; ".join(str(wish.get("host") or "") for wish in kept.get("wishes", [])),
        "; ".join(str(FINDINGS[code]) for code in row.findings if code in FINDINGS),
        "" if row.score is None else float(row.score), "" if row.spread is None else float(row.spread),
        row.reviews_done, submitted, str(row.get_status_display()),
    ]  # fmt: skip


def table(
    rows: QuerySet[Application], order: list[str], format: str, *, whole: bool, by: Any
) -> Iterator[bytes]:
    """The rows as CSV or XLSX; where the personal parts are in it, each owner can see that they were taken."""
    batches = _batches(rows, order, whole=whole, by=by)
    return as_xlsx(_("Applications"), header(whole=whole), batches) if format == "xlsx" else _csv(
        header(whole=whole), batches
    )  # fmt: skip


def _batches(
    rows: QuerySet[Application], order: list[str], *, whole: bool, by: Any
) -> Iterator[list[list[Cell]]]:
    for batch in paging.batches(rows.select_related("call__university"), order, size=BATCH):
        if whole:
            record_taking(batch, Reading.What.SHEET, by=by)
        yield [_cells(row, whole=whole) for row in batch]


def _csv(head: list[str], batches: Iterator[list[list[Cell]]]) -> Iterator[bytes]:
    """UTF-8 with its mark, commas, CRLF, every cell in quotes (RFC 4180); no cell is a formula."""
    page = io.StringIO()
    writer = csv.writer(page, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    page.write(_BOM)
    writer.writerow(head)
    for batch in batches:
        writer.writerows([disarmed(one) if isinstance(one, str) else one for one in row] for row in batch)
        yield page.getvalue().encode()
        page.seek(0)
        page.truncate()


def archive(rows: QuerySet[Application], order: list[str], *, by: Any) -> Iterator[bytes]:
    """A ZIP of what was submitted: a folder for each application, its papers named by what they are.

    Each application is written down as taken before its papers leave.
    """
    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as made:  # type: ignore[call-overload]
        for batch in paging.batches(rows, order, size=50):
            files = _files(batch)
            record_taking([one for one in batch if _papers(one)], Reading.What.ARCHIVE, by=by)
            for row in batch:
                for number, kept in enumerate(_papers(row), 1):
                    yield from _packed(made, pipe, row, number, kept, files.get(str(kept.get("uuid"))))
    yield pipe.taken()


def _papers(row: Application) -> list[dict[str, Any]]:
    return list((row.snapshot or {}).get("documents", []))


def _files(batch: list[Application]) -> dict[str, Document]:
    keys = [kept.get("uuid") for row in batch for kept in _papers(row)]
    return {str(one.uuid): one for one in Document.objects.filter(uuid__in=[key for key in keys if key])}


def _packed(
    made: zipfile.ZipFile, pipe: Pipe, row: Application, number: int, kept: dict[str, Any], file: Document | None
) -> Iterator[bytes]:  # fmt: skip
    """One paper, piece by piece; one that was replaced since or lost is left out."""
    if file is None:
        return
    asked = re.sub(r"[^a-z0-9]+", "-", text.fold(kept.get("name_en") or kept.get("name_lt") or "")).strip(
        "-"
    )[:60]
    ending = file.type_name.lower().replace("jpeg", "jpg")
    try:
        source = path_of(file.storage_name).open("rb")
    except FileNotFoundError:
        return
    with source, made.open(f"{row.reference}/{number}-{asked or 'document'}.{ending}", "w") as entry:
        while piece := source.read(_PIECE):
            entry.write(piece)
            yield pipe.taken()
