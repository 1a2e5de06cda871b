from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from ground import clock
from members.actions import agreements


class Command(BaseCommand):
    help = "Close agreements whose last academic year is over; the worker does so every hour. Running it twice is safe."

    def handle(self, *args: Any, **options: Any) -> None:
        with clock.one_moment():
            closed = agreements.expire(today=clock.today(settings.TIME_ZONE))
        self.stdout.write(f"Agreements closed: {closed}")
