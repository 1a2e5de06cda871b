"""What people do with their messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ground import clock
from notifications import doorbell, inbox, kinds
from notifications.models import InboxItem, Message, Preference, SecretToken


@transaction.atomic
def choose(deliveries: Mapping[str, str], *, by: Any) -> None:
    """Keep how `by` wants e-mails of each kind."""
    Preference.objects.bulk_create(
        [Preference(user=by, kind=kind, delivery=delivery) for kind, delivery in deliveries.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["delivery"],
    )


def read(item: InboxItem, *, by: Any) -> None:
    """`by` has read one of the own items."""
    inbox.mark_read(InboxItem.objects.visible_to(by).filter(pk=item.pk), clock.now())


def read_all(*, by: Any) -> int:
    """`by` has read everything that is shown now; how many were new."""
    now = clock.now()
    return inbox.mark_read(InboxItem.objects.visible_to(by).shown_at(now), now)


@transaction.atomic
def retry(messages: QuerySet[Message]) -> list[Message]:
    """Make failed messages due again, and give back which; not those whose text is wiped, and never uncertain ones."""
    wiped = [kind.name for kind in kinds.all_kinds() if kind.verbatim]
    failed = messages.filter(state=Message.State.FAILED).exclude(kind__in=wiped)
    rows = list(failed.order_by("pk").select_for_update())
    now = clock.now()
    Message.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Message.State.DUE, next_attempt_at=now, attempts=0, data_at=None, error=""
    )
    doorbell.ring_after_commit(doorbell.SEND_MESSAGES)
    return rows


@transaction.atomic
def withdraw(tokens: QuerySet[SecretToken]) -> list[SecretToken]:
    """Make secret addresses stop working, and give back which did until now."""
    rows = list(tokens.live().order_by("pk").select_for_update())  # type: ignore[attr-defined]
    SecretToken.objects.filter(pk__in=[row.pk for row in rows]).update(revoked_at=clock.now())
    return rows
