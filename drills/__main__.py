"""`script/drill deadline [--students N] [--minutes M] [--seed S] [--controls NAME …]`: see docs/drills.md."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from typing import TextIO

from bench.__main__ import LIKE_PRODUCTION
from drills.outcome import Outcome

CONTROLS = ("locks", "files", "close")
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
    from drills.deadline import Sizes, run

    kept = True
    if not options.only_controls:
        kept = _report(run(Sizes(options.students, options.minutes, options.seed)), wanted=True)
    for control in options.controls:
        found = run(Sizes(4, 0.1, options.seed), without=control)
        kept = _report(found, wanted=False) and kept
    return 0 if kept else 1


def _report(outcome: Outcome, *, wanted: bool) -> bool:
    """Print the outcome. Out: whether it is as wanted: a control that harms nothing proves that nothing is seen."""
    _say(outcome.line(), sys.stdout)
    for line in (*outcome.seen, *outcome.reasons[:20]):
        _say(f"  {line}")
    as_wanted = outcome.passed if wanted else bool(outcome.lost or outcome.duplicated or outcome.leaked)
    if not as_wanted:
        _say(f"{outcome.name}: {'FAILED' if wanted else 'HARMLESS, though its safety is off'}")
    return as_wanted


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/drill", description=__doc__)
    parser.add_argument("what", choices=["deadline"])
    parser.add_argument("--students", type=int, default=500, metavar="N", help="how many apply (500)")
    parser.add_argument("--minutes", type=float, default=10, metavar="M", help="within how many minutes (10)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same day")
    parser.add_argument(
        "--controls", nargs="*", choices=CONTROLS, default=list(CONTROLS), metavar="NAME",
        help="safeties to switch off in turn afterwards: locks, files, close (all)",
    )  # fmt: skip
    parser.add_argument("--only-controls", action="store_true", help="run the controls alone")
    return parser.parse_args()


def _say(said: str, to: TextIO = sys.stderr) -> None:
    to.write(f"{said}\n")
    to.flush()


if __name__ == "__main__":
    sys.exit(main())
