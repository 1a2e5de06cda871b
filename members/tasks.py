"""Doorbells of this room."""

from __future__ import annotations

from celery import shared_task
from django.conf import settings

from ground import clock
from members.actions import agreements
from members.imports import releases


@shared_task(name=releases.TASK)
def work_on_releases() -> int:
    """Check and take over lists of charter holders that wait. The lock of each lets any number of these run at once."""
    return releases.work_on_releases()


@shared_task(name="members.expire_agreements")
def expire_agreements() -> int:
    """Close agreements whose last academic year is over, by the portal's date."""
    with clock.one_moment():
        return agreements.expire(today=clock.today(settings.TIME_ZONE))
