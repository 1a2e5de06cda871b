"""What must hold before anything is sent: leases outlive every wait for the relay, and its record can be named."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured

from notifications import mail_log
from notifications.sender import Sender

# Connecting, the greeting, EHLO twice, STARTTLS, AUTH, MAIL, RCPT; then DATA, the text, the answer to it.
WAITS_BEFORE, WAITS_AFTER = 8, 3
SECRET = 24  # signs, at least
SPARE = dt.timedelta(seconds=30)


@checks.register()
def leases_outlive_timeouts(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A sender that waits as long as it may for each answer still holds its lease when it is done, and a record is
    believed only after that."""
    wait = dt.timedelta(seconds=settings.EMAIL_TIMEOUT)
    needed = max(WAITS_BEFORE, WAITS_AFTER) * wait + SPARE
    if Sender.lease >= needed and Sender.settling >= WAITS_AFTER * wait + SPARE:
        return []
    most = int(
        min((Sender.lease - SPARE) / WAITS_BEFORE, (Sender.settling - SPARE) / WAITS_AFTER).total_seconds()
    )
    return [
        checks.Error(
            "SMTP_TIMEOUT is so long that a message could be sent twice.",
            hint=f"Set SMTP_TIMEOUT to at most {most} seconds.",
            id="notifications.E001",
        )
    ]


@checks.register()
def provider_can_be_spoken_to(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """MAIL_PROVIDER is one that the portal knows, with the keys it needs, and its secret can't be guessed."""
    if settings.MAIL_RELAY != "provider":
        return []
    from notifications import provider

    found: list[checks.CheckMessage] = []
    try:
        provider.ProviderRelay(settings.MAIL_PROVIDER)
    except (provider.UnknownProvider, ImproperlyConfigured) as error:
        found.append(checks.Error(str(error), id="notifications.E003"))
    if any(len(one) < SECRET or ":" not in one for one in settings.ANYMAIL["WEBHOOK_SECRET"]):
        hint = f"It is name:password, with at least {SECRET} signs."
        found.append(checks.Error("MAIL_REPORTS_SECRET can be guessed.", hint=hint, id="notifications.E004"))
    return found


@checks.register()
def record_can_be_named(app_configs: Any = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """MAIL_RECORD says which relay's log lies where."""
    try:
        mail_log.from_setting(settings.MAIL_RECORD)
    except ValueError as error:
        return [checks.Error(str(error), id="notifications.E002")]
    return []
