"""What a form carries so that what was typed outlives a session that ended: a proof to whom it was shown, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core import signing
from django.http import QueryDict
from django.urls import ResolverMatch

FIELD = "typed_by"
HOLDS_FOR = 30 * 24 * 3600  # seconds; longer than a session
_SALT = "ground.kept"
# Rooms that keep files of such a form: the person's key, the page, the field, the file; out: the field and the value
# that stand for the file from now on, or None.
FileKeeper = Callable[[int, ResolverMatch, str, Any], tuple[str, str] | None]
_file_keepers: list[FileKeeper] = []


def proof_for(person: Any, address: str) -> str:
    """A signed word that says: the form sent to `address` was shown to `person`. Empty for nobody."""
    return signing.dumps([person.pk, address], salt=_SALT) if person.is_authenticated else ""


def shown_to(proof: str, address: str) -> int | None:
    """The key of the person to whom the form of `address` was shown; None when the proof is wrong or too old."""
    try:
        person, of = signing.loads(proof, salt=_SALT, max_age=HOLDS_FOR)
    except (signing.BadSignature, TypeError, ValueError):
        return None
    return person if isinstance(person, int) and of == address else None


def shown_in(data: QueryDict, address: str) -> int | None:
    """The same, of the proof that a form has sent along."""
    return shown_to(data.get(FIELD, ""), address)


def also_files(keeper: FileKeeper) -> None:
    """Let a room keep files of its own forms. Said once, in `AppConfig.ready()`."""
    if keeper not in _file_keepers:
        _file_keepers.append(keeper)


def file_kept(person: int, match: ResolverMatch, name: str, file: Any) -> tuple[str, str] | None:
    """The field that stands for a file of a form that was shown to `person`; None where nobody keeps it."""
    return next((found for keeper in _file_keepers if (found := keeper(person, match, name, file))), None)
