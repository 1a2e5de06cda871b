"""What waits for a person: rooms give these, "My work" shows them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ground.gathering import together


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


@dataclass(frozen=True)
class Asked:
    """What a room reads for one person, and how it makes its things out of the rows: `items` takes the rows of each of
    `lookups`, in their order.
    """

    lookups: Sequence[QuerySet[Any]]
    items: Callable[..., list[WorkItem]]


NOTHING = Asked([], list)


def read(*asked: Asked) -> list[WorkItem]:
    """What waits, by all that was `asked`; one query, however many rooms ask."""
    found = iter(together(*(lookup for one in asked for lookup in one.lookups)))
    return [item for one in asked for item in one.items(*(next(found) for _lookup in one.lookups))]


def most_urgent_first(items: list[WorkItem]) -> list[WorkItem]:
    """Late ones first, then by date; what has no date comes last. Within a day by name, and 2 before 10."""
    return sorted(items, key=lambda item: (not item.late, item.due or dt.date.max, _naturally(item.what)))


def _naturally(words: str) -> list[tuple[int, int, str]]:
    """A key by which numbers within words are in their order."""
    parts = re.findall(r"[0-9]+|[^0-9]+", words.casefold())
    return [(0, int(part), "") if part[0] in "0123456789" else (1, 0, part) for part in parts]
