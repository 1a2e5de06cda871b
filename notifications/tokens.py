"""Secret addresses: a token is shown once, kept as a digest, and can be withdrawn."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction

from ground import clock
from notifications.models import SecretToken


def digest_of(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


@transaction.atomic
def issue(owner: Any, purpose: str) -> str:
    """A new token for `owner`; an earlier one for the same purpose stops working. It cannot be shown again."""
    get_user_model().objects.select_for_update().get(pk=owner.pk)
    revoke(owner, purpose)
    token = secrets.token_urlsafe(32)
    SecretToken.objects.create(owner=owner, purpose=purpose, digest=digest_of(token), created_at=clock.now())
    return token


def owner_of(token: str, purpose: str) -> Any | None:
    """The active person who owns this live token; None for any other text."""
    found = (
        SecretToken.objects.live()
        .select_related("owner")
        .filter(digest=digest_of(token), purpose=purpose, owner__is_active=True)
        .first()
    )
    return found.owner if found else None


def revoke(owner: Any, purpose: str) -> bool:
    """Withdraw the owner's token for `purpose`; whether there was one."""
    live = SecretToken.objects.live().filter(owner=owner, purpose=purpose)
    return bool(live.update(revoked_at=clock.now()))
