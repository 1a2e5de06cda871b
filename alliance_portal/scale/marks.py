"""How a generated record is known for ever: by its identifier.

Identifiers of real records are random (version 4). Generated ones are of version 8, which nothing else here makes, and
share their first half; nobody can type or import an identifier. So they all lie in one range, which the index of
identifiers finds, and no column, code or list is needed to tell them apart.
"""

from __future__ import annotations

from uuid import UUID

FIRST = UUID("5ca1e000-0000-8000-8000-000000000000")
LAST = UUID("5ca1e000-0000-8000-bfff-ffffffffffff")
RANGE = (str(FIRST), str(LAST))
KINDS = ("programme", "unit", "project", "funding", "person", "partner", "milestone", "result",
         "applicant", "call", "application", "place", "news", "event")  # fmt: skip
SEEDS = range(4096)
_BASE = FIRST.int


def mark(kind: str, seed: int, number: int) -> str:
    """The identifier of the generated record `number` (below 2³⁶) of its kind under a seed."""
    made = _BASE | KINDS.index(kind) << 48 | seed << 36 | number
    written = f"{made:032x}"
    return f"{written[:8]}-{written[8:12]}-{written[12:16]}-{written[16:20]}-{written[20:]}"


def code(seed: int, number: int) -> str:
    """The number of a generated project, as people would read it."""
    return f"GEN-{seed}-{number:06d}"
