"""Reports of a mail provider, as django-anymail reads them. What people open or click is nobody's business."""

from __future__ import annotations

import re
import uuid
from typing import Any

from anymail.exceptions import AnymailWebhookValidationFailure
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string

from notifications import failures, provider, reports
from notifications.models import DeliveryReport
from notifications.reports import Told

Outcome = DeliveryReport.Outcome
_NAME = re.compile(r"<?([0-9a-f]{32})(?:@[a-z0-9.-]{1,100}>?)?")
_PLAIN = {
    EventType.QUEUED: Outcome.TAKEN,
    EventType.SENT: Outcome.TAKEN,
    EventType.DELIVERED: Outcome.DELIVERED,
    EventType.DEFERRED: Outcome.DELAYED,
    EventType.COMPLAINED: Outcome.COMPLAINED,
}
_BACK = (EventType.BOUNCED, EventType.REJECTED, EventType.FAILED)


class Stranger(Exception):
    """It does not prove that it is the provider."""


class Unreadable(Exception):
    """It is no report."""


def take(request: HttpRequest) -> int:
    """Every report in `request`; how many were new. Raises Stranger or Unreadable."""
    chosen = provider.find(settings.MAIL_PROVIDER)
    view = import_string(f"anymail.webhooks.{chosen.name}.{chosen.reports}")()
    try:
        view.run_validators(request)
        events = view.parse_events(request)
    except AnymailWebhookValidationFailure as error:
        raise Stranger from error
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        RecursionError,
        ArithmeticError,  # a moment that no calendar has
        OSError,
    ) as error:  # anything may be sent
        raise Unreadable from error
    told = [read(event, chosen.name) for event in events if isinstance(event, AnymailTrackingEvent)]
    return sum(reports.take(one) for one in told if one)


def read(event: AnymailTrackingEvent, source: str) -> Told | None:
    """The report that an event holds; None for one that says nothing about the way of one of our messages."""
    outcome = _outcome(event)
    name = _name(event)
    if not outcome or not name or not isinstance(event.recipient, str):
        return None
    # Delays and what was taken count once; other events by their name, or by their moment where they have none.
    named = (
        "" if outcome in (Outcome.DELAYED, Outcome.TAKEN) else str(event.event_id or event.timestamp or "")
    )
    return Told(name, event.recipient, outcome, source, said=_said(event), event=named)


def _name(event: AnymailTrackingEvent) -> uuid.UUID | None:
    """The identifier that went along with the message, or else the one in its Message-ID."""
    along = event.metadata.get(provider.MARK) if isinstance(event.metadata, dict) else None
    for written in (along, event.message_id):
        if isinstance(written, str) and (found := _NAME.fullmatch(written)):
            return uuid.UUID(found[1])
    return None


def _outcome(event: AnymailTrackingEvent) -> str:
    if event.event_type in _PLAIN:
        return _PLAIN[event.event_type]
    if event.event_type not in _BACK:
        return ""
    if event.reject_reason == RejectReason.SPAM:
        return Outcome.COMPLAINED
    return Outcome.GONE if _is_gone(event) else Outcome.RETURNED


def _is_gone(event: AnymailTrackingEvent) -> bool:
    """Whether it came back because there is no such address, whatever one sends there."""
    why = failures.reason_of(_said(event))
    if why is not failures.Reason.OTHER:
        return why is failures.Reason.NO_ADDRESS
    permanent = event.reject_reason in (RejectReason.INVALID, RejectReason.BOUNCED)
    return permanent and event.event_type != EventType.FAILED and not _is_soft(event.esp_event)


def _is_soft(raw: Any) -> bool:
    """Whether the provider's own words say that it may pass."""
    said = raw if isinstance(raw, dict) else {}
    kind = " ".join(str(said.get(name, "")) for name in ("Type", "event", "bounce_class")).lower()
    return "soft" in kind or said.get("hard_bounce") is False


def _said(event: AnymailTrackingEvent) -> str:
    return " ".join(str(part) for part in (event.mta_response, event.description) if part)[:1000]
