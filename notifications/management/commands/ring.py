from typing import Any

from django.core.management.base import BaseCommand

from ground import clock
from notifications import foresight, planner
from notifications.sender import Sender


class Command(BaseCommand):
    help = "Plans reminders, hands over what is due and sends messages, once. For a timer, without Celery."

    def handle(self, **options: Any) -> None:
        with clock.one_moment():
            planned = planner.plan(clock.now())
            released = planner.release(clock.now())
            foresight.refresh_old(clock.now())
        done = Sender().run()
        if options["verbosity"]:
            counts = ", ".join(f"{state} {count}" for state, count in sorted(done.items()))
            self.stdout.write(f"Planned {planned}, handed over {released}. Messages: {counts or 'none'}.")
