"""The lines of funding that a row gives: each is matched with one that the project has, or becomes a new one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_noop

from projects.imports.existing import Line
from projects.imports.rows import Given, Plan

_FIELDS = ("programme", "amount", "said_currency", "currency", "share", "contract_number")


@dataclass
class Funding:
    """The settling of one row. `after` are all lines, `parts` those to write, `changes` each before and after."""

    given: Given
    plan: Plan
    before: Sequence[Line]
    said: Callable[[str], bool]
    after: list[Line] = field(default_factory=list)
    parts: list[dict[str, Any]] = field(default_factory=list)
    changes: list[tuple[dict[str, Any], dict[str, Any]]] = field(default_factory=list)

    def settle(self) -> None:
        """Match every line that the row gives; what it does not name stays. No line is meant twice."""
        self.after, self.free = list(self.before), list(self.before)
        values = self.given.values
        for suffix in self.plan.lines:
            self._settle({n: values[n + suffix] for n in _FIELDS if n + suffix in values}, suffix)
        for line in values.get("funding", ()):
            self._settle(line, None)
        if self.parts and sum((line.share or Decimal(0)) for line in self.after) > 100:
            words = gettext_noop("The shares of the funding add up to more than 100 percent.")
            self._refuse("share", suffix="", words=words)

    def _settle(self, values: Mapping[str, Any], suffix: str | None) -> None:
        if all(value in ("", None) for value in values.values()):
            return
        line = self._line_meant(values, suffix)
        if line is None:
            return
        wanted = self._filled(line, values, suffix)
        self.after = [one for one in self.after if one is not line] + [wanted]
        if wanted != line or line.id is None:
            self.parts.append(_plainly(wanted))
            self.changes.append((_shown(line), _shown(wanted)))

    def _refuse(self, *names: str, suffix: str | None, words: str) -> None:
        """Say it beside the first of the columns; a list of the portal's own export is one column for them all."""
        wanted = ("funding",) if suffix is None else tuple(f"{name}{suffix}" for name in names)
        self.given.refuse(self.plan.place(*wanted), words)

    def _line_meant(self, values: Mapping[str, Any], suffix: str | None) -> Line | None:
        """The line of funding that is meant: by contract, by programme, or the only one; else a new one."""
        programme, contract = values.get("programme"), values.get("contract_number")
        for fits in (
            [one for one in self.free if suffix is None and self._filled(one, values, suffix) == one],
            [one for one in self.free if contract and one.contract_number == contract],
            [one for one in self.free if programme and one.programme == programme],
            self.free if not programme and suffix == "" else [],
        ):
            if len(fits) == 1 or (fits and suffix is None):
                self.free = [one for one in self.free if one is not fits[0]]
                return fits[0]
            if fits:
                words = gettext_noop(
                    "The project has several lines of funding. Say by programme which one is meant."
                )
                self._refuse("programme", "amount", "share", "contract_number", suffix=suffix, words=words)
                return None
        if programme:
            return Line()
        if suffix is None or not self.said(f"programme{suffix}"):
            words = gettext_noop("Say from which programme this money comes.")
            self._refuse("amount", "share", "contract_number", "currency", suffix=suffix, words=words)
        return None

    def _filled(self, line: Line, values: Mapping[str, Any], suffix: str | None) -> Line:
        """`line` with what the row says of it."""
        fields: dict[str, Any] = {}
        for name in ("programme", "amount", "share", "contract_number"):
            if name in values and not (name == "programme" and not values[name]):
                fields[name] = values[name] if values[name] != "" or name == "contract_number" else None
        currency, said = values.get("currency"), values.get("said_currency")
        if currency or said:
            fields["currency"] = currency or said
        if currency and said and currency != said:
            words = gettext_noop("The amount names another currency.")
            self._refuse("currency", suffix=suffix, words=words)
        return replace(line, **fields)


def _plainly(line: Line) -> dict[str, Any]:
    """The line as it is staged."""
    return {
        "programme": line.programme, "amount": _plain(line.amount), "currency": line.currency,
        "share": _plain(line.share), "contract_number": line.contract_number, "id": line.id,
    }  # fmt: skip


def _shown(line: Line) -> dict[str, Any]:
    """What is told of a line of funding; nothing of one that is not there yet."""
    return {k: v for k, v in _plainly(line).items() if k != "id"} if line.programme is not None else {}


def _plain(value: Decimal | None) -> str | None:
    return None if value is None else str(value)
