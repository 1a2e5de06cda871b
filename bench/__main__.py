"""`script/bench projects|search|public|applications|reminders|sending [--quick]`: each figure as JSON, then a table."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from bench.load import HOST

# As a public portal runs, but for the way to it: nothing here speaks TLS.
LIKE_PRODUCTION = {
    "PORTAL_MODE": "production", "ALLOWED_HOSTS": HOST, "BASE_URL": f"https://{HOST}", "SSL_REDIRECT": "0",
    "BEHIND_PROXY": "0", "DEBUG": "0", "REDIS_URL": "", "WEB_WORKERS": "2", "LOG_LEVEL": "WARNING",
    "MAIL_RELAY": "file", "FINISHED_PAGES": "0",  # every page is drawn, but where kept ones are measured
}  # fmt: skip
WHOLE, QUICK = 200_000, 300


def main() -> int:
    """Out: 0 when everything was measured, whatever came of it; 1 when something could not be."""
    options = _options()
    if options.what in OTHERS:
        return OTHERS[options.what](options)
    count = options.projects or (QUICK if options.quick else WHOLE)
    os.environ |= LIKE_PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(60)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance_portal.settings"
    import django

    django.setup()
    with tempfile.TemporaryDirectory(prefix="alliance-portal-bench-") as folder:
        from bench.figures import table

        figures = []
        for figure in MEASURED[options.what](Path(folder), count, quick=options.quick):
            _say(figure.line(), sys.stdout)
            figures.append(figure)
        _say(f"\n{table(figures)}\n\n{_machine()}", sys.stdout)
    return 0


def _applications(options: argparse.Namespace) -> int:
    """The coordinator's table of a call with very many applications beside one of few."""
    count = options.applications or (3_000 if options.quick else 60_600)
    os.environ |= LIKE_PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(60)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance_portal.settings"
    import django

    django.setup()
    from bench.applications import figures
    from bench.figures import table

    found = []
    for figure in figures(count, rounds=5 if options.quick else 15, say=_say):
        _say(figure.line(), sys.stdout)
        found.append(figure)
    _say(f"\n{table(found)}\n\n{_machine()}", sys.stdout)
    return 0


def _reminders(options: argparse.Namespace) -> int:
    """The planner with very many dated things beside few."""
    os.environ |= LIKE_PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(60)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance_portal.settings"
    import django

    django.setup()
    from bench.figures import table
    from bench.reminders import figures

    for _made_before in _made(options.projects or (QUICK if options.quick else 20_000)):
        pass
    few, many, due = (200, 2_000, 100) if options.quick else (20_000, 2_000_000, 10_000)
    found = []
    for figure in figures(few, options.things or many, due, rounds=5, say=_say):
        _say(figure.line(), sys.stdout)
        found.append(figure)
    _say(f"\n{table(found)}\n\n{_machine()}", sys.stdout)
    return 0


def _sending(options: argparse.Namespace) -> int:
    """How fast the outbox is emptied."""
    os.environ |= LIKE_PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(60)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance_portal.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    from bench import sending
    from bench.figures import table

    found = []
    for figure in sending.figures(options.messages or (60 if options.quick else 10_000)):
        _say(figure.line(), sys.stdout)
        found.append(figure)
    _say(f"\n{table(found)}\n\n{_machine()}", sys.stdout)
    return 0


OTHERS = {"applications": _applications, "reminders": _reminders, "sending": _sending}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("what", choices=[*MEASURED, *OTHERS])
    parser.add_argument(
        "--quick", action="store_true", help="few rows and short rounds: does it work at all?"
    )
    parser.add_argument(
        "--projects", type=int, default=0, metavar="N", help=f"rows to measure with ({WHOLE})"
    )
    parser.add_argument("--applications", type=int, default=0, metavar="N", help="applications (60600)")
    parser.add_argument("--things", type=int, default=0, metavar="N", help="dated things (2000000)")
    parser.add_argument("--messages", type=int, default=0, metavar="N", help="messages to send (10000)")
    return parser.parse_args()


def _figures(folder: Path, count: int, *, quick: bool) -> Iterator[Any]:
    from django.core.management import call_command
    from django.utils import translation

    from bench.figures import Rounds
    from bench.projects import Bench

    yield from _made(count)
    call_command("collectstatic", interactive=False, verbosity=0)
    rounds = Rounds(count=5, seconds=0.05) if quick else Rounds()
    with translation.override("en"), ExitStack() as stack:
        begun = time.monotonic()
        yield from Bench(folder, rounds, stack).figures()
        _say(f"measured in {time.monotonic() - begun:.0f} s")


def _search(folder: Path, count: int, *, quick: bool) -> Iterator[Any]:
    from django.core.management import call_command
    from django.utils import translation

    from bench import finding
    from bench.figures import Rounds

    yield from _made(count)
    call_command("collectstatic", interactive=False, verbosity=0)
    rounds = Rounds(count=5, seconds=0.05) if quick else Rounds()
    with translation.override("en"), ExitStack() as stack:
        yield from finding.figures(folder, rounds, stack)


def _public(folder: Path, count: int, *, quick: bool) -> Iterator[Any]:
    from django.core.management import call_command
    from django.utils import translation

    from alliance_portal.scale import applications, news
    from bench import public
    from bench.figures import Rounds

    yield from _made(count)
    if not news.generated():
        news.generate(QUICK if quick else news.WHOLE, seed=1, say=_say)
    if not applications.generated():  # a call that is open comes with them
        applications.generate(20 if quick else applications.FEW, seed=1, say=_say)
    call_command("collectstatic", interactive=False, verbosity=0)
    rounds = Rounds(count=5, seconds=0.05) if quick else Rounds()
    with translation.override("en"), ExitStack() as stack:
        begun = time.monotonic()
        yield from public.figures(folder, rounds, stack)
        _say(f"measured in {time.monotonic() - begun:.0f} s")


MEASURED = {"projects": _figures, "search": _search, "public": _public}


def _made(count: int) -> Iterator[Any]:
    """See to it that there is something to measure with, and tell how long making it took."""
    from django.core.management import call_command

    from alliance_portal.scale import run
    from bench.figures import below
    from members.models import Organisation, University

    call_command("migrate", interactive=False, verbosity=0)
    if not University.objects.exists() or not Organisation.objects.exists():
        call_command("load_reference", verbosity=0)
    if not run.generated():
        _say(f"Making {count} projects …")
        run.generate(count, seed=1, say=_say)
    note = _note()
    if note.get("projects") == run.generated():
        seconds = float(note["seconds"])
        conditions = f"{note['projects']} projects, in the run that made them"
        yield below("generate_scale", seconds, "s", 300, conditions=conditions)


def _note() -> dict[str, Any]:
    from django.conf import settings

    for folder in (settings.DATA_DIR, Path(os.environ.get("BENCH_NOTES") or settings.DATA_DIR)):
        try:
            return dict(json.loads((folder / "scale.json").read_text()))
        except (OSError, ValueError):
            continue
    return {}


def _say(said: str, to: TextIO = sys.stderr) -> None:
    to.write(f"{said}\n")
    to.flush()


def _machine() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (version,) = cursor.fetchone()
    busy = ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return (
        f"{os.cpu_count()} cores shared by two web processes, PostgreSQL {version} and the load generator; "
        f"load of the machine {busy}; Python {sys.version.split()[0]}."
    )


if __name__ == "__main__":
    sys.exit(main())
