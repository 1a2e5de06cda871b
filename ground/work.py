"""What waits for a person: rooms give these, "My work" shows them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class WorkItem:
    """One thing that waits for somebody.

    `what` names it, `reason` says why it is here, `button` is the verb that settles it and `url` where; `due` is the
    civil date it is due (None: no date) and `due_words` how that is said where "Date:" says too little, `late`
    whether that date has passed.
    """

    what: str
    reason: str
    button: str
    url: str
    due: dt.date | None = None
    late: bool = False
    kind: str = ""
    due_words: str = ""


def most_urgent_first(items: list[WorkItem]) -> list[WorkItem]:
    """Late ones first, then by date; what has no date comes last."""
    return sorted(items, key=lambda item: (not item.late, item.due or dt.date.max, item.what))
