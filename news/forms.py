"""The shape of what editors write. Which universities are offered is the caller's word."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ground.forms import PortalForm
from members.models import University
from news.models import Topic

LANGUAGES = (("en", _("English")), ("lt", _("Lithuanian")))


class UniversityChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: University) -> str:
        """The full name: short ones say little to people of another member."""
        return obj.name


class TextForm(PortalForm):
    """A news item in both languages; one of them is enough."""

    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    title_lt = forms.CharField(label=_("Title in Lithuanian"), max_length=200, required=False)
    summary_en = forms.CharField(
        label=_("Summary in English"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
    summary_lt = forms.CharField(
        label=_("Summary in Lithuanian"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )
    body_en = forms.CharField(
        label=_("Text in English"), required=False, widget=forms.Textarea(attrs={"data-width": "tall"}),
        help_text=_("Markdown: an empty line begins a paragraph, **bold**, ## heading, - list."),
    )  # fmt: skip
    body_lt = forms.CharField(
        label=_("Text in Lithuanian"), required=False, widget=forms.Textarea(attrs={"data-width": "tall"}),
        help_text=_("Markdown: an empty line begins a paragraph, **bold**, ## heading, - list."),
    )  # fmt: skip
    topics = forms.ModelMultipleChoiceField(
        Topic.objects.none(), label=_("Topics"), required=False, widget=forms.CheckboxSelectMultiple
    )

    optional_unsaid = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["topics"].queryset = Topic.objects.all()

    def clean(self) -> dict[str, Any]:
        """One language is enough, but each that is used has a title."""
        data = super().clean() or self.cleaned_data
        used = [
            code
            for code, _name in LANGUAGES
            if any(data.get(f"{part}_{code}") for part in ("summary", "body"))
        ]
        if not used and not self.errors and not any(data.get(f"title_{code}") for code, _name in LANGUAGES):
            self.add_error("title_en", _("Write the title in at least one language."))
        for code in used:
            if not data.get(f"title_{code}") and f"title_{code}" not in self.errors:
                self.add_error(f"title_{code}", _("Write the title in the language of the text."))
        return data


class NewItemForm(TextForm):
    """A news item that is begun. The token makes a second click give the same item."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    university = UniversityChoice(
        University.objects.none(), label=_("Published by"), required=False, empty_label=_("The alliance")
    )

    def __init__(self, *args: Any, universities: Any, alliance: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        field = self.fields["university"]
        field.queryset = universities
        if not alliance:
            field.required = True
            field.empty_label = None


class ItemForm(TextForm):
    """A news item that is changed, as it was at `version`."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class AttachmentForm(PortalForm):
    """A paper for a news item."""

    file = forms.FileField(label=_("File"), help_text=_("PDF, JPEG or PNG, at most 10 MB."))
    name_en = forms.CharField(label=_("Title of the file in English"), max_length=200, required=False)
    name_lt = forms.CharField(label=_("Title of the file in Lithuanian"), max_length=200, required=False)
