"""The project's own fields of three versions made one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from projects.forms.editor import plain
from projects.forms.merging.sides import OWN, Side


@dataclass(frozen=True)
class MergedFields:
    """By name: what only they changed is `taken`, what only I did is my `own`, what both did differently is `asked`.

    `refused` is what I changed although it can't be edited any more.
    """

    taken: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def merge_fields(base: Side | None, mine: Side, theirs: Side, fixed: Collection[str] = ()) -> MergedFields:
    """`mine` and `theirs` field by field, seen from `base`; what is not known of that counts as changed by both.

    The fields in `fixed` can't be edited now: theirs stand.
    """
    found = MergedFields()
    for name in OWN:
        typed, stored = plain(mine.own[name]), plain(theirs.own.get(name))
        if typed == stored:
            continue
        before = plain(base.own[name]) if base and name in base.own else None
        if before == typed:
            found.taken.append(name)
        elif name in fixed:
            found.refused.append(name)
        elif before == stored:
            found.own.append(name)
        else:
            found.asked.append(name)
    return found
