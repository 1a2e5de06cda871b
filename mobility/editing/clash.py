"""Two people wrote one call: what each of them changed since the form was shown, and both versions in words."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from ground import languages
from ground.templatetags.ground_tags import day, moment
from mobility.editing import changes
from mobility.editing.content import ROWS, Content, compared
from mobility.editing.rows import SETS


@dataclass(frozen=True)
class Clash:
    """A part that both changed: what is saved, and what was typed where it is known (else it stands in the form)."""

    name: str
    label: str
    theirs: list[str]
    yours: list[str]


@dataclass(frozen=True)
class Meeting:
    """`taken` are the parts that only the other one changed, `both` those that each changed differently."""

    taken: list[str] = field(default_factory=list)
    both: list[str] = field(default_factory=list)


def marks(content: Content) -> str:
    """A fingerprint of each part, for the form to carry: what its writer saw."""
    return " ".join(f"{name}:{_mark(value)}" for name, value in content.items())


def _mark(value: Any) -> str:
    return hashlib.sha256(repr(_settled(compared(value))).encode()).hexdigest()[:10]


def _settled(value: Any) -> Any:
    """One spelling for one moment, wherever its clock stands; rows by the names of their fields."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, list):
        return [_settled(one) for one in value]
    return sorted(value.items()) if isinstance(value, dict) else value


def met(seen: str, now: Content, typed: Content) -> Meeting:
    """Who changed what since `seen` (marks of a form). A part without a mark counts as changed by both."""
    known = dict(one.partition(":")[::2] for one in seen[:5000].split())
    meeting = Meeting()
    for name in now:
        theirs, yours, before = _mark(now[name]), _mark(typed.get(name)), known.get(name)
        if theirs in (yours, before):
            continue
        (meeting.taken if yours == before else meeting.both).append(name)
    return meeting


def clashes(
    names: Collection[str], form: forms.BaseForm, zone: str, now: Content, typed: Content | None = None
) -> list[Clash]:
    """Both versions of the parts `names`, as people read them."""
    return [
        Clash(
            name, label(name, form), _words(name, now[name], form.fields, zone),
            _words(name, typed[name], form.fields, zone) if typed else [],
        )
        for name in names
        if name in now
    ]  # fmt: skip


def label(name: str, form: forms.BaseForm) -> str:
    """What the form calls the part."""
    return str(form.fields[name].label if name in form.fields else changes.TABLE[name].part)


def _words(name: str, value: Any, fields: Mapping[str, forms.Field], zone: str) -> list[str]:
    if name in ROWS:
        return [_row(name, row) for row in value]
    values = value if isinstance(value, list) else [value]
    return [words for one in values if (words := _said(one, fields.get(name), zone))]


def _row(kind: str, row: Mapping[str, Any]) -> str:
    """One row in one line: what its fields say, in their order."""
    fields = SETS[kind].base_fields
    said = [row.get("host", "")]
    for name in (*ROWS[kind], "options_en", "options_lt"):
        value = row.get(name)
        if isinstance(value, bool):
            said.append(str(fields[name].label) if value else "")
        elif name == "language":
            said.append(languages.name(str(value)))
        elif isinstance(value, list):
            said.append(", ".join(value))
        elif value not in ("", None):
            said.append(_said(value, fields[name], "UTC"))
    return " · ".join(one for one in said if one)


def _said(value: Any, asked: Any, zone: str) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.datetime):
        return moment(value, zone)
    if isinstance(value, dt.date):
        return day(value)
    labels = {str(key): str(words) for key, words in getattr(asked, "choices", ())}
    return "" if value is None else labels.get(str(value), str(value))
