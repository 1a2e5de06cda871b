"""`manage.py remove_demo`: everything invented goes, real content and people's own work stay."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from alliance_portal.demo import removal


class Command(BaseCommand):
    help = "Remove the invented people, projects, calls, applications, news and events."

    def handle(self, *args: Any, **options: Any) -> None:
        removed = removal.remove_demo()
        if options["verbosity"]:
            self.stdout.write(", ".join(f"{count} {name}" for name, count in removed.items()) + " removed.")
