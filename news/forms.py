"""The shape of what editors write. Which universities are offered is the caller's word."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ground.forms import PortalForm, one_language_at_least
from members.models import Organisation, University
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


class NewItemForm(PortalForm):
    """What a news item begins with; the rest is written in its draft. The token makes a second click the same item."""

    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    title_lt = forms.CharField(label=_("Title in Lithuanian"), max_length=200, required=False)
    token = forms.UUIDField(widget=forms.HiddenInput)
    university = UniversityChoice(
        University.objects.none(), label=_("Published by"), required=False, empty_label=_("The alliance")
    )
    partner = forms.CharField(
        label=_("Or a partner organisation"), max_length=300, required=False,
        help_text=_("Its name as the list of organisations has it, when a partner tells the news."),
    )  # fmt: skip

    optional_unsaid = True

    def __init__(self, *args: Any, universities: Any, alliance: bool, **kwargs: Any) -> None:
        kwargs["initial"] = {"token": uuid.uuid4(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        field = self.fields["university"]
        field.queryset = universities
        one_language_at_least(self, "title")
        if not alliance:
            field.required = True
            field.empty_label = None
            del self.fields["partner"]

    def clean_partner(self) -> Organisation | None:
        """The organisation with this name."""
        name = self.cleaned_data["partner"]
        if not name:
            return None
        found = Organisation.objects.filter(
            Q(name__iexact=name) | Q(local_name__iexact=name) | Q(lithuanian_name__iexact=name)
        ).defer("search")[:2]
        if len(found) != 1:
            raise forms.ValidationError(
                _("There is no single organisation with this name. Check how it is written.")
            )
        return found[0]

    def clean(self) -> dict[str, Any]:
        """A title in one language is enough; either a university or a partner tells the news."""
        data = super().clean() or self.cleaned_data
        if not self.errors and not (data.get("title_en") or data.get("title_lt")):
            self.add_error("title_en", _("Write the title in at least one language."))
        if data.get("university") and data.get("partner"):
            self.add_error("partner", _("Either a university or a partner tells the news."))
        return data


class TopicForm(PortalForm):
    """A topic in both languages."""

    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    name_lt = forms.CharField(label=_("Name in Lithuanian"), max_length=100)
