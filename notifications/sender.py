"""Sends what the outbox holds: nothing lost, nothing twice.

A message is claimed with a lease, and the claim is committed before anything leaves. Right before the text is
handed to the relay that is written down too (`data_at`). So whatever dies, the row tells what is certain: without
`data_at` nothing left and it is tried again; with it the relay's record is asked for the Message-ID; where there is
no record to ask, it is `uncertain` and never sent again.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import socket
from collections import Counter
from typing import Any

from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction
from django.db.models import F

from ground import clock
from notifications import inbox, kinds, relays, reminders
from notifications.composing import BadAddress, compose
from notifications.models import Message, ReminderPlan

GIVE_UP_AFTER = dt.timedelta(days=5)  # RFC 5321, 4.5.4.1: at least four to five days
GIVE_UP_ATTEMPTS = 10

State = Message.State
log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another sender has taken the message over."""


class RelayDown(Exception):
    """There is no point in trying the other messages now."""


class Sender:
    """One sender; any number of them may run at once, in any number of processes."""

    lease = dt.timedelta(minutes=5)
    batch = 20
    first_pause = dt.timedelta(seconds=30)
    longest_pause = dt.timedelta(minutes=30)

    def __init__(self, relay: relays.Relay | None = None) -> None:
        self.relay = relay or relays.chosen()
        self.owner = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(6)}"
        self.done: Counter[str] = Counter()

    def run(self, limit: int = 500) -> Counter[str]:
        """Settle what other senders left behind, then send about `limit` messages; how many came to which state."""
        self.done = Counter()
        with self.relay:
            try:
                while batch := self._claim_abandoned():
                    for message in batch:
                        self.settle(message)
                while self.done.total() < limit and (batch := self._claim()):
                    self._send_batch(batch)
            except RelayDown as down:
                log.warning("The mail relay is out of reach: %s", down)
        return self.done

    def _claim(self) -> list[Message]:
        """Take the next messages: the lease is committed before anything leaves."""
        now = clock.read()
        return self._lease(Message.objects.waiting(now), now, data_at=None)

    def _claim_abandoned(self) -> list[Message]:
        """Take over messages whose sender said nothing until its lease ran out."""
        now = clock.read()
        return self._lease(Message.objects.abandoned(now), now)

    def _lease(self, rows: Any, now: dt.datetime, **fields: Any) -> list[Message]:
        with transaction.atomic(durable=True):
            taken = list(rows.select_for_update(skip_locked=True)[: self.batch])
            fields |= {"lease_owner": self.owner, "lease_until": now + self.lease, "state": State.SENDING}
            Message.objects.filter(pk__in=[m.pk for m in taken]).update(attempts=F("attempts") + 1, **fields)
        for message in taken:
            message.attempts += 1
            for name, value in fields.items():
                setattr(message, name, value)
        return taken

    def _send_batch(self, batch: list[Message]) -> None:
        for position, message in enumerate(batch):
            try:
                self.send(message)
            except RelayDown:
                for waiting in batch[position + 1 :]:
                    self._give_back(waiting)
                raise

    def send(self, message: Message) -> None:
        """One claimed message: is it still wanted, can it be said, off it goes, what came of it."""
        user = self._recipient(message)
        if unwanted := self._unwanted(message, user):
            self._finish(message, unwanted[0], error=unwanted[1])
            return
        try:
            envelope = compose(message, user, clock.read())
        except (BadAddress, kinds.UnknownKind, kinds.WordingFailed) as error:
            self._finish(message, State.FAILED, error=f"{type(error).__name__}: {error}")
            return
        try:
            self.relay.deliver(envelope, lambda: self._hand_over(message))
        except LeaseLost:
            self.done["taken over"] += 1
        except relays.Refused as error:
            self._finish(message, State.FAILED, error=str(error))
        except relays.Delayed as error:
            self._again(message, str(error))
            if error.whole:
                raise RelayDown(str(error)) from error
        except DatabaseError:
            raise
        except Exception as error:  # the text may have left: ask, whatever went wrong
            self.settle(message, f"{type(error).__name__}: {error}")
        else:
            self.record(message, State.SENT)

    def settle(self, message: Message, error: str = "") -> None:
        """Find out what came of an attempt of which nothing was heard, without sending anything."""
        taken = self.reconcile(message) if message.data_at else False
        if taken:
            self.record(message, State.SENT)
        elif taken is None:
            self._finish(
                message, State.UNCERTAIN, error=error or "The relay keeps no record that could be asked."
            )
        else:
            self._again(message, error)

    def reconcile(self, message: Message) -> bool | None:
        """Whether the relay took it; None when nobody can tell."""
        return self.relay.has(message.message_id)

    def record(self, message: Message, state: str, **fields: Any) -> bool:
        """Write down what came of it, under the own lease only."""
        fields |= {"state": state, "lease_owner": "", "lease_until": None}
        if state == State.SENT:
            fields |= {"sent_at": clock.read(), "error": ""}
        if state != State.DUE:
            fields |= self._forgotten(message, state)
        kept = self._own(message).update(**fields) == 1
        self.done[state if kept else "taken over"] += 1
        return kept

    def _own(self, message: Message) -> Any:
        return Message.objects.filter(
            pk=message.pk, state=State.SENDING, lease_owner=self.owner, attempts=message.attempts
        )

    def _hand_over(self, message: Message) -> None:
        """The text leaves now: written down before. Raises LeaseLost."""
        now = clock.read()
        if not self._own(message).filter(lease_until__gt=now).update(data_at=now):
            raise LeaseLost
        message.data_at = now

    def _recipient(self, message: Message) -> Any | None:
        if not message.user_uuid:
            return None
        return get_user_model().objects.filter(uuid=message.user_uuid).first()

    def _unwanted(self, message: Message, user: Any | None) -> tuple[str, str] | None:
        """The state and the reason when it is not to be sent any more."""
        if message.user_uuid and (user is None or not user.is_active):
            return State.SKIPPED, "The account is closed."
        kind = kinds.find(message.kind) if kinds.known(message.kind) else None
        if user and kind and not inbox.wants_mail(user, kind):
            return State.SKIPPED, "The person does not want these e-mails."
        if message.key.startswith("reminder:"):
            plan = ReminderPlan.objects.select_related("rule").filter(message=message).first()
            if plan and not reminders.still_wanted(plan):
                return State.CANCELLED, "What it was about has changed."
        return None

    def _finish(self, message: Message, state: str, error: str) -> None:
        if self.record(message, state, error=error[:2000]) and state == State.CANCELLED:
            inbox.take_back(message)

    def _again(self, message: Message, error: str) -> None:
        """Try later; after days of trying, give up and say so."""
        now = clock.read()
        waited = now - (message.not_before or message.created_at)
        if message.attempts >= GIVE_UP_ATTEMPTS and waited > GIVE_UP_AFTER:
            self._finish(message, State.FAILED, error=error)
            return
        pause = min(self.first_pause * 2 ** min(message.attempts - 1, 10), self.longest_pause)
        self.record(message, State.DUE, next_attempt_at=now + pause, data_at=None, error=error[:2000])

    def _give_back(self, message: Message) -> None:
        """It was not tried at all: due as before."""
        before = message.attempts - 1
        self._own(message).update(state=State.DUE, lease_owner="", lease_until=None, attempts=before)

    def _forgotten(self, message: Message, state: str) -> dict[str, Any]:
        """What is not kept once it is settled: finished texts (codes, links), and addresses that were reached."""
        fields: dict[str, Any] = {}
        if kinds.known(message.kind) and kinds.find(message.kind).verbatim:
            fields["context"] = {}
        if state == State.SENT:
            fields["address"] = ""
        return fields
