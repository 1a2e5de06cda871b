#!/usr/bin/env python
"""Django's command line. Without DATABASE_URL it has the embedded PostgreSQL for the time of the command."""

import os
import sys
from contextlib import nullcontext

from alliance_portal import embedded, preflight
from alliance_portal.problems import Problem, complain


def main() -> None:
    """Run one command; say in one line what keeps it from running."""
    preflight.read_env_file()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")
    needed = embedded.needs_database(sys.argv[1:])
    try:
        with embedded.running(f"manage.py {sys.argv[1]}") if needed else nullcontext():
            from django.core.management import execute_from_command_line

            import alliance_portal.celery  # noqa: F401 - commands ring the same doorbells as pages

            execute_from_command_line(sys.argv)
    except Problem as problem:
        complain(f"manage.py: {problem}")
        sys.exit(1)


if __name__ == "__main__":
    main()
