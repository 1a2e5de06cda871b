"""A row of the outbox as an e-mail."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass
from email.utils import parseaddr
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import translation

from notifications import digests, kinds, links
from notifications.letter import Letter, Mailbox, written
from notifications.models import Message

LONGEST_ADDRESS, LONGEST_LOCAL = 254, 64  # RFC 5321, 4.5.3.1


class BadAddress(ValueError):
    """Nothing can be sent to this address."""


@dataclass(frozen=True)
class Envelope:
    """What a relay needs: one sender, one recipient, one text, and the name under which it can be asked about."""

    message_id: str
    sender: str
    recipient: str
    data: bytes


def checked_address(address: str) -> str:
    """One plain address, its domain as ASCII. Raises BadAddress: line breaks, several addresses, too long, not one.

    The part before the @ may have letters of any script (RFC 6531): whether the relay takes it, the relay says.
    """
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in address) or len(address) > LONGEST_ADDRESS:
        raise BadAddress("The address has signs or a length that no address has.")
    local, _at, domain = address.rpartition("@")
    if '"' in local:
        raise BadAddress("An address in quotation marks can hide others, and nobody has one.")
    if "." not in domain or domain.startswith("["):
        raise BadAddress(
            "A letter to a machine by its number, or to this one, would be no letter to a person."
        )
    if len(local.encode("utf-8", "replace")) > LONGEST_LOCAL:
        raise BadAddress("The part before the @ is longer than any address has.")
    try:
        validate_email(f"{_like_ascii(local)}@{domain}")
        checked = f"{local}@{domain.encode('idna').decode('ascii')}"
    except (ValidationError, UnicodeError) as error:
        raise BadAddress("This is not one e-mail address.") from error
    if len(checked.encode()) > LONGEST_ADDRESS:
        raise BadAddress("The address is longer than any address, once its domain is written in ASCII.")
    return checked


def compose(message: Message, user: Any, moment: dt.datetime) -> Envelope:
    """The e-mail of `message` to `user` (None: to its own address), dated `moment`.

    Raises BadAddress, kinds.UnknownKind, kinds.WordingFailed.
    """
    recipient = checked_address(user.email if user else message.address)
    leave, steer = _leave(message), links.address_for(message)
    subject, text, html = _words(
        message, user.get_full_name() if user else "", leave, steer, account=user is not None
    )
    letter = Letter(
        message.message_id, moment, subject, _sender(settings.DEFAULT_FROM_EMAIL),
        Mailbox(user.get_full_name() if user and user.name else "", recipient), message.language, text, html,
        leave or steer,
    )  # fmt: skip
    return Envelope(message.message_id, letter.sender.address, recipient, written(letter))


@cache
def _sender(said: str) -> Mailbox:
    return Mailbox(*parseaddr(said))


def _like_ascii(local: str) -> str:
    """`local` with an x for each letter or digit of another script, as a check that knows ASCII alone understands."""
    return "".join(
        "x" if ord(sign) > 127 and unicodedata.category(sign)[0] in "LMN" else sign for sign in local
    )


def _leave(message: Message) -> str:
    """The whole address at which one click ends messages of this kind; "" where there is none."""
    kind = kinds.find(message.kind)
    if not kind.leave:
        return ""
    try:
        with translation.override(message.language):
            return settings.BASE_URL + kind.leave(message.context)
    except Exception as error:  # as with the wording: one person's data must not stop the others
        raise kinds.WordingFailed(f"{kind.name}: {type(error).__name__}: {error}") from error


def _words(message: Message, person: str, leave: str, steer: str, *, account: bool) -> tuple[str, str, str]:
    """Subject, text and HTML."""
    kind = kinds.find(message.kind)
    if kind.verbatim:
        fields = message.context
        if not fields.get("subject") or "text" not in fields:
            raise kinds.WordingFailed("The text of this message is no longer kept.")
        return fields["subject"], fields["text"], fields.get("html", "")
    parts = digests.wordings(message, person) if kind.digest else []
    context = message.context | {"count": len(parts)} if kind.digest else message.context
    wording = kinds.word(
        kind, context, name=message.subject_name, moment=message.created_at, language=message.language,
        person=person,
    )  # fmt: skip
    bodies = kinds.mail_bodies(
        kind, wording, message.language, leave=leave, steer=steer, parts=parts, has_account=account
    )
    return wording.subject, *bodies
