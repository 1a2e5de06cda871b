"""Why a message did not arrive, in plain words, and what to do about it: from what relays and mail servers say."""

from __future__ import annotations

import re
from enum import Enum, unique
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.relays import NO_SUCH_ADDRESS

PROVIDER_REFUSES = "The provider refuses the address"  # how its relay begins what it says then
_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")  # RFC 3463
_ANSWER = re.compile(r"(?<![\d.])([45]\d\d)(?=[ -]|$)")  # RFC 5321, 4.2


@unique
class Reason(Enum):
    """Why; the words are those of `WORDS`."""

    NO_ADDRESS = "no address"
    NOT_AN_ADDRESS = "not an address"
    FULL = "full"
    BLOCKED = "blocked"
    SILENT = "silent"
    WORDING = "wording"
    COMPLAINED = "complained"
    OTHER = "other"


WORDS: dict[Reason, tuple[Any, Any]] = {
    Reason.NO_ADDRESS: (
        _("There is no such address, or it is closed."),
        _("Ask the person for the right one, and have it entered in their account."),
    ),
    Reason.NOT_AN_ADDRESS: (
        _("What is kept as the address is not one."),
        _("Look for a slip in it, and have the right one entered."),
    ),
    Reason.FULL: (
        _("The mailbox is full."),
        _("Tell the person another way. Once they have made room, try again."),
    ),
    Reason.BLOCKED: (
        _("The receiving mail server refuses the portal's messages."),
        _("Ask whoever runs the portal: the other side's IT has to let its sender through."),
    ),
    Reason.SILENT: (
        _("The receiving mail server, or our relay, could not be reached for days."),
        _("Look whether the part after the @ is right. If it is, try again later."),
    ),
    Reason.WORDING: (
        _("The message could not be put into words."),
        _("Tell whoever runs the portal; the details below help them. Then try again."),
    ),
    Reason.COMPLAINED: (
        _("The person reported the message as unwanted."),
        _(
            "Nothing optional is sent there any more. They can take that back themselves, on their page of e-mails."
        ),
    ),
    Reason.OTHER: (
        _("The message was refused."),
        _("Read what the mail server said. Mend what it complains about, then try again."),
    ),
}


def reason_of(said: str) -> Reason:
    """Why, from what a relay, a mail server or the portal itself said."""
    if said.startswith("BadAddress"):
        return Reason.NOT_AN_ADDRESS
    if said.startswith(("WordingFailed", "UnknownKind")):
        return Reason.WORDING
    if said.startswith(PROVIDER_REFUSES):
        return Reason.NO_ADDRESS
    if code := _CODE.search(said):
        return _by_code(code[1], f"{code[2]}.{code[3]}")
    if answer := _ANSWER.search(said):
        return _by_answer(answer[1], said[answer.start() :])
    return (
        Reason.SILENT
        if said.startswith(("TimeoutError", "ConnectionRefusedError", "OSError"))
        else Reason.OTHER
    )


def _by_code(kind: str, detail: str) -> Reason:
    if detail == "2.2":
        return Reason.FULL
    if kind == "4":
        return Reason.SILENT
    if detail in ("1.7", "1.8"):  # about our own sender
        return Reason.BLOCKED
    if detail.startswith("1.") or detail == "2.1":
        return Reason.NO_ADDRESS
    return Reason.BLOCKED if detail.startswith("7.") else Reason.OTHER


def _by_answer(answer: str, said: str) -> Reason:
    if answer in ("452", "552"):
        return Reason.FULL
    if answer.startswith("4"):
        return Reason.SILENT
    if NO_SUCH_ADDRESS.match(said):
        return Reason.NO_ADDRESS
    return Reason.BLOCKED if answer == "554" else Reason.OTHER
