"""The rows of a call's form as texts: as stored, as typed, after a step that adds or removes one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

from mobility.editing.content import Content
from mobility.editing.form import CallForm
from mobility.editing.rows import MOST, SETS

Pairs = list[list[str]]
Rows = dict[str, list[dict[str, Any]]]


def stored(content: Content) -> Rows:
    """What is stored, as the forms show it."""
    return {kind: [dict(row) for row in content[kind]] for kind in SETS}


def typed(data: QueryDict, *, with_blank: bool = False) -> Rows:
    """What was typed; new rows in which nothing is written are left out, unless the form is only shown again."""
    rows: Rows = {}
    for kind, made in SETS.items():
        number = _count(data.get(f"{kind}-total", ""), 2 * MOST[kind])
        found = [{f: _said(data, f"{kind}-{i}-{f}") for f in made.base_fields} for i in range(number)]
        written = [row for row in found if row["key"] or any(row[name] for name in made.telling)]
        rows[kind] = found if with_blank else written
    return rows


_OWN = {*CallForm.base_fields, "version", "base", "clash", "theirs", "academic_year"}
_ROW = re.compile(r"([a-z]+)-(?:total|[0-9]{1,3}-([a-z_]+))", re.ASCII)


def pairs(data: QueryDict) -> Pairs:
    """What of `data` belongs to the form, in its order; the rest (the proof of origin, what nobody asked for) goes."""
    return [
        [name, value.replace("\x00", "").encode("utf-8", "replace").decode()]
        for name, values in data.lists()
        if _belongs(name)
        for value in values[:50]
    ]


def _belongs(name: str) -> bool:
    row = _ROW.fullmatch(name)
    if row is None or row[1] not in SETS:
        return name in _OWN
    return row[2] is None or row[2] in SETS[row[1]].base_fields


def sent_again(content: Pairs) -> QueryDict:
    """Pairs as a browser sends them."""
    data = QueryDict(mutable=True)
    for name, value in content:
        data.appendlist(name, value)
    return data


def stepped(rows: Rows, step: str, sources: Mapping[str, Any]) -> Rows:
    """The rows after "add-KIND", "remove-KIND-N" or "take-ORIGIN" (a place of an agreement), or as they are."""
    way, _dash, rest = step.partition("-")
    kind, _dash, number = rest.partition("-")
    if way == "add" and kind in rows and kind != "places" and len(rows[kind]) < MOST[kind]:
        rows[kind].append(_blank(kind))
    elif way == "remove" and kind in rows:
        at = _count(number, 10_000)
        if number.isdigit() and at < len(rows[kind]):
            del rows[kind][at]
    elif way == "take" and rest in sources and len(rows["places"]) < MOST["places"]:
        own = sum(_count(str(row["capacity"]), 999) for row in rows["places"] if row["origin"] == rest)
        rows["places"].append(_place(sources[rest], own))
    return rows


def flat(rows: Rows) -> QueryDict:
    """The rows as a form sends them, numbered in their order."""
    data = QueryDict(mutable=True)
    for kind, found in rows.items():
        data[f"{kind}-total"] = str(len(found))
        for i, row in enumerate(found):
            for name, value in row.items():
                if value not in ("", False, None):
                    data[f"{kind}-{i}-{name}"] = value
    return data


def _blank(kind: str) -> dict[str, Any]:
    return {name: field.initial or "" for name, field in SETS[kind].base_fields.items()}


def _place(source: Any, own: int) -> dict[str, Any]:
    """A new place with what the agreement says of it, and the seats that are left beside the form's `own`."""
    condition = source.condition
    skill = next(iter(condition.languages.all()), None)
    return _blank("places") | {
        "origin": source.origin, "capacity": max(source.left - own, 0) or "",
        "language": skill.language if skill else "en",
        "language_level": skill.level if skill else "B2",
        "level": condition.levels[0] if len(condition.levels) == 1 else "",
        "field_id": source.fields[0] if len(source.fields) == 1 else "", "is_offered": True,
    }  # fmt: skip


def _count(said: str, most: int) -> int:
    return min(int(said), most) if said.isascii() and said.isdigit() and len(said) < 6 else 0


def _said(data: QueryDict, name: str) -> str:
    return data.get(name, "").strip()
