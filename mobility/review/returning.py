"""What an application that is returned lacks: chosen by name, said in words."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mobility import parts
from mobility.forms import NoteForm
from mobility.models import Application, Call


def choices(call: Call) -> list[tuple[Any, list[tuple[str, Any]]]]:
    """The parts of an application to `call` with what each asks for, by the names of a request for completion."""
    found = []
    for part in parts.of(call):
        inner = [(f"{part.slug}.{name}", _title(name)) for name in part.fields]
        found.append((part.title, inner or [(part.slug, part.title)]))
    return found


def _title(name: str) -> str:
    words = str(Application._meta.get_field(name).verbose_name)
    return words[:1].upper() + words[1:]


class ReturnForm(NoteForm):
    """The request to the applicant, and the fields it is about."""

    fields_wanted = forms.MultipleChoiceField(
        label=_("What has to be completed"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("The applicant is led to these."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, call: Call) -> None:
        super().__init__(data, step="return")
        self.fields["fields_wanted"].choices = [row for _part, rows in choices(call) for row in rows]

    def clean(self) -> dict[str, Any]:
        """`fields` are the names that were chosen."""
        return {**self.cleaned_data, "fields": self.cleaned_data.get("fields_wanted", [])}
