"""The name of a filter."""

from __future__ import annotations

import unicodedata

from django import forms

from projects.models import SavedFilter


class FilterNameForm(forms.Form):
    name = SavedFilter._meta.get_field("name").formfield()

    def clean_name(self) -> str:
        """One line without doubled spaces and signs that nobody sees, so that names that look the same are the same."""
        shown = "".join(
            c for c in self.cleaned_data["name"] if unicodedata.category(c) not in ("Cf", "Cc", "Cs")
        )
        name = " ".join(shown.split())
        if not name:
            raise forms.ValidationError(self.fields["name"].error_messages["required"])
        return name
