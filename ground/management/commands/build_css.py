"""Joins the style sheets' sources into the one file that pages load."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

ORDER = "@layer tokens, base, layout, components, utilities, print, forced;\n"


def joined(folder: Path) -> str:
    """The whole style sheet from the sources in `folder`: tokens, base, layout, components, print."""
    sources = [folder / "tokens.css", folder / "base.css", folder / "layout.css"]
    sources += sorted((folder / "components").glob("*.css"))
    sources.append(folder / "print.css")
    css = "\n".join(source.read_text() for source in sources)
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    lines = (re.sub(r"\s+", " ", line).strip() for line in css.splitlines())
    return ORDER + "\n".join(line for line in lines if line) + "\n"


class Command(BaseCommand):
    requires_system_checks = []
    help = "Write static/css/portal.css from its sources (--check: only say whether it is up to date)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, check: bool = False, **options: Any) -> None:
        folder = Path(settings.BASE_DIR) / "static" / "css"
        target, css = folder / "portal.css", joined(folder)
        if check:
            if not target.exists() or target.read_text() != css:
                raise CommandError("static/css/portal.css is stale: run manage.py build_css.")
            return
        target.write_text(css)
        self.stdout.write(f"{target.name}: {len(css)} characters")
