"""What a person looks at in the inbox."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from ground import paging
from notifications import inbox, kinds
from notifications.inbox import Counts
from notifications.models import InboxItem

SHOWS = ("", "unread", "asking", "snoozed")
PLACE = ("show", "of", "after", "before")  # what an address of the inbox may hold


@dataclass(frozen=True)
class Tab:
    """One choice of what is shown, with how many there are; `query` is its address behind the question mark."""

    words: str
    count: int
    query: str
    current: bool


@dataclass(frozen=True)
class Choice:
    """One room or kind in the list of topics."""

    value: str
    words: Any
    current: bool


@dataclass(frozen=True)
class InboxFilter:
    """`show`: unread, asking, snoozed or "" for all; `of`: a kind or a room, "" for all."""

    show: str
    of: str

    @classmethod
    def of_query(cls, query: QueryDict) -> InboxFilter:
        """What the address asks for. Raises paging.BadCursor for what no page of ours asks."""
        show, of = query.get("show", ""), query.get("of", "")
        if show not in SHOWS or (of and of not in {name for name, _words in topics(kinds.all_kinds())}):
            raise paging.BadCursor
        return cls(show, of)

    @property
    def order(self) -> list[str]:
        """What comes back first, first; else the newest first."""
        return ["visible_from", "id"] if self.show == "snoozed" else ["-visible_from", "-id"]

    def tabs(self, counts: Sequence[Counts]) -> list[Tab]:
        """The choices of what is shown, within the topic that is chosen."""
        own = [one for one in counts if not self.of or f"{one.kind}.".startswith(f"{self.of}.")]
        numbers = {
            "": (_("All"), sum(one.shown for one in own)),
            "unread": (_("Unread"), sum(one.unread for one in own)),
            "asking": (_("Ask for something"), sum(one.asking for one in own)),
            "snoozed": (_("Put off"), sum(one.snoozed for one in own)),
        }
        return [
            Tab(words, count, _query(show=show, of=self.of), show == self.show)
            for show, (words, count) in numbers.items()
        ]

    def choices(self, counts: Sequence[Counts]) -> list[Choice]:
        """The rooms and kinds of which the person has messages; none where there is nothing to choose."""
        found_in = [one.kind for one in counts if one.shown or one.snoozed]
        there = [kinds.find(kind) for kind in found_in if kinds.known(kind)]
        found = topics(there)
        if self.of and self.of not in dict(found):
            found += [one for one in topics(kinds.all_kinds()) if one[0] == self.of]
        return [Choice(value, words, value == self.of) for value, words in found] if len(there) > 1 else []


def topics(of: Sequence[kinds.MessageKind]) -> list[tuple[str, Any]]:
    """Each room with its name, and behind it its kinds."""
    found: dict[str, Any] = {}
    for kind in sorted(of, key=lambda one: one.name):
        room = kind.name.partition(".")[0]
        found.setdefault(room, inbox.room_words(room))
        found[kind.name] = f"– {kind.label}"
    return list(found.items())


def place_of(query: QueryDict) -> str:
    """The part of an address that says what of the inbox was open; nothing else of it."""
    return _query(**{name: query[name] for name in PLACE if name in query})


def _query(**values: str) -> str:
    asked = QueryDict(mutable=True)
    asked.update({name: value for name, value in values.items() if value})
    return asked.urlencode()


def shown(user: Any, chosen: InboxFilter, moment: Any) -> Any:
    """The items that the person looks at."""
    return inbox.narrowed(InboxItem.objects.visible_to(user), chosen.show, chosen.of, moment)
