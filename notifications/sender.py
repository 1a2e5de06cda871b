"""Sends what the outbox holds: nothing lost, nothing twice.

A message is claimed with a lease, and the claim is committed before anything leaves. Right before the text is
handed to the relay that is written down too (`data_at`). So whatever dies, the row tells what is certain: without
`data_at` nothing left and it is tried again; with it the relay's record is asked for the Message-ID; where there is
no record to ask, it is `uncertain` and never sent again. A record that says no is believed only once the relay has had
time to finish what it may still hold in its hands: until then nobody sends it.

That the relay took a text is written down along with the `data_at` of the next one (`standing`): one commit for each
message, and never more than one whose answer is known to nobody but its sender.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import secrets
import socket
import time
from collections import Counter, deque
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import F

from ground import clock
from notifications import (
    ahead,
    beats,
    brakes,
    delivery,
    digests,
    gathering,
    inbox,
    kinds,
    relays,
    reports,
    standing,
    troubles,
    wanted,
)
from notifications.composing import BadAddress, Envelope, compose
from notifications.messages import GATHERED
from notifications.models import Message
from notifications.models.message import recipient_at

GIVE_UP_AFTER = dt.timedelta(days=5)  # RFC 5321, 4.5.4.1: at least four to five days
GIVE_UP_ATTEMPTS = 10
NO_RECORD = "The relay keeps no record that could be asked."

State = Message.State
log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another sender has taken the message over."""


class RelayDown(Exception):
    """There is no point in trying the other messages now."""


class Sender:
    """One sender; any number of them may run at once, in any number of processes."""

    lease = dt.timedelta(minutes=5)
    settling = dt.timedelta(minutes=10)  # a relay may take that long over a text (RFC 5321, 4.5.3.2.6)
    batch = 40
    fresh = 0.25  # seconds for which what was read about the messages of a batch is believed
    first_pause = dt.timedelta(seconds=30)
    longest_pause = dt.timedelta(minutes=30)

    def __init__(self, relay: relays.Relay | None = None) -> None:
        self.relay = relay or relays.chosen()
        self.owner = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(6)}"
        self.done: Counter[str] = Counter()
        self.had: Counter[str] = Counter()
        self.waiting: deque[Message] = deque()  # claimed, and not tried yet
        self.facts: wanted.Facts | None = None
        self.stale_at = 0.0
        self.taken: Message | None = None  # the relay took it, and that is not written down yet

    def run(self, limit: int = 500) -> Counter[str]:
        """Settle what other senders left behind, then send about `limit` messages; how many came to which state."""
        self.done = Counter()
        beats.note(beats.SENDER, clock.read())
        ahead.put_right(clock.read(), self.longest_pause)
        digests.build(clock.read())
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
        rows = Message.objects.waiting(now)
        if brakes.paused(now):
            rows = rows.filter(kind__in=brakes.going_on())
        return self._lease(rows, now, data_at=None)

    def _claim_abandoned(self) -> list[Message]:
        """Take over messages whose sender said nothing until its lease ran out."""
        now = clock.read()
        rows = Message.objects.abandoned(now, 3 * max(self.lease, self.settling))
        return standing.of_now(self._lease(rows, now), self.owner, now)

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
        """Send what was claimed. What a slow relay leaves no time for is given back before its lease runs out."""
        self.had, self.facts = brakes.crowded(batch, clock.read()), None
        self.waiting = deque(batch)
        try:
            while self.waiting:
                message = self.waiting.popleft()
                self.send(message)
                if self.facts and self.facts.at > (message.lease_until or self.facts.at) - self.lease / 2:
                    break
        except RelayDown:
            standing.give_back(self.waiting, self.owner)
            raise
        finally:
            self._note_taken()
        standing.give_back(self.waiting, self.owner)

    def send(self, message: Message) -> None:
        """One claimed message: is it still wanted, can it be said, off it goes, what came of it.

        That it was sent is written down with the next one, or at the end of the batch.
        """
        facts = self._look(message)
        user = facts.user(message)
        if self._stays(message, user, facts):
            return
        try:
            envelope = compose(message, user, facts.at)
        except (BadAddress, kinds.UnknownKind, kinds.WordingFailed) as error:
            self._finish(message, State.FAILED, error=f"{type(error).__name__}: {error}")
            return
        try:
            self.relay.deliver(envelope, lambda: self._hand_over(message))
        except LeaseLost:
            self.done["taken over"] += 1
        except relays.Refused as error:
            self._refused(message, user, envelope, error)
        except relays.Delayed as error:
            self._delayed(message, error)
        except DatabaseError:
            raise
        except Exception as error:  # the text may have left: ask, whatever went wrong
            self.settle(message, f"{type(error).__name__}: {error}")
        else:
            self._sent(message, user, facts)

    def _look(self, message: Message) -> wanted.Facts:
        """What `message` is judged by; read a moment ago, for all that wait along with it."""
        facts = self.facts
        if facts is None or message.pk not in facts.about or time.monotonic() >= self.stale_at:
            self._note_taken()
            facts = self.facts = wanted.read([message, *self.waiting])
            self.stale_at = time.monotonic() + self.fresh
        return facts

    def _stays(self, message: Message, user: Any | None, facts: wanted.Facts) -> bool:
        """Whether it does not go now: it is not wanted, it waits, or it is told together with others."""
        if gone := wanted.unwanted(message, facts) or self._empty(message, user):
            self._finish(message, gone[0], error=gone[1])
        elif later := delivery.later(message, user, facts.at, facts):
            self._put_off(message, later)
        elif brakes.is_optional(message) and self.had[message.recipient] >= settings.MAIL_PERSON_HOURLY:
            self._gather(message)
        else:
            return False
        return True

    def _empty(self, message: Message, user: Any | None) -> wanted.Unwanted | None:
        """The state and the reason where a message that brings others has none left."""
        if message.kind == GATHERED:
            holds = gathering.still_holds_something(message)
        elif user and kinds.known(message.kind) and kinds.find(message.kind).digest:
            holds = digests.still_holds_something(message, user)
        else:
            return None
        return None if holds else (State.CANCELLED, "Everything in it is settled.")

    def _refused(self, message: Message, user: Any | None, envelope: Envelope, error: relays.Refused) -> None:
        self._finish(message, State.FAILED, error=str(error))
        if error.address:
            reason, said = troubles.Reason.REFUSED, troubles.without(envelope.recipient, str(error))
            troubles.mark(_written(message, user), reason, clock.read(), said=said, person=user)

    def _delayed(self, message: Message, error: relays.Delayed) -> None:
        """Later. A relay that never heard of the message costs it no attempt, and makes way for the others."""
        if error.heard:
            self._again(message, str(error))
        else:
            later = {"next_attempt_at": clock.read() + self.first_pause, "attempts": message.attempts - 1}
            self.record(message, State.DUE, data_at=None, error=standing.legible(str(error)), **later)
        if error.whole:
            raise RelayDown(str(error)) from error

    def _sent(self, message: Message, user: Any | None, facts: wanted.Facts) -> None:
        self.taken = message
        self.had[message.recipient] += brakes.is_optional(message)
        if facts.nowhere and recipient_at(address := _written(message, user)) in facts.nowhere:
            troubles.taken(address)  # it takes mail after all

    def _note_taken(self) -> None:
        """Write down that the last text was taken."""
        taken, self.taken = self.taken, None
        if taken:
            self.record(taken, State.SENT)

    def settle(self, message: Message, error: str = "") -> None:
        """Find out what came of an attempt of which nothing was heard, without sending anything."""
        taken = self.reconcile(message) if message.data_at else False
        if taken:
            self.record(message, State.SENT)
        elif self._too_early(message, taken):
            self._ask_later(message, error)
        elif taken is None:
            self._finish(message, State.UNCERTAIN, error=error or NO_RECORD)
            reports.settle(message)  # what was told meanwhile
        else:
            self._again(message, error)

    def _too_early(self, message: Message, taken: bool | None) -> bool:
        """Whether the relay's record may still come to tell more than it does now."""
        if message.data_at is None or (taken is None and not self.relay.can_be_asked):
            return False
        return clock.read() < message.data_at + self.settling

    def _ask_later(self, message: Message, error: str) -> None:
        """It stays claimed, by nobody who sends it, until the relay must have finished with it."""
        until = message.data_at + self.settling if message.data_at else None
        standing.own(message, self.owner).update(lease_until=until, error=standing.legible(error))
        self.done["unanswered"] += 1

    def reconcile(self, message: Message) -> bool | None:
        """Whether the relay took it; None when nobody can tell."""
        return self.relay.has(message.message_id, message.data_at or message.created_at)

    def record(self, message: Message, state: str, **fields: Any) -> bool:
        """Write down what came of it, under the own lease only."""
        kept = standing.record(message, self.owner, state, clock.read(), **fields)
        self.done[state if kept else "taken over"] += 1
        return kept

    def _hand_over(self, message: Message) -> None:
        """The text leaves now: written down before, and the lease begins anew. Raises LeaseLost."""
        now, taken = clock.read(), self.taken
        handed, noted = standing.hand_over(message, self.owner, now, now + self.lease, taken)
        self.taken = None
        if taken:
            self.done[State.SENT if noted else "taken over"] += 1
        if not handed:
            raise LeaseLost
        message.data_at = now

    def _gather(self, message: Message) -> None:
        """The person had enough for this hour: what waits for them is told in one message, an hour later."""
        now = clock.read()
        waiting = brakes.held_up(Message.objects.waiting(now).filter(recipient=message.recipient))
        waiting = waiting.exclude(kind=GATHERED)
        with transaction.atomic():
            others = list(waiting.select_for_update(skip_locked=True)[: gathering.MOST])
            facts = wanted.read(others)
            others = [
                row for row in others
                if not wanted.unwanted(row, facts) and not delivery.later(row, facts.user(row), now, facts)
            ]  # fmt: skip
            one = gathering.gather([message, *others], not_before=now + brakes.HOUR)
            told: dict[str, Any] = {"error": gathering.SETTLED, "gathered_into": one}
            if not self.record(message, State.SKIPPED, **told):
                transaction.set_rollback(True)
                return
            pks = [row.pk for row in others]
            Message.objects.filter(pk__in=pks).update(state=State.SKIPPED, address="", **told)

    def _finish(self, message: Message, state: str, error: str) -> None:
        if self.record(message, state, error=standing.legible(error)) and state == State.CANCELLED:
            inbox.take_back(message)

    def _again(self, message: Message, error: str) -> None:
        """Try later; after days of trying, give up and say so."""
        now = clock.read()
        waited = now - (message.not_before or message.created_at)
        if message.attempts >= GIVE_UP_ATTEMPTS and waited > GIVE_UP_AFTER:
            self._finish(message, State.FAILED, error=error)
            return
        pause = min(self.first_pause * 2 ** min(message.attempts - 1, 10), self.longest_pause)
        self.record(message, State.DUE, next_attempt_at=now + pause, data_at=None,
                    error=standing.legible(error))  # fmt: skip

    def _put_off(self, message: Message, later: delivery.Later) -> None:
        """It waits for the person's digest or the end of their quiet hours; it was not tried at all."""
        self.record(message, later.state, next_attempt_at=later.at, attempts=message.attempts - 1)


def _written(message: Message, user: Any | None) -> str:
    """The address as it is kept, by which it is known as one that takes no mail."""
    return user.email if user else message.address
