"""Doorbells of this room."""

from __future__ import annotations

from celery import shared_task

from ground import clock
from news import drafts, kept_pictures
from news.newsletter import announcing, sending
from news.newsletter import keeping as newsletter_keeping
from news.registering import keeping


@shared_task(name="news.keep_registrations")
def keep_registrations() -> int:
    """Erase registrations whose stated days are over, and give freed places to those who wait."""
    with clock.one_moment():
        keeping.move_up()
        return keeping.erase_due()


@shared_task(name="news.sweep_drafts")
def sweep_drafts() -> int:
    """Forget drafts of forms that nobody touched for long, and pictures that came with them."""
    with clock.one_moment():
        return drafts.sweep() + kept_pictures.sweep()


@shared_task(name="news.send_newsletter", expires=60)
def send_newsletter() -> int:
    """Write the letters of what was published and of issues that are being sent. Overlap is safe."""
    with clock.one_moment():
        return announcing.sweep() + sending.sweep()


@shared_task(name="news.keep_subscriptions")
def keep_subscriptions() -> int:
    """Delete addresses that nobody confirmed, and those that stopped long enough ago."""
    with clock.one_moment():
        return newsletter_keeping.erase_due()
