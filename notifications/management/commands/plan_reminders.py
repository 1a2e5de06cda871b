from typing import Any

from django.core.management.base import BaseCommand

from ground import clock
from notifications import planner


class Command(BaseCommand):
    help = "Plans the reminders that are due and hands them to the outbox. For a timer, where no Celery beat runs."

    def handle(self, **options: Any) -> None:
        with clock.one_moment():
            planned = planner.plan(clock.now())
            released = planner.release(clock.now())
        if options["verbosity"]:
            self.stdout.write(f"Planned {planned}, handed to the outbox {released}.")
