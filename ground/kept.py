"""What a form carries so that what was typed outlives a session that ended: a proof to whom the form was shown."""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import QueryDict

FIELD = "typed_by"
HOLDS_FOR = 30 * 24 * 3600  # seconds; longer than a session
_SALT = "ground.kept"


def proof_for(person: Any) -> str:
    """A signed word that says: this form was shown to `person`. Empty for nobody."""
    return signing.dumps(person.pk, salt=_SALT) if person.is_authenticated else ""


def shown_to(data: QueryDict) -> int | None:
    """The key of the person to whom the form that sent `data` was shown; None when the proof is wrong or too old."""
    try:
        found = signing.loads(data.get(FIELD, ""), salt=_SALT, max_age=HOLDS_FOR)
    except signing.BadSignature:
        return None
    return found if isinstance(found, int) else None
