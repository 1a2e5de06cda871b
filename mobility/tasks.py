from celery import shared_task

from ground import clock
from mobility import actions
from mobility.actions import bulk


@shared_task(name="mobility.expire_offers")
def expire_offers() -> int:
    """End the offers whose time has passed."""
    with clock.one_moment():
        return actions.expire_offers()


@shared_task(name="mobility.sweep_call_drafts")
def sweep_call_drafts() -> int:
    """Forget what was typed into forms of calls and left for 30 days."""
    with clock.one_moment():
        return actions.sweep_call_drafts()


@shared_task(name="mobility.carry_out_decisions")
def carry_out_decisions() -> int:
    """Take the bulk decisions whose ten minutes have passed."""
    return bulk.carry_out_due()
