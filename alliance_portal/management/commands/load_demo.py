"""`manage.py load_demo`: the real content, then everything invented."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from alliance_portal.demo import loader


class Command(BaseCommand):
    help = "Load the content that ships with the portal and the demo. Dates are counted from today."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing where the demo is loaded already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "Demo people share a known password. Here, use load_content for the real content."
            )
        if options["if_empty"] and loader.is_loaded():
            said = "The demo is loaded already."
        else:
            loader.load_demo()
            said = "The demo is loaded."
        if options["verbosity"]:
            self.stdout.write(said)
