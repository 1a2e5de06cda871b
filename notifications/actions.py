"""What people do with their messages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import QuerySet

from ground import clock
from notifications import doorbell, inbox, kinds, outbox, times
from notifications.models import InboxItem, MailTimes, Message, Preference, SecretToken


class NotPossible(Exception):
    """This cannot be put off any more, or not until then."""


@transaction.atomic
def choose(deliveries: Mapping[str, str], *, by: Any) -> None:
    """Keep how `by` wants e-mails of each kind. What waits for a digest finds its way anew."""
    Preference.objects.bulk_create(
        [Preference(user=by, kind=kind, delivery=delivery) for kind, delivery in deliveries.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["delivery"],
    )
    _go_anew(by)


@transaction.atomic
def keep_times(fields: Mapping[str, Any], *, by: Any) -> None:
    """Keep when `by` gets digests, and their quiet hours. What waits for a digest finds its way anew."""
    MailTimes.objects.update_or_create(user=by, defaults=dict(fields))
    _go_anew(by)


@transaction.atomic
def steer(kind: kinds.MessageKind, delivery: str, *, by: Any) -> dict[str, str]:
    """From now on `by` gets e-mails of `kind` so; of a digest, those of every kind that it brought together.

    Out: the kinds that were changed, and how they were delivered before.
    """
    get_user_model().objects.select_for_update().get(pk=by.pk)
    chosen = inbox.deliveries(by)
    concerned = [kind.name]
    if kind.digest:
        concerned = [one.name for one in kinds.optional_kinds() if chosen.get(one.name) == kind.digest]
    before = {name: chosen.get(name, Preference.Delivery.AT_ONCE) for name in concerned}
    changed = {name: was for name, was in before.items() if was != delivery}
    if changed:
        choose(dict.fromkeys(changed, delivery), by=by)
    return changed


def _go_anew(person: Any) -> None:
    if outbox.release_held(person):
        doorbell.ring_after_commit(doorbell.SEND_MESSAGES)


def read(item: InboxItem, *, by: Any) -> None:
    """`by` has read one of the own items; one that is put off stays as it is."""
    now = clock.now()
    inbox.mark_read(InboxItem.objects.visible_to(by).shown_at(now).filter(pk=item.pk), now)


def unread(item: InboxItem, *, by: Any) -> None:
    """`by` wants to come back to one of the own items; what is settled stays read."""
    rows = InboxItem.objects.visible_to(by).filter(pk=item.pk, settled_at__isnull=True)
    rows.update(read_at=None)


@transaction.atomic
def snooze(item: InboxItem, *, until: dt.date, by: Any) -> dt.datetime:
    """Hide one of the own items; it comes back as new on that day, at the time of `by`'s digests, in their zone.

    Out: that moment. Raises NotPossible for what is settled, and for a day that is not to come.
    """
    row = InboxItem.objects.visible_to(by).select_for_update().get(pk=item.pk)
    moment = times.moment_at(until, times.of(by).digest_at, times.zone_of(by))
    if row.settled_at or moment <= clock.now():
        raise NotPossible
    row.snoozed_until = row.visible_from = moment
    row.read_at = None
    row.save(update_fields=["snoozed_until", "visible_from", "read_at"])
    return moment


def wake(item: InboxItem, *, by: Any) -> None:
    """Bring one of the own items back that is put off."""
    now = clock.now()
    rows = InboxItem.objects.visible_to(by).snoozed_at(now).filter(pk=item.pk)
    rows.update(snoozed_until=None, visible_from=now)


def read_all(*, by: Any) -> int:
    """`by` has read everything that is shown now; how many were new."""
    now = clock.now()
    return inbox.mark_read(InboxItem.objects.visible_to(by).shown_at(now), now)


def wiped() -> list[str]:
    """The kinds whose text is gone once they are settled."""
    return [kind.name for kind in kinds.all_kinds() if kind.verbatim]


@transaction.atomic
def retry(messages: QuerySet[Message]) -> list[Message]:
    """Make failed messages due again, and give back which; not those whose text is wiped, and never uncertain ones."""
    failed = messages.filter(state=Message.State.FAILED).exclude(kind__in=wiped())
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
