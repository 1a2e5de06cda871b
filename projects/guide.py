"""The tree of programmes as a guide to read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from projects.facets import programme_branches
from projects.models import Programme, Project

SHOWN = 10


@dataclass
class Node:
    """A programme, the number of visible projects under it and its actions."""

    programme: Programme
    projects: int = 0
    children: list[Node] = field(default_factory=list)


@dataclass(frozen=True)
class Chapter:
    """One programme with what stands around it; `before` and `after` are its neighbours for who reads it through."""

    programme: Programme
    ancestors: list[Programme]
    children: list[Node]
    predecessors: list[Programme]
    projects: list[Project]
    total: int
    before: Programme | None = None
    after: Programme | None = None


def contents(user: Any) -> list[Node]:
    """The whole tree. Two queries: programmes, and how many projects stand under each."""
    programmes = list(Programme.objects.visible_to(user).in_guide_order())
    return _tree(programmes, _numbers(programmes, user))


def chapter(programme: Programme, user: Any) -> Chapter:
    """A programme with its place in the tree and the projects under it, those that end last first."""
    everything = list(Programme.objects.visible_to(user).in_guide_order())
    programme.successor = next((p for p in everything if p.pk == programme.successor_id), None)
    below = [p for p in everything if p.path.startswith(f"{programme.path}.")]
    projects = Project.objects.visible_to(user).under(programme.path)
    shown = list(projects.for_list().order_by("-ends_on", "-pk")[:SHOWN])
    numbers = _numbers(everything, user)
    place = [p.pk for p in everything].index(programme.pk)
    return Chapter(
        programme,
        ancestors=[p for p in everything if programme.path.startswith(f"{p.path}.")],
        children=_tree(below, numbers),
        predecessors=[p for p in everything if p.successor_id == programme.pk],
        projects=shown,
        total=numbers.get(programme.path, 0),
        before=everything[place - 1] if place else None,
        after=everything[place + 1] if place + 1 < len(everything) else None,
    )


def _numbers(programmes: list[Programme], user: Any) -> dict[str, int]:
    """How many projects that `user` sees stand under each programme, by its path."""
    branches = programme_branches((p.path for p in programmes), Project.objects.visible_to(user))
    rows = branches[0].union(*branches[1:], all=True) if branches else []
    return {path: number for _facet, path, number in rows}


def _tree(programmes: list[Programme], numbers: dict[str, int]) -> list[Node]:
    """Nodes within their parents; programmes come parents first."""
    nodes: dict[str, Node] = {}
    roots: list[Node] = []
    for programme in programmes:
        node = nodes[programme.path] = Node(programme, numbers.get(programme.path, 0))
        parent = nodes.get(programme.path.rpartition(".")[0])
        (parent.children if parent else roots).append(node)
    return roots
