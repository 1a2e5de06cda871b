"""Mails that came back, read as reports: RFC 3464 (and RFC 5965 for complaints). Anybody may have written them.

Only the Message-ID and the address lead anywhere, and only together (`reports.py`). Nothing of the text is kept.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message as Mail
from typing import Any

from notifications import failures
from notifications.models import DeliveryReport
from notifications.reports import Told

LARGEST = 256 * 1024  # what is beyond is the end of our own text
DEEPEST, PARTS = 20, 50
SOURCE = "mail"
Outcome = DeliveryReport.Outcome
_NAME = re.compile(r"(?im)^(?:X-Original-)?Message-ID:\s*<([0-9a-f]{32})@[a-z0-9.-]{1,100}>")
_OPENINGS = re.compile(rb"(?i)\bboundary\s*=")


class NoReport(Exception):
    """This is no mail that says what became of one of ours."""


def read(data: bytes) -> list[Told]:
    """What a mail tells of the ones we sent. Raises NoReport, whatever it was given."""
    data = data[:LARGEST]
    if len(_OPENINGS.findall(data)) > DEEPEST:
        raise NoReport("It is nested too deeply.")
    try:
        mail = message_from_bytes(data, policy=policy.compat32)
        kind = str(mail.get_param("report-type", "")).lower()
        parts = _parts(mail) if mail.get_content_type() == "multipart/report" else []
        told = list(_complaints(parts) if kind == "feedback-report" else _deliveries(parts))
    except NoReport:
        raise
    except Exception as error:  # the parser has many ways to fail over what is hostile or broken
        raise NoReport(f"It can't be read ({type(error).__name__}).") from error
    if not told:
        raise NoReport("It reports nothing about a message of ours.")
    return told


def _parts(mail: Mail) -> list[Any]:
    """The parts of the report itself; what is within them is looked at where it is wanted."""
    payload = mail.get_payload()
    return list(payload)[:PARTS] if isinstance(payload, list) else []


def _deliveries(parts: list[Any]) -> Iterator[Told]:
    """Each recipient of a delivery status notification."""
    name = _about(parts)
    for part in parts:
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in _parts(part):
            address = _address(fields.get("Original-Recipient")) or _address(fields.get("Final-Recipient"))
            status, diagnosis = str(fields.get("Status", "")), _plain(fields.get("Diagnostic-Code"))
            said = " ".join(word for word in (status.strip()[:20], diagnosis) if word)
            outcome = _outcome(str(fields.get("Action", "")).strip().lower(), status.strip(), diagnosis)
            if address and outcome:
                yield Told(name, address, outcome, SOURCE, said=said)


def _complaints(parts: list[Any]) -> Iterator[Told]:
    """A recipient who reported our message as unwanted, as far as the report says who it was."""
    name = _about(parts)
    for part in parts:
        if part.get_content_type() != "message/feedback-report":
            continue
        fields = next(iter(_parts(part)), part)
        address = _address(fields.get("Original-Rcpt-To"))
        if address and str(fields.get("Feedback-Type", "")).strip().lower() == "abuse":
            yield Told(name, address, Outcome.COMPLAINED, SOURCE)


def _about(parts: list[Any]) -> uuid.UUID:
    """The identifier of the message that came back, from its own header. Raises NoReport."""
    for part in reversed(parts):
        if part.get_content_type() in ("message/rfc822", "text/rfc822-headers", "message/delivery-status"):
            head = part.as_bytes()[:LARGEST].decode("latin-1")
            if found := _NAME.search(head):
                return uuid.UUID(found[1].lower())
    raise NoReport("It is not about a message of ours.")


def _outcome(action: str, status: str, diagnosis: str) -> str:
    if action == "delivered":
        return Outcome.DELIVERED
    if action in ("relayed", "expanded"):
        return Outcome.TAKEN
    if action == "delayed":
        return Outcome.DELAYED
    if action != "failed":
        return ""
    why = failures.reason_of(status)
    if why is failures.Reason.OTHER:  # x.0.0 says nothing; then the other server's answer may
        why = failures.reason_of(diagnosis)
    return Outcome.GONE if why is failures.Reason.NO_ADDRESS else Outcome.RETURNED


def _address(field: Any) -> str:
    """`rfc822; ana@x.example` → `ana@x.example`; "" for another kind of address."""
    kind, sign, address = str(field or "").rpartition(";")
    if sign and kind.strip().lower() not in ("rfc822", "utf-8"):
        return ""
    return address.strip().strip("<>")[:254]


def _plain(field: Any) -> str:
    """What the other server said, on one line."""
    _kind, _sign, said = str(field or "").partition(";")
    return " ".join(said.split())[:300]
