"""The signed address at the end of a message: it opens, without signing in, how one person gets messages of one kind.

It names the account by its opaque identifier and the kind by a digest of its name, and nothing else. It is no key to
anything else, and it does not expire: mails are kept for years. Old keys still open what they signed, so that the key
can be changed (`MAIL_LINK_KEYS`, the newest first).
"""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.urls import reverse

from notifications import kinds
from notifications.models import Message, Preference

_SALT, _UNDO = "notifications.steer", "notifications.steer.undo"
_ALL = sorted(Preference.Delivery.values)


@dataclass(frozen=True)
class Opened:
    """What a link opens: the account and the kind."""

    user: Any
    kind: kinds.MessageKind


def token_for(user: uuid.UUID | str, kind: str) -> str:
    """The signed word for messages of `kind` to the account with this identifier; nothing is stored of it."""
    return _signer(_SALT).sign(f"{_short(uuid.UUID(str(user)).bytes)}{_code(kind)}")


def address_for(message: Message) -> str:
    """The whole address for a message; "" where it goes to no account or can't be switched off."""
    kind = kinds.find(message.kind)
    if kind.transactional or kind.leave or not message.user_uuid:
        return ""
    return settings.BASE_URL + reverse("steer_mails", args=[token_for(message.user_uuid, kind.name)])


def opened_by(token: str) -> Opened | None:
    """What `token` opens; None for any other text, a closed account, and a kind that is not there any more."""
    try:
        told = _signer(_SALT).unsign(token)
        account = uuid.UUID(bytes=base64.urlsafe_b64decode(told[:22] + "=="))
    except (signing.BadSignature, ValueError):
        return None
    steered = (kind for kind in kinds.all_kinds() if not kind.transactional)
    kind = next((kind for kind in steered if _code(kind.name) == told[22:]), None)
    user = get_user_model().objects.filter(uuid=account, is_active=True).first() if kind else None
    return Opened(user, kind) if kind and user else None


def undo_word(token: str, before: Mapping[str, str]) -> str:
    """What takes a change by `token` back: kinds and how they were delivered before, signed for this link alone."""
    told = {_code(kind): _ALL.index(delivery) for kind, delivery in before.items()}
    return _signer(f"{_UNDO}:{token}").sign_object(told)


def undone_by(token: str, word: str) -> dict[str, str]:
    """What `undo_word` was given; nothing for any other text."""
    try:
        told = _signer(f"{_UNDO}:{token}").unsign_object(word)
    except (signing.BadSignature, ValueError):
        return {}
    return {
        kind.name: _ALL[told[code]] for kind in kinds.optional_kinds() if (code := _code(kind.name)) in told
    }


def _signer(salt: str) -> signing.Signer:
    newest, *older = settings.MAIL_LINK_KEYS
    return signing.Signer(key=newest, fallback_keys=older, salt=salt)


def _code(kind: str) -> str:
    return _short(hashlib.sha256(kind.encode()).digest()[:6])


def _short(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
