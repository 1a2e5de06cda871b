"""Message catalogues: compiled without GNU gettext, and checked for what is missing.

`python -m alliance_portal.catalogues` compiles; `… check` tells what a release must not have: messages
without a Lithuanian translation, fuzzy ones, placeholders that differ, messages of the code that the
catalogue lacks.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from alliance_portal.preflight import CLONE
from alliance_portal.problems import complain, say

PLACEHOLDER = re.compile(r"%\(\w+\)[a-zA-Z]|\{\w*\}|%[sd]")
TRANSLATED = ("lt",)  # English is the language of the code
NOT_SOURCE = (".*", "node_modules", "screenshots", "__pycache__")


def catalogues(root: Path = CLONE) -> list[Path]:
    """Out: the catalogues of the project."""
    return sorted(root.glob("locale/*/LC_MESSAGES/*.po"))


def read(path: Path) -> Catalog:
    """In: a .po file. Out: its messages. Raises: PoFileError for a file that is none."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.parent.name, abort_invalid=True)


def compile_all(root: Path = CLONE) -> list[Path]:
    """Compile each catalogue. Out: the .mo files that changed; one whose bytes are the same is left alone."""
    changed = []
    for source in catalogues(root):
        made, target = BytesIO(), source.with_suffix(".mo")
        write_mo(made, read(source))
        with suppress(OSError):
            if target.read_bytes() == made.getvalue():
                continue
        unfinished = target.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(made.getvalue())
        unfinished.chmod(0o644)
        unfinished.replace(target)
        changed.append(target)
    return changed


def faults(path: Path) -> Iterator[str]:
    """In: a .po file. Out: what is wrong with it, one sentence each."""
    try:
        catalogue = read(path)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        yield f"cannot be read: {error}"
        return
    for message in catalogue:
        if message.id:
            yield from _faults_of(message, catalogue.num_plurals)


def _faults_of(message: Message, plurals: int) -> Iterator[str]:
    ids = message.id if isinstance(message.id, (tuple, list)) else (message.id,)
    given = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
    strings = [text or "" for text in given]
    if message.fuzzy:
        yield f"fuzzy: {ids[0]!r}"
    if not all(strings) or (len(ids) > 1 and len(strings) != plurals):
        yield f"not translated: {ids[0]!r}"
        return
    allowed = {mark for text in ids for mark in PLACEHOLDER.findall(text)}
    for text in strings:
        if unknown := set(PLACEHOLDER.findall(text)) - allowed:
            yield f"placeholder {sorted(unknown)[0]} is not in the message: {ids[0]!r}"
    if len(ids) == 1 and (lost := allowed - set(PLACEHOLDER.findall(strings[0]))):
        yield f"placeholder {sorted(lost)[0]} is lost: {ids[0]!r}"


def keys(path: Path) -> set[tuple[str, str]]:
    """In: a .po file. Out: context and message of each entry."""
    return {
        (message.context or "", message.id[0] if isinstance(message.id, (tuple, list)) else message.id)
        for message in read(path)
        if message.id
    }


def missing_from_code(language: str, root: Path = CLONE) -> set[tuple[str, str]]:
    """Extract messages anew in a copy. Out: those that the catalogue lacks. Needs GNU gettext."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        shutil.copytree(root, copy, ignore=shutil.ignore_patterns(*NOT_SOURCE), symlinks=True)
        subprocess.run(
            [sys.executable, "manage.py", "makemessages", "--locale", language, "-v", "0", "--ignore", "tests"],
            cwd=copy, check=True, capture_output=True, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        place = Path("locale", language, "LC_MESSAGES", "django.po")
        return keys(copy / place) - keys(root / place)


def check(root: Path = CLONE) -> int:
    """Say what is wrong with the catalogues. Out: how many faults there are."""
    found = 0
    for language in TRANSLATED:
        path = root / "locale" / language / "LC_MESSAGES" / "django.po"
        name = path.relative_to(root)
        if not path.exists():
            complain(f"{name}: is not there")
            found += 1
            continue
        wrong = list(faults(path))
        if shutil.which("xgettext") is None:
            say("Without GNU gettext nobody checks that the catalogue holds every message of the code.")
        else:
            wrong += [f"only in the code: {key[1]!r}" for key in sorted(missing_from_code(language, root))]
        for fault in wrong:
            complain(f"{name}: {fault}")
        found += len(wrong)
    return found


if __name__ == "__main__":
    if sys.argv[1:] == ["check"]:
        sys.exit(1 if check() else 0)
    for made in compile_all():
        say(f"compiled {made.relative_to(CLONE)}")
