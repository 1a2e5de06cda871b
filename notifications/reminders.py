"""Kinds of dates that people are reminded of. Rooms register them; the planner asks them."""

from __future__ import annotations

import datetime as dt
import uuid
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from notifications.kinds import Words

_kinds: dict[str, ReminderKind] = {}


class UnknownReminder(LookupError):
    """No room has registered a kind of date of this name."""


@dataclass(frozen=True)
class Dated:
    """A record and its date: civil, in the zone (IANA name) in which it holds. `context` is for the wording.

    `belongs_to` names the record (kind, uuid) on whose page exceptions from rules are set, where it is another one.
    """

    subject_kind: str
    uuid: uuid.UUID
    name: str
    date: dt.date
    zone: str
    context: Mapping[str, Any] = field(default_factory=dict)
    belongs_to: tuple[str, UUID] | None = None

    @property
    def owner(self) -> tuple[str, UUID]:
        """The record whose exceptions hold for this date."""
        return self.belongs_to or (self.subject_kind, self.uuid)


class ReminderKind(ABC):
    """Records of one kind, each with one date, and the people to be told before it.

    name     "<room>.<what>", stable
    label    what the date is ("End of a funding period")
    message  the message kind that tells it
    offsets  how many days before people are told, until the office decides otherwise

    What only some kinds have:

    after         how many days after it they are told in the same way, where the thing has not settled itself by then
    audiences     role → what these people are called; the office may choose among them (`by_role` then tells who)
    placeholders  name → what it stands for: what of the context the office's own words may name
    overdue       whether people can be told after the date too: `due` and `current` then keep naming a record whose
                  date has passed until it has settled itself
    subject       the kind of record that its dates belong to, where that one's page offers exceptions from rules
    """

    name: str
    label: Words
    message: str
    offsets: Sequence[int]
    after: Sequence[int] = ()
    audiences: Mapping[str, Words] = {}
    placeholders: Mapping[str, Words] = {}
    overdue: bool = False
    subject: str = ""

    @abstractmethod
    def due(self, first: dt.date, last: dt.date) -> Iterable[Dated]:
        """Records whose date lies between `first` and `last`, both included, and that people are to be told of."""

    @abstractmethod
    def current(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        """Those of these records of which people are still to be told, as they are now."""

    @abstractmethod
    def recipients(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Sequence[Any]]:
        """The active people to be told about each of these records now."""

    def by_role(self, uuids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Mapping[str, Sequence[Any]]]:
        """The same people by their role, for kinds that name `audiences`; a person may have several."""
        return {key: {"": people} for key, people in self.recipients(uuids).items()}

    def belonging(self, owners: Collection[uuid.UUID]) -> Mapping[uuid.UUID, Dated]:
        """The records of which people are still to be told that belong to the records `owners`."""
        return self.current(owners)


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
