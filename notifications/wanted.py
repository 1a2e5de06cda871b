"""Whether messages that are about to go are still wanted: read for many at once, judged one by one.

What is read is believed for a moment only (`Sender.fresh`), then read again for those that still wait. What is settled
or taken back through the outbox needs no reading: it takes the message out of its sender's hands (`outbox`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from ground import clock
from notifications import due, inbox, kinds, reminders, troubles
from notifications.models import InboxItem, MailTimes, Message, Preference, ReminderPlan
from notifications.models.message import recipient_at

State = Message.State
Unwanted = tuple[str, str]
CHANGED = "What it was about has changed."
SETTLED = "What it asked for is settled."


@dataclass(frozen=True)
class Facts:
    """What messages are judged by, as it was at a moment.

    users     identifier of the account → the person
    chosen    (person, kind) → how they want such e-mails, where they chose
    own_times person → when they want digests, and their quiet hours, where they chose
    reminded  message of a line of the ledger → its date as it is now; None where the line holds no more
    after     messages of lines that tell once their date has passed
    settled   messages whose notification in the portal asks for nothing any more
    nowhere   addresses that take no mail, as digests
    """

    at: dt.datetime
    about: frozenset[int]
    users: Mapping[str, Any]
    chosen: Mapping[tuple[int, str], str]
    own_times: Mapping[int, MailTimes]
    reminded: Mapping[int, reminders.Dated | None]
    after: frozenset[int]
    settled: frozenset[int]
    nowhere: Collection[str]

    def user(self, message: Message) -> Any | None:
        """Whose account `message` goes to; None where there is none."""
        return self.users.get(message.user_uuid) if message.user_uuid else None

    def delivery(self, user: Any, kind: str) -> str:
        """How `user` wants e-mails of this kind: at once, until something else is chosen."""
        return self.chosen.get((user.pk, kind), Preference.Delivery.AT_ONCE)

    def times(self, user: Any) -> MailTimes:
        """The person's times, or those of everybody who chose none."""
        return self.own_times.get(user.pk) or MailTimes(user=user)


def read(messages: Collection[Message]) -> Facts:
    """What `messages` are judged by now: a handful of queries, however many they are."""
    pks = frozenset(message.pk for message in messages)
    uuids = {message.user_uuid for message in messages if message.user_uuid}
    users = {str(user.uuid): user for user in get_user_model().objects.filter(uuid__in=uuids)}
    people = [user.pk for user in users.values()]
    chosen = Preference.objects.filter(user__in=people).values_list("user", "kind", "delivery")
    lines = _lines(messages)
    dates = due.wanted_among(lines)
    settled: Any = InboxItem.objects.filter(message__in=pks, settled_at__isnull=False)
    return Facts(
        clock.read(), pks, users,
        {(person, kind): delivery for person, kind, delivery in chosen},
        {times.user_id: times for times in MailTimes.objects.filter(user__in=people)},
        {plan.message_id: dates.get(plan.pk) for plan in lines if plan.message_id},
        frozenset(_of_late(lines, dates)), frozenset(settled.values_list("message", flat=True)),
        troubles.among(messages),
    )  # fmt: skip


def _lines(messages: Collection[Message]) -> list[ReminderPlan]:
    """The lines of the ledger that these messages tell."""
    pks = [message.pk for message in messages if message.key.startswith("reminder:")]
    return list(ReminderPlan.objects.select_related("rule").filter(message__in=pks)) if pks else []


def _of_late(lines: Collection[ReminderPlan], dates: Mapping[int, reminders.Dated]) -> Iterator[int]:
    for plan in lines:
        dated = dates.get(plan.pk)
        if plan.message_id and dated and dated.date < clock.date_in(plan.due_at, dated.zone):
            yield plan.message_id


def unwanted(message: Message, facts: Facts) -> Unwanted | None:
    """The state and the reason where `message` is not to be sent any more."""
    user = facts.user(message)
    if message.user_uuid and (user is None or not user.is_active):
        return State.SKIPPED, "The account is closed."
    kind = kinds.find(message.kind) if kinds.known(message.kind) else None
    optional = kind and (not kind.transactional or kind.leave)
    if facts.nowhere and optional and _goes_nowhere(message, user, facts):
        return State.SKIPPED, "The address takes no e-mails."
    if user and kind and not kind.transactional:
        if facts.delivery(user, kind.name) == Preference.Delivery.OFF:
            return State.SKIPPED, "The person does not want these e-mails."
    return no_more(message, facts)


def no_more(message: Message, facts: Facts) -> Unwanted | None:
    """The state and the reason where what `message` is about needs no telling any more, whoever is told how."""
    if message.pk in facts.settled:
        return State.CANCELLED, SETTLED
    if message.pk in facts.reminded and facts.reminded[message.pk] is None:
        return State.CANCELLED, CHANGED
    return None


def drop(message: Message, reason: Unwanted, **fields: Any) -> None:
    """Write down that a part of another message is told no more; the caller holds it."""
    Message.objects.filter(pk=message.pk).update(
        state=reason[0], error=reason[1], digest=None, gathered_into=None, **fields
    )
    if reason[1] == CHANGED:
        inbox.take_back(message)


def _goes_nowhere(message: Message, user: Any | None, facts: Facts) -> bool:
    return (recipient_at(user.email) if user else message.recipient) in facts.nowhere
