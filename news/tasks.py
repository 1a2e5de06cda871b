from celery import shared_task

from ground import clock
from news.registering import keeping


@shared_task(name="news.keep_registrations")
def keep_registrations() -> int:
    """Erase registrations whose stated days are over, and give freed places to those who wait."""
    with clock.one_moment():
        keeping.move_up()
        return keeping.erase_due()
