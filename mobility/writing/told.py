"""What stands in a form, by its labels: shown beside what another device wrote."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _


def told_by(form: forms.BaseForm) -> list[tuple[str, str]]:
    """Label and words of each field of a form that shows or was sent something; empty ones are left out."""
    lines = [(str(one.label), words(one.field, one.value())) for one in form]
    return [(label, told) for label, told in lines if told]


def words(field: Any, value: Any) -> str:
    """The value of a field as people read it: chosen answers by their words."""
    if type(field) is forms.BooleanField:
        return str(_("Yes")) if value else ""
    choices = _flat(field.choices) if hasattr(field, "choices") else {}
    chosen = value if isinstance(value, list | tuple) else [value]
    return "\n".join(choices.get(str(one), str(one)) for one in chosen if one not in (None, ""))


def _flat(choices: Any) -> dict[str, str]:
    flat = {}
    for value, label in choices:
        if isinstance(label, list | tuple):
            flat |= {str(inner): str(told) for inner, told in label}
        else:
            flat[str(value)] = str(label)
    return flat
