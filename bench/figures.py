"""A figure: what was measured, against what, and whether that is what we want."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from bench.load import Shot, shoot


@dataclass(frozen=True)
class Figure:
    """One line of the outcome. `ratio` is to `limit`; `goal` and `met` are empty where nothing was promised."""

    name: str
    value: float | None
    unit: str
    limit: float | None = None
    ratio: float | None = None
    goal: str = ""
    met: bool | None = None
    n: int = 0
    conditions: str = ""

    def line(self) -> str:
        """The figure for machines."""
        return json.dumps(asdict(self), ensure_ascii=False)


@dataclass(frozen=True)
class Target:
    """A page on a server."""

    port: int
    path: str
    gzip: bool = False

    def shoot(self, seconds: float, visitors: int) -> Shot:
        return shoot(self.port, self.path, seconds=seconds, visitors=visitors, gzip=self.gzip)


@dataclass(frozen=True)
class Rounds:
    """How often and how long each side is asked, in turn."""

    count: int = 5
    seconds: float = 0.6
    visitors: int = 2

    def interleave(self, ours: Target, theirs: Target) -> list[tuple[Shot, Shot]]:
        """A B A B …, after each was asked once for warmth."""
        for target in (ours, theirs):
            target.shoot(min(self.seconds, 0.3), self.visitors)
        sides = (ours, theirs)
        return [
            (sides[0].shoot(self.seconds, self.visitors), sides[1].shoot(self.seconds, self.visitors))
            for _ in range(self.count)
        ]


def compare(
    name: str, pairs: Sequence[tuple[Shot, Shot]], *, goal: float | None, conditions: str,
    measure: Callable[[Shot], float] = lambda shot: shot.rate, unit: str = "pages/s", more_is_better: bool = True,
) -> Figure:  # fmt: skip
    """The medians of both sides and the median of the rounds' ratios (ours to theirs) against a goal."""
    ours = statistics.median(measure(a) for a, _b in pairs)
    theirs = statistics.median(measure(b) for _a, b in pairs)
    ratio = statistics.median(measure(a) / measure(b) for a, b in pairs)
    met = None if goal is None else (ratio >= goal if more_is_better else ratio <= goal)
    sign = "≥" if more_is_better else "≤"
    return Figure(
        name, _short(ours), unit, _short(theirs), _short(ratio), f"{sign} {goal}" if goal is not None else "", met,
        sum(len(a.seconds) for a, _b in pairs), conditions,
    )  # fmt: skip


def below(name: str, value: float, unit: str, most: float, *, n: int = 1, conditions: str = "") -> Figure:
    """A value that shall not be more than `most`."""
    return Figure(
        name, _short(value), unit, goal=f"≤ {most:g} {unit}", met=value <= most, n=n, conditions=conditions
    )


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def table(figures: Sequence[Figure]) -> str:
    """The figures for people."""
    rows = [("figure", "value", "limit", "ratio", "goal", "met")]
    for f in figures:
        met = {True: "yes", False: "NO", None: ""}[f.met]
        value = "not measured" if f.value is None else f"{f.value:g} {f.unit}"
        rows.append((f.name, value, _cell(f.limit), _cell(f.ratio), f.goal, met))
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
