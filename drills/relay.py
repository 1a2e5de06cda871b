"""The mail relay of the drill "reminders": it refuses, delays, hangs and drops, and its spool tells what it took."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path

from bench.mailbox import HungUp, Mailbox

REFUSED = "refused-"  # an address that begins like this is never taken
TIMEOUT = 1.0  # how long senders wait for an answer, in place of twenty seconds
HANG = 3 * TIMEOUT  # how long an answer takes that nobody waits for any more


class UnreliableRelay(Mailbox):
    """`moment` is set when a text has just been taken or is about to be: a good time to kill its sender."""

    def __init__(self, spool: Path, seed: int) -> None:
        super().__init__()
        self.spool, self.chance = spool, random.Random(f"{seed}-relay")  # noqa: S311 - the same seed, the same day
        self.faults: Counter[str] = Counter()
        self.at: defaultdict[str, list[float]] = defaultdict(list)
        self.moment = threading.Event()

    def recipient(self, address: str) -> str:
        """Now and then not now, or not ever, or nothing at all."""
        if address.startswith(REFUSED):
            return self._fault("550 no such person")
        drawn = self._drawn()
        if drawn < 0.02:
            return self._fault("421 closing")
        if drawn < 0.05:
            return self._fault("451 later")
        if drawn < 0.06:
            self._fault("hangs before the text")
            time.sleep(HANG)
        elif drawn < 0.09:
            self._fault("delays")
            time.sleep(TIMEOUT / 3)
        return "250 OK"

    def text(self, name: str) -> str:
        """Taken or not, and told or not."""
        drawn = self._drawn()
        if drawn < 0.20:
            self.moment.set()
            time.sleep(TIMEOUT / 20)
        if drawn < 0.02:
            self._fault("drops, not taken")
            raise HungUp
        if drawn < 0.04:
            self._fault("hangs, taken later")
            time.sleep(HANG)
        if drawn < 0.05:
            return self._fault("451 not after the text either")
        self.keep(name)
        if drawn < 0.08:
            self._fault("drops, taken")
            raise HungUp
        return "250 OK"

    def keep(self, name: str) -> None:
        """The spool is the record: one file for each Message-ID; the list tells what came twice."""
        with self.lock:
            self.taken += 1
            self.at[name].append(time.time())
            (self.spool / name).touch()

    def _drawn(self) -> float:
        with self.lock:
            return self.chance.random()

    def _fault(self, what: str) -> str:
        with self.lock:
            self.faults[what] += 1
        return what
