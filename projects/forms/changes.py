"""Whether a form that was sent says anything else than what is stored."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from projects.forms.editor import Editor, plain, typed_rows
from projects.forms.rows import ROW_SETS
from projects.forms.stored import ROW_FIELDS, TYPED_ONLY

_NOT_TYPED = {"version", "token"}


def was_changed(sent: QueryDict, stored: Editor) -> bool:
    """Whether somebody typed something into the form: `stored` is the form as it was opened, `sent` as it came back."""
    form = stored.form
    for name, field in form.fields.items():
        if name in _NOT_TYPED or field.disabled or name not in sent:
            continue
        if not _alike(form.get_initial_for_field(field, name), sent[name]):
            return True
    typed = typed_rows(sent)
    return any(not _same_rows(name, stored.initial_rows[name], typed[name]) for name in ROW_SETS)


def _same_rows(name: str, stored: list[Any], typed: list[Any]) -> bool:
    there = [row for row in stored if _counts(name, row)]
    given = [
        row for row in typed if _counts(name, row) and plain(row.get("DELETE")) in ("", "False", "false")
    ]
    fields = (*ROW_FIELDS[name], *TYPED_ONLY.get(name, ()))
    return len(there) == len(given) and all(
        _alike(one.get(field), str(other.get(field, "")))
        for one, other in zip(there, given, strict=True)
        for field in fields
    )


def _counts(name: str, row: Mapping[str, Any]) -> bool:
    """Whether anything stands in the row: what is only preset, such as a currency, is nothing typed."""
    form: Any = ROW_SETS[name].form  # type: ignore[attr-defined]
    return any(plain(row.get(field)) for field in form.telling)


def _alike(stored: Any, typed: str) -> bool:
    if isinstance(stored, Decimal):
        try:
            return Decimal(typed) == stored
        except InvalidOperation:
            return False
    return plain(stored) == plain(typed)
