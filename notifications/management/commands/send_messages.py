from typing import Any

from django.core.management.base import BaseCommand

from notifications.sender import Sender


class Command(BaseCommand):
    help = "Sends what the outbox holds. For a timer, where no Celery worker runs."

    def handle(self, **options: Any) -> None:
        done = Sender().run()
        if options["verbosity"]:
            counts = ", ".join(f"{state} {count}" for state, count in sorted(done.items()))
            self.stdout.write(f"Messages: {counts or 'none'}.")
