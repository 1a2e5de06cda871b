"""The money of a project by source. Different currencies are never added."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from projects.models import FundingLine, Programme


@dataclass(frozen=True)
class Source:
    """What one programme pays in one currency: the sum of its lines, and its part of all in that currency."""

    programme: Programme
    amount: Decimal
    percent: int


@dataclass(frozen=True)
class Purse:
    """All money in one currency."""

    currency: str
    total: Decimal
    sources: list[Source]


@dataclass(frozen=True)
class Money:
    """The money of a project, and the shares of the budget that its lines state."""

    purses: list[Purse]
    shares: list[FundingLine]

    def __bool__(self) -> bool:
        return bool(self.purses or self.shares)


def by_source(lines: Sequence[FundingLine]) -> Money:
    """The amounts of `lines` summed by currency and programme, in the order of the lines; unknown ones are left out."""
    sums: dict[str, dict[str, Decimal]] = {}
    programmes: dict[str, Programme] = {}
    for line in lines:
        if line.amount is not None:
            by_programme = sums.setdefault(line.currency, {})
            slug = line.programme.slug
            programmes[slug] = line.programme
            by_programme[slug] = by_programme.get(slug, Decimal(0)) + line.amount
    purses = [_purse(currency, found, programmes) for currency, found in sums.items()]
    return Money(purses, [line for line in lines if line.share is not None])


def _purse(currency: str, sums: dict[str, Decimal], programmes: dict[str, Programme]) -> Purse:
    total = sum(sums.values(), Decimal(0))
    sources = [
        Source(programmes[slug], amount, round(100 * amount / total) if total else 0)
        for slug, amount in sums.items()
    ]
    return Purse(currency, total, sources)
