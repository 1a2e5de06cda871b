"""The draft of an agreement as texts, as a form sends them: from what is stored, from what was typed, and into content.

Numbers of rows are made anew every time, so that the places of `members/agreements/checks.py` fit the fields.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from members.agreements.checks import MOST_CONDITIONS
from members.agreements.content import ConditionContent, SideContent, VersionContent
from members.agreements.stored import SIDE_TEXTS

Row = dict[str, Any]
TERMS = ("first_year", "last_year", "remarks", "reason")
PLAIN = (
    "kind", "sends", "places", "months", "days", "blended", "first_year", "last_year", "sending_unit",
    "receiving_unit", "remarks", "origin",
)  # fmt: skip
FIELD = ("code", "clarification")
LANGUAGE = ("language", "level", "field")
# Something in one of these makes a row of conditions count.
TELLING = ("places", "months", "days", "remarks")
MOST_ROWS = 40  # fields or languages of one condition
MOST_IN_ALL = 160  # of all conditions together: each is drawn with every language there is
DRAWN_IN_ALL = (
    2 * MOST_IN_ALL
)  # what a page's blank rows can hold besides is shown again and refused, never dropped
LONGEST_NUMBER = 20
_OF_NUMBERS = frozenset("0123456789.+-")


def stored(content: VersionContent) -> Row:
    """What a version says, as texts."""
    terms = {name: getattr(content, name) for name in TERMS}
    sides = {side.place: _side(side) for side in content.sides}
    return {
        "terms": terms,
        "sides": sides,
        "conditions": [_condition(c, content) for c in content.conditions],
    }


def _side(side: SideContent) -> Row:
    return {"unit": str(side.unit or ""), **{name: getattr(side, name) for name in SIDE_TEXTS}}


def _condition(condition: ConditionContent, content: VersionContent) -> Row:
    row: Row = {name: _text(getattr(condition, name)) for name in PLAIN}
    for name in ("first_year", "last_year"):
        if row[name] == getattr(content, name):
            row[name] = ""  # the years of the agreement, whatever becomes of them
    row["levels"] = [str(level) for level in condition.levels]
    row["fields"] = [{"code": f.code, "clarification": f.clarification} for f in condition.fields]
    row["languages"] = [{n: getattr(x, n) for n in LANGUAGE} for x in condition.languages]
    return row


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return "" if value is None else str(value)


def typed(data: QueryDict) -> Row:
    """What a form sent, as texts; rows in which nothing was written are left out."""
    terms = {name: _said(data, f"terms-{name}") for name in TERMS}
    sides = {place: {n: _said(data, f"sides-{place}-{n}") for n in ("unit", *SIDE_TEXTS)} for place in (1, 2)}
    rows = [
        _typed_condition(data, f"conditions-{i}")
        for i in range(_count(data, "conditions-total", MOST_CONDITIONS + 1))
    ]
    return {"terms": terms, "sides": sides, "conditions": _bounded([row for row in rows if _counts(row)])}


def _bounded(conditions: list[Row]) -> list[Row]:
    """The same without the rows that no page offers to add: they would keep the portal drawing."""
    left = DRAWN_IN_ALL
    for condition in conditions:
        for kind in ("fields", "languages"):
            condition[kind] = condition[kind][:left]
            left -= len(condition[kind])
    return conditions


def _typed_condition(data: QueryDict, prefix: str) -> Row:
    row: Row = {name: _said(data, f"{prefix}-{name}") for name in PLAIN}
    row["levels"] = [value for value in data.getlist(f"{prefix}-levels") if value]
    row["fields"] = _rows(data, f"{prefix}-fields", FIELD)
    row["languages"] = _rows(data, f"{prefix}-languages", LANGUAGE)
    return row


def _rows(data: QueryDict, prefix: str, names: Iterable[str]) -> list[Row]:
    number = _count(data, f"{prefix}-total", MOST_ROWS)
    rows = [{name: _said(data, f"{prefix}-{i}-{name}") for name in names} for i in range(number)]
    return [row for row in rows if any(row.values())]


def _counts(row: Row) -> bool:
    if row["kind"] not in ("", blank_condition()["kind"]):
        return True  # chosen, so that a new row stays when its fields are fitted to its kind
    return any(row[name] for name in (*TELLING, "origin", "levels", "fields", "languages"))


def _count(data: QueryDict, name: str, most: int) -> int:
    said = data.get(name, "")
    return min(int(said), most) if said.isascii() and said.isdigit() and len(said) < 6 else 0


def _said(data: QueryDict, name: str) -> str:
    return data.get(name, "").strip()


def blank_condition() -> Row:
    """A new row: nothing chosen but what most agreements begin with."""
    row: Row = dict.fromkeys(PLAIN, "")
    return row | {"kind": "student_studies", "sends": "1", "levels": [], "fields": [], "languages": []}


def turned(row: Row) -> Row:
    """The same flow in the other direction, as a new condition."""
    return row | {
        "sends": "2" if row["sends"] == "1" else "1", "origin": "", "sending_unit": row["receiving_unit"],
        "receiving_unit": row["sending_unit"], "fields": [dict(one) for one in row["fields"]],
        "languages": [dict(one) for one in row["languages"]],
    }  # fmt: skip


def stepped(row: Row, step: str) -> tuple[Row, str]:
    """The draft after a step that only changes the form, and the id of the part to look at.

    Steps: "add", and "copy-N", "remove-N", "field-N", "language-N" for condition N. An unknown one changes nothing.
    """
    what, _dash, number = step.partition("-")
    conditions = [*row["conditions"]]
    at = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1
    if what == "add" and may_add(conditions):
        conditions.append(blank_condition())
        at = len(conditions) - 1
    elif not 0 <= at < len(conditions):
        return row, ""
    elif what == "copy" and may_copy(conditions, at):
        conditions.insert(at + 1, turned(conditions[at]))
        at += 1
    elif what == "remove":
        del conditions[at]
        return row | {"conditions": conditions}, "conditions"
    elif what in ("field", "language") and may_widen(conditions):
        conditions[at] = conditions[at] | {f"more_{what}": True}
    return row | {"conditions": conditions}, f"condition-{at}"


def may_add(conditions: Sequence[Row]) -> bool:
    """Whether there is room for one condition more."""
    return len(conditions) < MOST_CONDITIONS


def may_copy(conditions: Sequence[Row], at: int) -> bool:
    """Whether there is room for the condition at `at` once more, with all its fields and languages."""
    return may_add(conditions) and _in_all([*conditions, conditions[at]]) <= MOST_IN_ALL


def may_widen(conditions: Sequence[Row]) -> bool:
    """Whether there is room for one field or language more."""
    return _in_all(conditions) < MOST_IN_ALL


def fits(conditions: Sequence[Row]) -> bool:
    """Whether the fields and languages of all conditions are not too many."""
    return _in_all(conditions) <= MOST_IN_ALL


def _in_all(conditions: Sequence[Row]) -> int:
    return sum(len(condition[kind]) for condition in conditions for kind in ("fields", "languages"))


def flat(row: Row) -> QueryDict:
    """The draft as a form sends it, with numbers that follow the order of the rows."""
    data = QueryDict(mutable=True)
    _put(data, "terms", row["terms"])
    for place, side in row["sides"].items():
        _put(data, f"sides-{place}", side)
    data["conditions-total"] = str(len(row["conditions"]))
    for i, condition in enumerate(row["conditions"]):
        _put(data, f"conditions-{i}", {name: condition[name] for name in PLAIN})
        data.setlist(f"conditions-{i}-levels", condition["levels"])
        for kind in ("fields", "languages"):
            data[f"conditions-{i}-{kind}-total"] = str(len(condition[kind]))
            for j, one in enumerate(condition[kind]):
                _put(data, f"conditions-{i}-{kind}-{j}", one)
    return data


def _put(data: QueryDict, prefix: str, values: Mapping[str, str]) -> None:
    for name, value in values.items():
        data[f"{prefix}-{name}"] = value


def number(value: str) -> Decimal | None:
    """A number as people type it ("7.5", "7,5"). Raises ValueError."""
    plain = value.replace("\u00a0", "").replace(" ", "").replace(",", ".")
    if not plain:
        return None
    if len(plain) > LONGEST_NUMBER or not set(plain) <= _OF_NUMBERS:
        raise ValueError(value)
    try:
        made = Decimal(plain)
    except InvalidOperation as wrong:
        raise ValueError(value) from wrong
    if not made.is_finite():
        raise ValueError(value)
    return made


def identifier(value: str) -> uuid.UUID | None:
    """A uuid, or None where none was given or what was given is none."""
    try:
        return uuid.UUID(value)
    except (ValueError, AttributeError):
        return None
