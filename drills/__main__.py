"""`script/drill deadline|registrations|reminders|clocks|outage [--seed S] [--controls NAME …]`: see docs/drills.md."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections.abc import Callable
from typing import TextIO

from bench.__main__ import LIKE_PRODUCTION
from drills.outcome import Outcome

Runs = tuple[Callable[[], Outcome], Callable[[str], Outcome]]

# The safeties that are switched off in turn, and what each of them is there against.
CONTROLS = {
    "deadline": {"locks": "duplicated", "files": "lost", "close": "leaked"},
    "registrations": {"seats": "lost"},
    "reminders": {"mark": "lost", "record": "duplicated", "key": "duplicated"},
    "clocks": {"zones": "lost"},
    "outage": {"newest": "leaked", "person": "leaked"},
}
MINUTES = {"deadline": 10.0, "registrations": 1.0, "reminders": 4.0, "clocks": 1.0, "outage": 1.0}
# Packing style sheets takes longer than a small drill.
_AS_IT_COMES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"},
}


def main() -> int:
    """Out: 0 when the drill passed and every control failed as it has to; else 1."""
    options = _options()
    os.environ |= LIKE_PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(60)}
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance_portal.settings"
    import django
    from django.core.management import call_command
    from django.test import override_settings

    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    with override_settings(STORAGES=_AS_IT_COMES):
        call_command("collectstatic", interactive=False, verbosity=0)
    runs = {
        "deadline": _deadline, "registrations": _registrations, "reminders": _reminders, "clocks": _clocks,
        "outage": _outage,
    }  # fmt: skip
    drill, control = runs[options.what](options)
    kept = True
    if not options.only_controls:
        kept = _report(drill())
    for name in options.controls:
        kept = _report(control(name), harm=CONTROLS[options.what][name]) and kept
    return 0 if kept else 1


def _deadline(options: argparse.Namespace) -> Runs:
    from drills.deadline import Sizes, run

    sizes, small = Sizes(options.students, options.minutes, options.seed), Sizes(4, 0.1, options.seed)
    return lambda: run(sizes), lambda name: run(small, without=name)


def _registrations(options: argparse.Namespace) -> Runs:
    from drills.registrations import run

    return lambda: run(options.seed), lambda name: run(options.seed, without=name)


def _reminders(options: argparse.Namespace) -> Runs:
    from drills.reminders import Sizes, run

    shared = options.shared_database
    sizes = Sizes(options.reminders, options.minutes, options.seed, shared=shared)
    small = Sizes(120, 0.3, options.seed, nights=1, shared=shared)
    return lambda: run(sizes), lambda name: run(small, without=name)


def _clocks(options: argparse.Namespace) -> Runs:
    from drills.clocks import run

    return lambda: run(options.seed, options.nights), lambda name: run(
        options.seed, options.nights, without=name
    )


def _outage(options: argparse.Namespace) -> Runs:
    from drills.outage import run

    return lambda: run(options.things, options.seed), lambda name: run(
        options.things, options.seed, without=name
    )


def _report(outcome: Outcome, *, harm: str = "") -> bool:
    """Print the outcome. Out: whether it is as wanted: a control without the `harm` that its safety is there against
    proves that nothing is seen."""
    _say(outcome.line(), sys.stdout)
    for line in (*outcome.seen, *outcome.reasons[:20]):
        _say(f"  {line}")
    as_wanted = getattr(outcome, harm) > 0 if harm else outcome.passed
    if not as_wanted:
        _say(f"{outcome.name}: {f'nothing {harm}, though its safety is off' if harm else 'FAILED'}")
    return as_wanted


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/drill", description=__doc__)
    parser.add_argument("what", choices=list(CONTROLS))
    parser.add_argument(
        "--students", type=int, default=500, metavar="N", help="deadline: how many apply (500)"
    )
    parser.add_argument(
        "--reminders", type=int, default=2000, metavar="N", help="reminders: how many fall due (2000)"
    )
    parser.add_argument(
        "--nights", type=int, default=2, metavar="N", help="clocks: how many of its nights (2)"
    )
    parser.add_argument(
        "--things", type=int, default=400, metavar="N", help="outage: how many things have dates (400)"
    )
    parser.add_argument(
        "--minutes", type=float, metavar="M", help="within how many minutes (10, reminders 4)"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same day")
    parser.add_argument(
        "--controls", nargs="*", metavar="NAME",
        help=f"safeties to switch off in turn afterwards (all): {'; '.join(', '.join(c) for c in CONTROLS.values())}",
    )  # fmt: skip
    parser.add_argument("--only-controls", action="store_true", help="run the controls alone")
    parser.add_argument(
        "--shared-database",
        action="store_true",
        help="others use the server too: break off sessions, don't crash it",
    )
    return _completed(parser)


def _completed(parser: argparse.ArgumentParser) -> argparse.Namespace:
    """What was asked for, with what the drill itself has where nothing was said."""
    options = parser.parse_args()
    options.minutes = options.minutes or MINUTES[options.what]
    known = CONTROLS[options.what]
    options.controls = list(known) if options.controls is None else options.controls
    if unknown := set(options.controls) - set(known):
        parser.error(
            f"{options.what} has no control {', '.join(sorted(unknown))}: choose from {', '.join(known)}"
        )
    return options


def _say(said: str, to: TextIO = sys.stderr) -> None:
    to.write(f"{said}\n")
    to.flush()


if __name__ == "__main__":
    sys.exit(main())
