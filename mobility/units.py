"""The units of a university as a tree: in words for who chooses, and which lies within which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from members.models import OrganisationalUnit


def chosen_from(units: Iterable[OrganisationalUnit]) -> list[tuple[int, str]]:
    """Each unit with its way from the top ("Faculty of Informatics › Department of Software"), whole branches together.

    `units` are all of one university.
    """
    of = {one.pk: one for one in units}
    ways = {key: _way(one, of) for key, one in of.items()}
    inorder = sorted(of.values(), key=lambda one: [step.sort_key for step in ways[one.pk]])
    return [(one.pk, " › ".join(str(step) for step in ways[one.pk])) for one in inorder]


def _way(unit: OrganisationalUnit, of: Mapping[int, OrganisationalUnit]) -> list[OrganisationalUnit]:
    way: list[OrganisationalUnit] = []
    step: OrganisationalUnit | None = unit
    while step is not None and len(way) <= OrganisationalUnit.LEVELS:
        way.insert(0, step)
        step = of.get(step.parent_id or 0)
    return way


class Tree:
    """Which unit lies within which, out of the pairs (unit, unit that it is part of)."""

    def __init__(self, pairs: Iterable[tuple[int, int | None]]) -> None:
        self._above: dict[int, int | None] = dict(pairs)

    def related(self, one: Any, other: Any) -> bool:
        """Whether the two are the same unit, or one lies within the other; False where one is not known."""
        return one is not None and other is not None and (one in self._up(other) or other in self._up(one))

    def _up(self, unit: int) -> list[int]:
        way, step = [unit], self._above.get(unit)
        while step is not None and len(way) <= OrganisationalUnit.LEVELS:
            way.append(step)
            step = self._above.get(step)
        return way
