"""Django's own way to send mail leads into the outbox: codes and links of sign-in get the same promise."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from email.utils import parseaddr
from typing import Any

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils.translation import get_language

from notifications import doorbell, kinds
from notifications.composing import BadAddress, checked_address
from notifications.messages import ACCOUNT_MAIL
from notifications.models import Message
from notifications.models.message import recipient_at
from notifications.outbox import new_message

log = logging.getLogger(__name__)


class OutboxBackend(BaseEmailBackend):
    """Each recipient of each message becomes a row. The text is kept until it is sent, then wiped."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Out: how many messages were taken. Raises ValueError for an attachment.

        What is not an address is a fault of what somebody typed: no page may break over it, nothing is sent.
        """
        taken = 0
        for mail in email_messages:
            try:
                self._take(mail)
            except BadAddress as error:
                log.warning("account mail not sent: %s", error)
            except ValueError:
                if not self.fail_silently:
                    raise
            else:
                taken += 1
        return taken

    def _take(self, mail: EmailMessage) -> None:
        if mail.attachments:
            raise ValueError("The outbox carries text, no attachments.")
        context = {"subject": kinds.one_line(str(mail.subject)), "text": mail.body, "html": _html(mail)}
        addresses = [checked_address(_bare(written)) for written in mail.recipients()]
        with transaction.atomic():
            for address in addresses:
                self._row(address, context).save(force_insert=True)
        doorbell.ring_after_commit(doorbell.SEND_MESSAGES)

    def _row(self, address: str, context: dict[str, Any]) -> Message:
        message = new_message(
            ACCOUNT_MAIL,
            recipient=recipient_at(address),
            language=(get_language() or "en")[:2],
            context=context,
        )
        message.address = address
        return message


def _bare(written: str) -> str:
    """The address alone of "Name <address>"; what has line breaks stays as it is, to be refused."""
    return parseaddr(written)[1] if written.isprintable() else written


def _html(mail: EmailMessage) -> str:
    """The HTML alternative, where there is one."""
    for content, kind in getattr(mail, "alternatives", []):
        if kind == "text/html":
            return str(content)
    return ""
