"""What the rows of a preview would write, in the words of whoever reads: periods, universities, money, partners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from ground.templatetags.ground_tags import day, money, number
from members.models import University
from projects.imports.columns import BY_NAME
from projects.models import ImportRow, Milestone, Partnership, Programme, Result

_PARTS = dict(Partnership.Part.choices)
_DAYS = ("starts_on", "ends_on")
_ENTRIES = ("milestones", "outcomes")
_KINDS, _CATEGORIES = dict(Milestone.Kind.choices), dict(Result.Category.choices)


@dataclass(frozen=True)
class Change:
    label: Any
    before: str
    after: str


@dataclass(frozen=True)
class Understood:
    """A new project as its row was understood; `facts` are its period, lead university, money and partners."""

    title: str = ""
    facts: list[str] = field(default_factory=list)


class Words:
    """Names of what rows point to, fetched once for a page of them."""

    def __init__(self, rows: Iterable[ImportRow]) -> None:
        new = [row.values for row in rows if row.step == ImportRow.Step.CREATE]
        changes = [change for row in rows for change in row.values.get("changes", ())]
        lines = [line for values in new for line in values.get("parts", {}).get("funding", ())]
        lines += [one for name, *both in changes if name == "funding" for one in both]
        programmes = {line["programme"] for line in lines if line.get("programme")}
        leads = {values["lead"] for values in new if values.get("lead")}
        self.programmes = _named(Programme.objects.filter(pk__in=programmes)) if programmes else {}
        universities = University.objects.for_list().filter(pk__in=leads) if leads else ()
        self.universities = {one.pk: one.name_shown for one in universities}

    def understood(self, row: ImportRow) -> Understood:
        """What a new row would make; nothing for any other."""
        if row.step != ImportRow.Step.CREATE or "fields" not in row.values:
            return Understood()
        values, fields, parts = row.values, row.values["fields"], row.values.get("parts", {})
        period = " – ".join(in_full(fields.get(name, "")) for name in _DAYS)
        partners = parts.get("partners", {})
        count = len(partners.get("known", ())) + len(partners.get("new", ()))
        facts = [
            period,
            self.universities.get(values.get("lead"), ""),
            *map(self.line, parts.get("funding", ())),
            _("Partners: %(number)s") % {"number": number(count)} if count else "",
            *(entry(name, one) for name in _ENTRIES for one in parts.get(name, ())),
        ]
        return Understood(_title(fields), [fact for fact in facts if fact])

    def change(self, noted: Sequence[Any]) -> Change:
        """A noted change: the name of what changes, what it was and what it becomes."""
        name, before, after = noted
        labels = {
            "funding": _("Funding"), "partners": _("Partners"), "milestones": _("Milestone"), "outcomes": _("Result"),
        }  # fmt: skip
        return Change(
            labels.get(name) or BY_NAME[name].label, self._value(name, before), self._value(name, after)
        )

    def _value(self, name: str, value: Any) -> str:
        if isinstance(value, dict):
            return entry(name, value) if name in _ENTRIES else self.line(value)
        if isinstance(value, list):
            return "; ".join(f"{one} ({_PARTS.get(part, part)})" for one, part in value)
        return in_full(value) if name in _DAYS else str(value)

    def line(self, line: Mapping[str, Any]) -> str:
        """A line of funding: programme, amount, share, contract."""
        if not line:
            return ""
        amount, share = line.get("amount"), line.get("share")
        parts = (
            self.programmes.get(line["programme"], ""),
            money(Decimal(amount), line.get("currency") or "EUR") if amount is not None else "",
            f"{number(Decimal(share))} %" if share is not None else "",
            line.get("contract_number", ""),
        )
        return " · ".join(part for part in parts if part)


def entry(name: str, one: Mapping[str, Any]) -> str:
    """A milestone (what, when due, whether done) or a result (what, of which category, where)."""
    if not one:
        return ""
    if name == "milestones":
        done = one["done_on"]
        said = [_("due %(day)s") % {"day": in_full(one["due_on"])}]
        said += [_("done %(day)s") % {"day": in_full(done)}] if done else []
        parts = [_title(one), str(_KINDS[one["kind"]]), *said]
    else:
        parts = [_title(one), str(_CATEGORIES[one["category"]]), one["url"], in_full(one["reached_on"])]
    return ", ".join(part for part in parts if part)


def in_full(value: str) -> str:
    """A stored date as people write it; anything else as it is."""
    try:
        return day(dt.date.fromisoformat(value))
    except ValueError:
        return value


def _title(fields: Mapping[str, Any]) -> str:
    titles = (fields.get("title_en", ""), fields.get("title_lt", ""))
    own, other = reversed(titles) if (get_language() or "").startswith("lt") else titles
    return own or other


def _named(programmes: Iterable[Programme]) -> dict[int, str]:
    return {programme.pk: str(programme.name) for programme in programmes}
