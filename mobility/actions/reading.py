"""Who read what of somebody else."""

from __future__ import annotations

from typing import Any

from audit import trail
from documents.models import Document
from ground import clock
from mobility.models import Application, Reading
from mobility.workflow import KIND


def record_reading(application: Application, document: Document, *, by: Any) -> None:
    """Write down that somebody other than its owner opened a document of the application."""
    if application.applicant_id != by.pk:
        Reading.objects.create(
            application=application,
            reader=by,
            reader_name=str(by)[:250],
            name=document.name,
            read_at=clock.now(),
        )
        trail.record(
            "mobility.read_document", by=by, kind=KIND, subject=application.uuid, name=application.reference,
            details={"document": document.name},
        )  # fmt: skip
