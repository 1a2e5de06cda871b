"""`manage.py load_content`: the real content that ships with the portal, without anything invented."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from alliance_portal.demo import loader


class Command(BaseCommand):
    help = "Load reference data, programmes, project S-NET-24-50 and the news that ship with the portal."

    def handle(self, *args: Any, **options: Any) -> None:
        loader.load_content()
        if options["verbosity"]:
            self.stdout.write("The content is loaded.")
