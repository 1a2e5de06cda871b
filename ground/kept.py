"""What a form carries so that what was typed outlives a session that ended: a proof to whom it was shown, and where."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import QueryDict

FIELD = "typed_by"
HOLDS_FOR = 30 * 24 * 3600  # seconds; longer than a session
_SALT = "ground.kept"


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
