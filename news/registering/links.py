"""The signed address of a registration: whoever has the letter may see and cancel it."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SALT = "news.registration"


def token_of(registration: uuid.UUID | str) -> str:
    """The signed word that opens the registration with this identifier; nothing is stored of it."""
    return signing.Signer(salt=_SALT).sign(uuid.UUID(str(registration)).hex)


def opened_by(token: str) -> uuid.UUID | None:
    """The identifier in a token; None for any other text."""
    try:
        return uuid.UUID(signing.Signer(salt=_SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def path_of(registration: Any) -> str:
    """The path of a registration's own page, in the language in use."""
    return reverse("news:registration", args=[token_of(registration)])


def address_of(registration: Any) -> str:
    """The same with the portal's own address."""
    return f"{settings.BASE_URL}{path_of(registration)}"
