from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ground import clock
from news.registering import keeping


class Command(BaseCommand):
    help = "Erase registrations for events whose stated days are over; the worker does so every hour. Twice is safe."

    def handle(self, *args: Any, **options: Any) -> None:
        with clock.one_moment():
            moved, erased = keeping.move_up(), keeping.erase_due()
        self.stdout.write(f"Registrations erased: {erased}; moved up from waiting lists: {moved}")
