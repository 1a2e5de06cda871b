"""What came of a drill: a line for machines, and what was seen for people."""

from __future__ import annotations

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Outcome:
    """One run. `reasons` says in words what went wrong; nothing may, if it is to pass."""

    name: str
    seed: int
    n: int
    faults: int = 0
    lost: int = 0
    duplicated: int = 0
    leaked: int = 0
    refused_in_time: int = (
        0  # sent before the end that was told, and refused: the wait was longer than is allowed
    )
    reasons: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not (self.lost or self.duplicated or self.leaked or self.reasons)

    def line(self) -> str:
        """The outcome for machines."""
        names = ("name", "seed", "n", "faults", "lost", "duplicated", "leaked", "refused_in_time", "passed")
        return json.dumps({name: getattr(self, name) for name in names}, ensure_ascii=False)


def latencies(taken: Mapping[str, Sequence[float]]) -> list[str]:
    """For each kind of request how many there were, and the time within which half and 95 of 100 were answered."""
    lines = [f"{'request':<12}{'n':>7}{'p50':>10}{'p95':>10}{'most':>10}"]
    for kind, seconds in taken.items():
        if len(seconds) < 2:
            continue
        cuts = statistics.quantiles(seconds, n=20, method="inclusive")
        times = "".join(f"{one * 1000:>7.0f} ms" for one in (cuts[9], cuts[18], max(seconds)))
        lines.append(f"{kind:<12}{len(seconds):>7}{times}")
    return lines
