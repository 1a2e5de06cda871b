"""`manage.py carry_out_decisions`: take the bulk decisions whose ten minutes have passed, as the worker does."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from mobility.actions import bulk


class Command(BaseCommand):
    help = (
        "Carry out the bulk decisions that are due. Any number may run at once; each decision is taken once."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{bulk.carry_out_due()} decisions taken.")
