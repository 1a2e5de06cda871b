"""What the map draws for its pins: the dots of each, and its name on a side where it covers neither dots nor names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from ground import cartography

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Placed = tuple[float, float, str, tuple[Point, ...]]

# The sides of a dot where its name may stand, the better ones first. The style sheet knows them by the same names.
SIDES = ("e", "w", "n", "s", "ne", "se", "nw", "sw")
# How large names and dots are on a narrow map, in units of the map: what has room there has room on a wide one.
HEIGHT, RADIUS, REACH, DIAGONAL = 24, 11, 14, 9
_NARROW, _WIDE = frozenset("fijlrtI.,'’-() "), 17.5
_ROUNDS, _NO_WAY = 4, 1000
_EVERY = range(len(SIDES))
_KNOWN = ("latitude", "longitude", "label", "name", "href", "spots")


@dataclass(frozen=True)
class Mark:
    """One pin as it is drawn: `x` and `y` are of the dot beside which the name stands."""

    x: float
    y: float
    dots: tuple[Point, ...]
    label: str
    name: str
    href: str
    is_beyond: bool
    side: str = ""

    @property
    def is_group(self) -> bool:
        """Whether it stands for several places, such as the schools of a group."""
        return len(self.dots) > 1


def marks(pins: Iterable[Any]) -> list[Mark]:
    """The pins that have a place, from north to south, those beyond Europe last; names without room have no side.

    A pin has latitude, longitude, label, name, href, and `spots` (degrees) when it stands for several places.
    """
    found = [mark for pin in pins if (mark := _mark(pin)) is not None]
    found.sort(key=lambda mark: (mark.is_beyond, mark.y, mark.x))
    sides = sides_of(tuple((mark.x, mark.y, mark.label, mark.dots) for mark in found))
    return [replace(mark, side=side) for mark, side in zip(found, sides, strict=True)]


def _mark(pin: Any) -> Mark | None:
    known = pin if isinstance(pin, Mapping) else {key: getattr(pin, key, None) for key in _KNOWN}
    degrees = [*(known.get("spots") or ()), (known.get("latitude"), known.get("longitude"))]
    degrees = [(north, east) for north, east in degrees if north is not None and east is not None]
    dots = [point for spot in degrees if (point := cartography.project(*spot))]
    is_beyond = not dots
    if is_beyond:
        dots = [point for spot in degrees if (point := cartography.project_beyond(*spot))]
    if not dots:
        return None
    x, y = _most_central(dots)
    words = {key: str(known.get(key) or "") for key in ("label", "name", "href")}
    return Mark(x, y, tuple(dots), is_beyond=is_beyond, **words)


def _most_central(dots: list[Point]) -> Point:
    x, y = sum(dot[0] for dot in dots) / len(dots), sum(dot[1] for dot in dots) / len(dots)
    return min(dots, key=lambda dot: (dot[0] - x) ** 2 + (dot[1] - y) ** 2)


def _box(x: float, y: float, label: str, side: str) -> Box:
    """What the name covers when it stands on that side of the dot."""
    width = sum(8 if sign in _NARROW else _WIDE if sign.isupper() else 14.5 for sign in label)
    across = {"e": x + REACH, "w": x - REACH - width}.get(side, x - width / 2)
    if len(side) == 2:
        across = x + DIAGONAL if side[1] == "e" else x - DIAGONAL - width
    down = {"n": y - REACH - HEIGHT, "s": y + REACH}.get(side[0], y - HEIGHT / 2)
    if len(side) == 2:
        down = y - DIAGONAL - HEIGHT if side[0] == "n" else y + DIAGONAL
    return across, down, across + width, down + HEIGHT


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@lru_cache(maxsize=512)
def sides_of(pins: tuple[Placed, ...]) -> tuple[str, ...]:
    """For each pin (x, y, name, dots) the side of its name; empty where every side would cover something.

    The answer depends on the pins alone, so it is kept.
    """
    layout = _Layout(pins)
    layout.settle()
    return tuple(SIDES[side] if side is not None else "" for side in layout.chosen)


class _Layout:
    """Each name in turn moves to the side where it covers least, until none moves."""

    def __init__(self, pins: tuple[Placed, ...]) -> None:
        dots = [(x - RADIUS, y - RADIUS, x + RADIUS, y + RADIUS) for pin in pins for x, y in pin[3]]
        self.pins = range(len(pins))
        self.boxes = [[_box(x, y, label, side) for side in SIDES] for x, y, label, _dots in pins]
        self.covered = [
            [sum(_overlap(box, dot) for dot in dots) if pin[2] and _inside(box) else _NO_WAY for box in row]
            for pin, row in zip(pins, self.boxes, strict=True)
        ]
        self.chosen: list[int | None] = [
            min(_EVERY, key=lambda side: (row[side], side)) for row in self.covered
        ]

    def cost(self, pin: int, side: int) -> int:
        """How many dots and names the name of `pin` covers on that side."""
        names = (
            self.boxes[n][other] for n in self.pins if n != pin and (other := self.chosen[n]) is not None
        )
        return self.covered[pin][side] + sum(_overlap(self.boxes[pin][side], name) for name in names)

    def settle(self) -> None:
        """Find the sides; names that still cover something then are taken out, one after another."""
        for _round in range(_ROUNDS):
            before = list(self.chosen)
            for pin in self.pins:
                self.chosen[pin] = min(_EVERY, key=lambda side: (self.cost(pin, side), side))
            if self.chosen == before:
                break
        for pin in self.pins:
            side = self.chosen[pin]
            if side is not None and self.cost(pin, side):
                self.chosen[pin] = None


def _inside(box: Box) -> bool:
    return box[0] >= 0 and box[1] >= 0 and box[2] <= cartography.WIDTH and box[3] <= cartography.HEIGHT
