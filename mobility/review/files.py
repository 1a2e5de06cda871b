"""What is taken away from a call: its table as a file, written piece by piece."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ground import clock, paging
from ground.cells import disarmed
from ground.workbook import Cell, as_xlsx
from mobility.actions.reading import record_taking
from mobility.models import Application, Reading
from mobility.review.query import FINDINGS

BATCH = 500
_BOM = "\ufeff"  # without it Excel reads UTF-8 as something else


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
