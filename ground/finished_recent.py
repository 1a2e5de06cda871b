"""Finished pages in the memory of one process, for a fraction of a second after the shelf was read.

Many visitors who ask at once are one question to the shelf. What a page shows is then as old as that question at the
most; who brings any cookie has perhaps just changed something, and is not answered from here.
"""

from __future__ import annotations

import datetime as dt
import time
from collections import OrderedDict

from ground import clock
from ground.finished import Entry
from ground.finished_shelf import Found

MOST_PAGES = 200


class Recent:
    """What the shelf said last, for `seconds` (0: never), and the pages that it gave, the last ones used."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._said: tuple[float, int, dt.datetime] | None = None
        self._pages: OrderedDict[bytes, Entry] = OrderedDict()

    def note(self, key: bytes, found: Found, asked: float) -> None:
        """The shelf, asked at `asked` (of `time.monotonic`), knew this of the page."""
        if not self._seconds:
            return
        self._said = (asked, found.number, found.moment)
        if found.entry is None:
            self._pages.pop(key, None)
            return
        self._pages[key] = found.entry
        self._pages.move_to_end(key)
        if len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)

    def find(self, key: bytes) -> Entry | None:
        """The page, where the shelf was asked just now and the page's own end has not come."""
        if self._said is None:
            return None
        asked, number, moment = self._said
        age = time.monotonic() - asked
        entry = self._pages.get(key)
        if entry is None or entry.number != number or not 0 <= age < self._seconds:
            return None
        now = clock.held() or moment + dt.timedelta(seconds=age)
        return entry if now < entry.expires else None
