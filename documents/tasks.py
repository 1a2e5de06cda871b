from celery import shared_task

from documents import actions, renditions
from ground import clock


@shared_task(name="documents.sweep")
def sweep() -> int:
    """Remove files that no row names."""
    with clock.one_moment():
        return actions.sweep()


@shared_task(name=renditions.TASK)
def make_renditions() -> int:
    """Make planned widths of pictures."""
    with clock.one_moment():
        return renditions.make_planned()
