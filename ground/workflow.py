"""A workflow as a table: statuses, and the ways between them, in words an officer could read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise

Words = str | Promise


class NotPossible(Exception):
    """The step is not open from the present state. The message is for the person who tried."""


@dataclass(frozen=True)
class Transition:
    """One way from some statuses to another.

    `label` is the button, `sentence` the line in the record's timeline ("The place was offered").
    """

    name: str
    label: Words
    sentence: Words
    sources: frozenset[str]
    target: str
    permission: str


class Workflow:
    """All transitions of one kind of record.

    `statuses` are every state there is, `final` those that nothing leads out of, `first` the state
    in which a record begins.
    """

    def __init__(
        self,
        statuses: type[TextChoices],
        transitions: Iterable[Transition],
        *,
        first: str,
        final: Iterable[str],
    ) -> None:
        self.statuses = statuses
        self.first = first
        self.final = frozenset(final)
        self.transitions: Mapping[str, Transition] = {t.name: t for t in transitions}

    def find(self, name: str, *, source: str) -> Transition:
        """The transition `name`; raises NotPossible when it is unknown or doesn't leave `source`."""
        transition = self.transitions.get(name)
        if transition is None or source not in transition.sources:
            from django.utils.translation import gettext as _

            raise NotPossible(_("This step is not possible in the present state."))
        return transition

    def open_from(self, source: str) -> list[Transition]:
        """The transitions that leave `source`, in the order of the table."""
        return [t for t in self.transitions.values() if source in t.sources]

    def offered_to(self, user: Any, record: Any) -> list[Transition]:
        """The transitions that `user` may take for `record` now (for buttons)."""
        return [t for t in self.open_from(record.status) if user.has_perm(t.permission, record)]


def way(
    name: str, label: Words, sentence: Words, *, sources: Iterable[str], target: str, permission: str
) -> Transition:
    """A row of the table."""
    return Transition(name, label, sentence, frozenset(sources), target, permission)
