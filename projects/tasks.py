"""Doorbells of this room."""

from __future__ import annotations

from celery import shared_task

from ground import clock
from projects import actions
from projects.actions import bulk
from projects.imports import batches, work


@shared_task(name=batches.TASK)
def work_on_imports() -> int:
    """Read, check and take over what waits. The lease of each import lets any number of these run at once."""
    return work.work_on_all()


@shared_task(name="projects.sweep_imports")
def sweep_imports() -> int:
    """Delete files and staged rows that nobody needs any more."""
    with clock.one_moment():
        return batches.sweep(clock.now())


@shared_task(name=bulk.TASK)
def work_on_changes() -> int:
    """Make and undo changes of many projects. The lock of each lets any number of these run at once."""
    return actions.work_on_changes()


@shared_task(name="projects.sweep_drafts")
def sweep_drafts() -> int:
    """Forget drafts of forms that nobody touched for 30 days."""
    with clock.one_moment():
        return actions.sweep_drafts()
