"""Forgetting who did not confirm, and who stopped."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from ground import clock
from news.models import Subscription
from news.newsletter import messages
from news.newsletter.subscribing import HOLDS
from notifications import outbox

State = Subscription.State
BATCH = 500
KEPT_AFTER = dt.timedelta(days=30)  # said to people on the pages and in the letters


def erase_due() -> int:
    """Delete addresses that nobody confirmed in time, and those that stopped long enough ago; how many.

    Running it twice is safe.
    """
    now = clock.now()
    erased = _erase_all(Subscription.objects.filter(state=State.UNCONFIRMED, asked_at__lt=now - HOLDS))
    return erased + _erase_all(Subscription.objects.filter(state=State.ENDED, ended_at__lt=now - KEPT_AFTER))


def _erase_all(rows: Any) -> int:
    erased = 0
    while True:
        with transaction.atomic():
            batch = list(
                rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", "uuid")[:BATCH]
            )
            if not batch:
                return erased
            outbox.forget(messages.SUBJECT, [uuid for _pk, uuid in batch])
            Subscription.objects.filter(pk__in=[pk for pk, _uuid in batch]).delete()
        erased += len(batch)
