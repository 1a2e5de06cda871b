"""An import as a person goes through it, with the worker's part done in between."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from projects.imports import work
from projects.models import Import
from tests.projects.planted import as_csv
from tests.projects.sending import fields

IMPORTS = "/en/projects/imports/"
HEADINGS = ["code", "title_en", "starts_on", "ends_on"]


def row(code="N-1", title="Title", starts="2026-01-01", ends="2026-12-31"):
    return [code, title, starts, ends]


def upload(client, content, name="projects.csv"):
    """Send a file; out: the answer."""
    return client.post(IMPORTS, {"upload": SimpleUploadedFile(name, content)})


def begun(client, rows, name="projects.csv"):
    """An import whose file was read; `rows` are a table or bytes."""
    content = rows if isinstance(rows, bytes) else as_csv(rows)
    response = upload(client, content, name)
    assert response.status_code == 302, response.context["form"].errors
    work.work_on_all()
    return Import.objects.latest("pk")


def url(batch, step=""):
    return f"{IMPORTS}{batch.uuid}/{step}"


def chosen(client, batch, **changes):
    """The columns as the form proposes them, with `changes`, sent."""
    sent = fields(client.get(url(batch, "columns/")))
    # The page has two forms; what belongs to reading the file is not sent with this one.
    sent = {
        name: value for name, value in sent.items() if name not in ("encoding", "delimiter", "sheet", "clear")
    }
    return client.post(
        url(batch, "columns/"), {"order": "dmy", "mark": "", "partners": "refuse"} | sent | changes
    )


def checked(client, rows, name="projects.csv", **changes):
    """An import whose rows were checked; over already when there is nothing to take over."""
    batch = begun(client, rows, name)
    response = chosen(client, batch, **changes)
    assert response.status_code == 302, response.context["form"].errors
    work.work_on_all()
    batch.refresh_from_db()
    assert batch.status in (Import.Status.CHECKED, Import.Status.DONE), batch.outcome
    return batch


def taken_over(client, rows, *, which="all", **changes):
    """An import that was taken over."""
    batch = checked(client, rows, **changes)
    client.post(url(batch, "take-over/"), {"rows": which})
    work.work_on_all()
    batch.refresh_from_db()
    return batch


def said(batch, number=None):
    """What is said of the rows: (row, column, words, warning)."""
    from projects.imports import showing

    rows = batch.rows.order_by("number")
    rows = rows if number is None else rows.filter(number=number)
    return [(r.number, p.column, p.words, p.warning) for r in rows for p in showing.problems(batch, r)]
