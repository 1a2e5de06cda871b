"""How many letters registrations may cause: for one address, counted in the database, and for one client."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext as _

from ground import clock
from ground.workflow import NotPossible
from news.registering import messages
from notifications.models import Message

SPAN = dt.timedelta(hours=1)
# For one address in that time; and for one client, behind which a whole lecture hall may sit.
MOST_LETTERS, MOST_ASKED = 10, 100
# Letters that anybody causes who types the address, in a day.
MOST_UNASKED, DAY = 15, dt.timedelta(days=1)
_UNASKED = (messages.CONFIRM, messages.KNOWN)
_COUNTED = (*_UNASKED, messages.REGISTERED, messages.WAITING, messages.LEFT)


class TooMany(NotPossible):
    """More letters than anybody means to get; the words say when to try again."""


def demand_calm(recipient: str) -> None:
    """Raises TooMany once registrations have sent MOST_LETTERS to `recipient` within SPAN.

    Belongs into the transaction that sends the next one: two at once are counted one after the other.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [recipient])
    sent = Message.objects.filter(recipient=recipient, kind__in=_COUNTED, created_at__gt=clock.now() - SPAN)
    if sent.count() >= MOST_LETTERS:
        raise TooMany(
            _(
                "Many letters went to this address within the last hour. Look for one of them, or try again in an hour."
            )
        )


def demand_calm_day(recipient: str) -> None:
    """Raises TooMany once MOST_UNASKED letters went to `recipient` within DAY because somebody typed the address.

    Comes after `demand_calm`, which takes the lock.
    """
    sent = Message.objects.filter(recipient=recipient, kind__in=_UNASKED, created_at__gt=clock.now() - DAY)
    if sent.count() >= MOST_UNASKED:
        raise TooMany(
            _("Many letters went to this address today. Look for one of them, or try again tomorrow.")
        )


def demand_calm_of(client: str) -> None:
    """Raises TooMany once MOST_ASKED letters were asked for from the address `client` within SPAN.

    Counted in the cache: shared where there is Redis, else by each process for itself.
    """
    key = f"news-letters:{hashlib.sha256(client.encode()).hexdigest()}"
    cache.add(key, 0, SPAN.total_seconds())
    try:
        asked = cache.incr(key)
    except ValueError:  # it ran out in between
        return
    if asked > MOST_ASKED:
        raise TooMany(
            _("Many registrations came from your connection within the last hour. Try again in an hour.")
        )
