"""`manage.py generate_scale --projects 200000`: data in bulk to measure with; `--remove` takes it away."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from alliance_portal.scale import applications, marks, news, removal, run

MOST = 1_000_000


class Command(BaseCommand):
    help = "Make projects, applications and news in bulk, seeded and removable, to measure how fast the portal is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--projects", type=int, default=0, metavar="N", help="how many projects to make")
        parser.add_argument(
            "--applications", type=int, default=0, metavar="N", help="how many applications to make"
        )
        parser.add_argument(
            "--news", type=int, default=0, const=news.WHOLE, nargs="?", metavar="N",
            help=f"how many articles to make, with an event for every ten ({news.WHOLE} where no number is given)",
        )  # fmt: skip
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same rows")
        parser.add_argument("--remove", action="store_true", help="take away everything that was generated")
        parser.add_argument("--force", action="store_true", help="even where the portal runs in production")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION and not options["force"]:
            raise CommandError(
                "This portal runs in production: generated projects would stand among real ones."
            )
        say = self.stdout.write if options["verbosity"] else lambda said: None
        if options["remove"]:
            for name, count in (applications.remove() | news.remove() | removal.remove()).items():
                say(f"{count} {name} removed.")
            return
        if options["seed"] not in marks.SEEDS or not 0 <= options["projects"] <= MOST:
            raise CommandError(f"Give a seed below {len(marks.SEEDS)} and at most {MOST} projects.")
        if not 0 <= options["applications"] <= MOST:
            raise CommandError(f"Give at most {MOST} applications.")
        if not 0 <= options["news"] <= MOST:
            raise CommandError(f"Give at most {MOST} news.")
        try:
            if options["projects"] or not (options["applications"] or options["news"]):
                run.generate(options["projects"], seed=options["seed"], say=say)
            applications.generate(options["applications"], seed=options["seed"], say=say)
            news.generate(options["news"], seed=options["seed"], say=say)
        except run.NotPossible as problem:
            raise CommandError(str(problem)) from problem
