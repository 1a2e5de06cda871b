from celery import shared_task

from documents import actions
from ground import clock


@shared_task(name="documents.sweep")
def sweep() -> int:
    """Remove files that no row names."""
    with clock.one_moment():
        return actions.sweep()
