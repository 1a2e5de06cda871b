"""How many people were sent and received: rooms that keep stays tell it, balances of agreements ask for it.

This room keeps agreements and knows no stays. The room that does registers one function, in its `AppConfig.ready`:

    stays.register("mobility", count)

`count(university_id, year)` gives, for an academic year such as "2026/2027", a `Flow` for each partner, kind and
direction in which there was or is a stay; flows that are not named are none. Places count from the acceptance by the
host on; cancelled stays don't. It is called once per balance and makes a fixed number of queries.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Flow:
    """People who went one way: from the university that was asked about (`outgoing`) or to it."""

    partner_id: int
    kind: str
    outgoing: bool
    people: int


Count = Callable[[int, str], Iterable[Flow]]
_counts: dict[str, Count] = {}


def register(room: str, count: Count) -> None:
    """Make a room's counting known. Registering the same room again replaces it."""
    _counts[room] = count


def known() -> bool:
    """Whether anybody keeps stays; if not, balances say "no stays yet" instead of naught."""
    return bool(_counts)


def of(university_id: int, year: str) -> dict[tuple[int, str, bool], int]:
    """People by partner, kind and direction, of all rooms together."""
    told: dict[tuple[int, str, bool], int] = {}
    for count in _counts.values():
        for flow in count(university_id, year):
            key = (flow.partner_id, flow.kind, flow.outgoing)
            told[key] = told.get(key, 0) + flow.people
    return told


@contextmanager
def only(**counts: Count) -> Iterator[None]:
    """Have just `counts` registered within the block."""
    before = dict(_counts)
    try:
        _counts.clear()
        _counts.update(counts)
        yield
    finally:
        _counts.clear()
        _counts.update(before)
