from celery import shared_task

from ground import clock
from mobility import actions


@shared_task(name="mobility.expire_offers")
def expire_offers() -> int:
    """End the offers whose time has passed."""
    with clock.one_moment():
        return actions.expire_offers()
