"""The money of a project by source: what is stated, and plainly what is not.

Different currencies are never added, and nothing is reckoned from half of the facts: a source without an amount stands
in its own row as not stated, and then no source has a part that would make the known ones look like the whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from projects.models import FundingLine, Programme


@dataclass(frozen=True)
class Source:
    """What one programme pays in one currency: the sum of its lines, and its part; None where it is not stated."""

    programme: Programme
    amount: Decimal | None
    percent: Decimal | None = None


@dataclass(frozen=True)
class Purse:
    """All money in one currency; without a currency (and total) the sources whose amounts are not stated."""

    currency: str
    total: Decimal | None
    sources: list[Source]


@dataclass(frozen=True)
class Money:
    """The money of a project; `of_budget`: its parts are the stated shares of the budget, else those of a currency."""

    purses: list[Purse]
    of_budget: bool = False

    def __bool__(self) -> bool:
        return bool(self.purses)

    @property
    def whole(self) -> bool:
        """Whether every source has its amount, so that the sums are all the money."""
        return all(purse.currency for purse in self.purses)

    @property
    def stated(self) -> list[Purse]:
        """Those with a sum: the sums stand below every source, as what is not stated belongs to none of them."""
        return [purse for purse in self.purses if purse.currency]

    @property
    def has_parts(self) -> bool:
        return any(source.percent is not None for purse in self.purses for source in purse.sources)


def by_source(lines: Sequence[FundingLine]) -> Money:
    """`lines` by currency and programme, in their order; those without an amount last. Empty when nothing is stated.

    Where a line states a share, the parts are the stated shares alone; else they are reckoned within each currency, if
    all amounts are known.
    """
    if all(line.amount is None and line.share is None for line in lines):
        return Money([])
    groups: dict[str, dict[str, list[FundingLine]]] = {}
    for line in sorted(lines, key=lambda line: line.amount is None):
        currency = line.currency if line.amount is not None else ""
        groups.setdefault(currency, {}).setdefault(line.programme.slug, []).append(line)
    of_budget = any(line.share is not None for line in lines)
    purses = [
        _purse(currency, list(found.values()), of_budget=of_budget, known="" not in groups)
        for currency, found in groups.items()
    ]
    return Money(purses, of_budget)


def _purse(currency: str, sources: list[list[FundingLine]], *, of_budget: bool, known: bool) -> Purse:
    total = sum((line.amount or Decimal(0) for lines in sources for line in lines), Decimal(0))
    found = []
    for lines in sources:
        amount = sum((line.amount or Decimal(0) for line in lines), Decimal(0))
        if of_budget:
            percent = _stated(lines)
        else:
            percent = Decimal(round(100 * amount / total)) if known and total else None
        found.append(Source(lines[0].programme, amount if currency else None, percent))
    return Purse(currency, total if currency else None, found)


def _stated(lines: list[FundingLine]) -> Decimal | None:
    """The shares of `lines` together; None when one of them states none."""
    shares = [line.share for line in lines if line.share is not None]
    return sum(shares, Decimal(0)) if len(shares) == len(lines) else None
