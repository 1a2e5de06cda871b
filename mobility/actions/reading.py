"""Who read what of somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

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


@transaction.atomic
def record_taking(applications: Sequence[Application], what: str, *, by: Any) -> None:
    """Write down that somebody took what their owners submitted away in one file, before it leaves."""
    now = clock.now()
    Reading.objects.bulk_create(
        Reading(application=one, reader=by, reader_name=str(by)[:250], what=what, read_at=now)
        for one in applications
        if one.applicant_id != by.pk
    )
