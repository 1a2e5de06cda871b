"""Doorbells of this room."""

from __future__ import annotations

from celery import shared_task

from ground import clock
from news import drafts
from news.registering import keeping


@shared_task(name="news.keep_registrations")
def keep_registrations() -> int:
    """Erase registrations whose stated days are over, and give freed places to those who wait."""
    with clock.one_moment():
        keeping.move_up()
        return keeping.erase_due()


@shared_task(name="news.sweep_drafts")
def sweep_drafts() -> int:
    """Forget drafts of forms that nobody touched for long."""
    with clock.one_moment():
        return drafts.sweep()
