"""Content in both languages."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Model


def texts(record: Model, *fields: str) -> list[str]:
    """What `record` says in its translated `fields`, in every language; what is missing is left out."""
    written = (getattr(record, f"{field}_{code}") for field in fields for code, _name in settings.LANGUAGES)
    return [text for text in written if text]
