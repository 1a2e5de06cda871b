"""The name of a filter."""

from __future__ import annotations

from django import forms

from projects.models import SavedFilter


class FilterNameForm(forms.Form):
    name = SavedFilter._meta.get_field("name").formfield()

    def clean_name(self) -> str:
        """One line without doubled spaces, so that names that look the same are the same."""
        return " ".join(self.cleaned_data["name"].split())
