"""A row of the outbox as an e-mail."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from notifications import kinds
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
    """One plain address, its domain as ASCII. Raises BadAddress: line breaks, several addresses, too long, not one."""
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in address) or len(address) > LONGEST_ADDRESS:
        raise BadAddress("The address has signs or a length that no address has.")
    local, _at, domain = address.rpartition("@")
    if len(local) > LONGEST_LOCAL:
        raise BadAddress("The part before the @ is longer than any address has.")
    try:
        validate_email(address)
        checked = f"{local}@{domain.encode('idna').decode('ascii')}"
    except (ValidationError, UnicodeError) as error:
        raise BadAddress("This is not one e-mail address.") from error
    if len(checked) > LONGEST_ADDRESS:
        raise BadAddress("The address is longer than any address, once its domain is written in ASCII.")
    return checked


def compose(message: Message, user: Any, moment: dt.datetime) -> Envelope:
    """The e-mail of `message` to `user` (None: to its own address), dated `moment`.

    Raises BadAddress, kinds.UnknownKind, kinds.WordingFailed.
    """
    recipient = checked_address(user.email if user else message.address)
    subject, text, html = _words(message, user.get_full_name() if user else "")
    name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    mail = EmailMessage(policy=SMTP if recipient.isascii() else SMTPUTF8)
    mail["Message-ID"] = f"<{message.message_id}>"
    mail["Date"] = format_datetime(moment)
    mail["Subject"] = kinds.one_line(subject)
    mail["From"] = Address(kinds.one_line(name), addr_spec=sender)
    mail["To"] = _addressee(user, recipient)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(text, cte="quoted-printable")
    if html:
        mail.add_alternative(html, subtype="html", cte="quoted-printable")
    mail["Content-Language"] = message.language  # at the end: setting a text takes such headers away
    return Envelope(message.message_id, sender, recipient, mail.as_bytes())


def _words(message: Message, person: str) -> tuple[str, str, str]:
    """Subject, text and HTML."""
    kind = kinds.find(message.kind)
    if kind.verbatim:
        fields = message.context
        if not fields.get("subject") or "text" not in fields:
            raise kinds.WordingFailed("The text of this message is no longer kept.")
        return fields["subject"], fields["text"], fields.get("html", "")
    wording = kinds.word(
        kind, message.context, name=message.subject_name, moment=message.created_at, language=message.language,
        person=person,
    )  # fmt: skip
    return wording.subject, *kinds.mail_bodies(kind, wording, message.language)


def _addressee(user: Any, recipient: str) -> Address | str:
    """The person's name with the address, where both can stand in a header."""
    try:
        return Address(
            kinds.one_line(user.get_full_name()) if user and user.name else "", addr_spec=recipient
        )
    except (ValueError, IndexError, HeaderParseError):
        return recipient
