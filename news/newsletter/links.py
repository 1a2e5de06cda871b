"""The signed addresses of a subscription: whoever has a letter may change it and end it."""

from __future__ import annotations

import uuid
from typing import Any

from django.core import signing
from django.urls import reverse

_SALT = "news.newsletter"


def token_of(subscription: uuid.UUID | str) -> str:
    """The signed word that opens the subscription with this identifier; nothing is stored of it."""
    return signing.Signer(salt=_SALT).sign(uuid.UUID(str(subscription)).hex)


def opened_by(token: str) -> uuid.UUID | None:
    """The identifier in a token; None for any other text."""
    try:
        return uuid.UUID(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def own_path(subscription: Any) -> str:
    """The path of a subscription's own page, in the language in use."""
    return reverse("news:newsletter_own", args=[token_of(subscription)])


def leave_path(subscription: Any) -> str:
    """Where one click ends it; an address without a language, for mail programs too."""
    return reverse("newsletter_leave", args=[token_of(subscription)])
