"""Doorbells of this room."""

from __future__ import annotations

from celery import shared_task

from ground import clock
from news import drafts


@shared_task(name="news.sweep_drafts")
def sweep_drafts() -> int:
    """Forget drafts of forms that nobody touched for long."""
    with clock.one_moment():
        return drafts.sweep()
