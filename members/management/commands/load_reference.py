"""`manage.py load_reference`: fields of education, the alliance's universities and e-mail domains, charter holders."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ground import clock
from members import imports


class Command(BaseCommand):
    help = "Load the reference data that ship with the portal; a second time changes nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        steps = {
            "Fields of education": imports.load_fields,
            "Universities of the alliance and their schools": imports.load_members,
            "E-mail domains of the universities": imports.load_email_domains,
            "Erasmus charter holders": lambda: imports.load_charters(day=clock.today("Europe/Brussels")),
            "Names of organisations": imports.load_names,
        }
        for name, step in steps.items():
            counts = step()
            if options["verbosity"]:
                self.stdout.write(f"{name}: {counts}.")
