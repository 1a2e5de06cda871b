"""Kinds of dates that people are reminded of. Rooms register them; the planner asks them."""

from __future__ import annotations

import datetime as dt
import uuid
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from notifications.kinds import Words
from notifications.models import ReminderPlan
from notifications.models.message import recipient_of

_kinds: dict[str, ReminderKind] = {}


class UnknownReminder(LookupError):
    """No room has registered a kind of date of this name."""


@dataclass(frozen=True)
class Dated:
    """A record and its date: civil, in the zone (IANA name) in which it holds. `context` is for the wording."""

    subject_kind: str
    uuid: uuid.UUID
    name: str
    date: dt.date
    zone: str
    context: Mapping[str, Any] = field(default_factory=dict)


class ReminderKind(ABC):
    """Records of one kind, each with one date, and the people to be told before it.

    name     "<room>.<what>", stable
    label    what the date is ("End of a funding period")
    message  the message kind that tells it
    offsets  how many days before people are told, until the office decides otherwise
    """

    name: str
    label: Words
    message: str
    offsets: Sequence[int]

    @abstractmethod
    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        """Records whose date lies between `first` and `last`, both included, and that people are to be told of."""

    @abstractmethod
    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        """Those of these records of which people are still to be told, as they are now."""

    @abstractmethod
    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        """The active people to be told about each of these records now."""


def register(kind: ReminderKind) -> None:
    """Make `kind` known. Registering the same name again replaces it."""
    _kinds[kind.name] = kind


def find(name: str) -> ReminderKind:
    """The kind of that name; raises UnknownReminder."""
    try:
        return _kinds[name]
    except KeyError:
        raise UnknownReminder(name) from None


def all_kinds() -> list[ReminderKind]:
    """Every registered kind, by name."""
    return [_kinds[name] for name in sorted(_kinds)]


@contextmanager
def only(*kinds: ReminderKind) -> Iterator[None]:
    """Have just `kinds` registered within the block."""
    before = dict(_kinds)
    try:
        _kinds.clear()
        for kind in kinds:
            register(kind)
        yield
    finally:
        _kinds.clear()
        _kinds.update(before)


def still_wanted(plan: ReminderPlan) -> bool:
    """Whether this line of the ledger still holds: same date, still to be told, and this person is still to know."""
    try:
        kind = find(plan.rule.kind)
    except UnknownReminder:
        return False
    dated = kind.current([plan.subject_uuid]).get(plan.subject_uuid)
    if dated is None or dated.date != plan.due_date:
        return False
    people = kind.recipients([plan.subject_uuid]).get(plan.subject_uuid, ())
    return plan.recipient in {recipient_of(person) for person in people}
