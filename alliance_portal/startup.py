"""What the portal needs before it serves: messages, tables, static files, the demo.

`needed()` says cheaply, without Django, which of these are out of date: a fingerprint of what each is made
from is kept in the data folder. `python -m alliance_portal.startup` then makes them, in one process.
"""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from alliance_portal import catalogues, embedded, preflight
from alliance_portal.preflight import CLONE
from alliance_portal.problems import Problem, complain, say

ROOTS = ("alliance_portal", "accounts", "audit", "documents", "ground", "members", "mobility", "news",
         "notifications", "projects", "texts")  # fmt: skip
Stamps = dict[str, Any]


def stamps_file() -> Path:
    """Out: where the fingerprints are kept."""
    return embedded.data_dir() / "stamps.json"


def stamps() -> Stamps:
    """Out: the fingerprints kept; none when the file is absent or damaged."""
    with suppress(OSError, ValueError):
        kept = json.loads(stamps_file().read_text(encoding="utf-8"))
        return kept if isinstance(kept, dict) else {}
    return {}


def keep(name: str, value: object) -> None:
    """Keep one fingerprint; the file is replaced as a whole."""
    unfinished = stamps_file().with_suffix(".new")
    unfinished.write_text(json.dumps(stamps() | {name: value}), encoding="utf-8")
    unfinished.replace(stamps_file())


def fingerprint(files: Iterable[Path]) -> str:
    """In: files. Out: a digest of their names and contents."""
    digest = hashlib.sha256()
    for path in sorted(files):
        with suppress(OSError):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(CLONE)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _common() -> list[Path]:
    return [CLONE / "requirements.txt", CLONE / "alliance_portal" / "settings.py"]


def messages_print() -> str:
    """Out: the fingerprint of all catalogues."""
    return fingerprint(catalogues.catalogues())


def static_print() -> str:
    """Out: the fingerprint of all static files and of what decides which there are."""
    folders = [CLONE / "static", *(CLONE / root / "static" for root in ROOTS)]
    files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return fingerprint([*files, *_common()])


def schema_print() -> str:
    """Out: the fingerprint of all migrations and of what decides which are applied."""
    files = (path for root in ROOTS for path in (CLONE / root).glob("migrations/*.py"))
    return fingerprint([*files, *_common()])


def database_state() -> list[str] | None:
    """Out: number, first and last moment of the migrations that the database has; nothing when it has none.

    The first moment tells one database from another, so it also says for which one the demo was loaded.
    Raises: Problem when the database does not answer.
    """
    import psycopg

    try:
        with psycopg.connect(embedded.database_url(), connect_timeout=5) as connection:
            row = connection.execute(
                "SELECT count(*)::text, min(applied)::text, max(applied)::text FROM django_migrations"
            ).fetchone()
    except psycopg.errors.UndefinedTable:
        return None
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()[0]
        raise Problem(
            f"The database does not answer ({reason}): check DATABASE_URL and its server."
        ) from error
    return list(row) if row and row[0] != "0" else None


def demo_wanted() -> bool:
    """Out: whether this is the demo mode, in which invented people and calls are loaded once."""
    return os.environ.get("PORTAL_MODE", "demo") == "demo"


def needed() -> list[str]:
    """Out: names of the steps that must run. Raises: Problem when the database does not answer."""
    kept, state = stamps(), database_state()
    compiled = all(path.with_suffix(".mo").exists() for path in catalogues.catalogues())
    collected = (embedded.data_dir() / "static" / "staticfiles.json").exists()
    steps = {
        "messages": not compiled or kept.get("messages") != messages_print(),
        "schema": state is None or kept.get("schema") != [schema_print(), state],
        "static": not collected or kept.get("static") != static_print(),
        "demo": demo_wanted() and (state is None or kept.get("demo") != state[1]),
    }
    return [name for name, wanted in steps.items() if wanted]


def _compile_messages() -> None:
    catalogues.compile_all()
    keep("messages", messages_print())


def _migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    keep("schema", [schema_print(), database_state()])


def _collect_static() -> None:
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    keep("static", static_print())


def _load_demo() -> None:
    from django.core.management import call_command

    from alliance_portal.demo.people import PASSWORD, SIGN_INS

    call_command("load_demo", if_empty=True, verbosity=0)
    keep("sign_ins", {"password": PASSWORD, "people": [list(person) for person in SIGN_INS]})
    state = database_state()
    keep("demo", state[1] if state else None)


STEPS: dict[str, tuple[str, Callable[[], None]]] = {
    "messages": ("Compiling messages", _compile_messages),
    "schema": ("Preparing the database", _migrate),
    "static": ("Collecting static files", _collect_static),
    "demo": ("Loading the demo", _load_demo),
}


def main(names: list[str]) -> int:
    """Run steps in order. In: their names; without any, those that are needed. Out: the exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alliance_portal.settings")
    import django

    for name in names or needed():
        title, step = STEPS[name]
        say(f"{title} …")
        if name != "messages":  # compiled before Django reads them
            django.setup()
        step()
    return 0


if __name__ == "__main__":
    preflight.read_env_file()
    try:
        sys.exit(main(sys.argv[1:]))
    except Problem as problem:
        complain(str(problem))
        sys.exit(1)
