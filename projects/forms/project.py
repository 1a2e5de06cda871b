"""The form of a project's own fields, and the form of a document."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import PortalForm, PortalModelForm, one_language_at_least
from members.models import University
from projects import merge
from projects.models import Project

LONG = ("description", "objectives", "results")
_MARKDOWN = gettext_lazy(
    "Plain text. An empty line begins a paragraph; *stars* stress, - begins a list item."
)
STILL_MARKED = gettext_lazy("Both versions stand here, marked ⟪ and ⟫. Keep one and delete the marks.")


class LeadField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A university by the name under which its readers know it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"empty_label": gettext_lazy("Choose a university"), **kwargs})

    def label_from_instance(self, obj: University) -> str:  # type: ignore[override]
        return obj.name_shown


class ProjectForm(PortalModelForm):
    """The project itself. Which universities may lead is given by whoever asks; the form knows no roles."""

    lead = LeadField(label=gettext_lazy("Lead university"), queryset=University.objects.none())
    comment = forms.CharField(
        label=gettext_lazy("What did you change?"), max_length=200, required=False,
        help_text=gettext_lazy("One line for the history of the project."),
    )  # fmt: skip

    class Meta:
        model = Project
        fields = [
            "code", "lead", "acronym", "title_en", "title_lt", "starts_on", "ends_on",
            "description_en", "description_lt", "objectives_en", "objectives_lt", "results_en", "results_lt",
        ]  # fmt: skip
        labels = {
            "code": gettext_lazy("Project number"),
            "acronym": gettext_lazy("Acronym"),
            "title_en": gettext_lazy("Title in English"),
            "title_lt": gettext_lazy("Title in Lithuanian"),
            "starts_on": gettext_lazy("First day"),
            "ends_on": gettext_lazy("Last day"),
            "description_en": gettext_lazy("Description in English"),
            "description_lt": gettext_lazy("Description in Lithuanian"),
            "objectives_en": gettext_lazy("Objectives in English"),
            "objectives_lt": gettext_lazy("Objectives in Lithuanian"),
            "results_en": gettext_lazy("Results in English"),
            "results_lt": gettext_lazy("Results in Lithuanian"),
        }
        help_texts = {"description_en": _MARKDOWN, "description_lt": _MARKDOWN}

    def __init__(self, *args: Any, leads: QuerySet[University], amended: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].queryset = leads  # type: ignore[attr-defined]
        self._settle_period(amended)
        one_language_at_least(self, "title")
        for name, field in self.fields.items():
            if name.startswith(LONG):
                field.widget.attrs["rows"] = "8"
            elif name in ("code", "acronym"):
                field.widget.attrs["data-width"] = "short"

    def _settle_period(self, amended: bool) -> None:
        """The period of a project with amendments is shown, not edited: what is sent for it is not read."""
        for name in ("starts_on", "ends_on"):
            self.fields[name].disabled = amended
            if amended:
                self.initial[name] = getattr(self.instance, name)

    @property
    def pairs(self) -> dict[str, list[Any]]:
        """The two languages of each text."""
        return {
            n: [self[f"{n}_en"], self[f"{n}_lt"]] for n in ("title", "description", "objectives", "results")
        }

    @property
    def long_pairs(self) -> list[list[Any]]:
        """The pairs of the long texts."""
        return [pair for name, pair in self.pairs.items() if name != "title"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if (
            not data.get("title_en")
            and not data.get("title_lt")
            and not {"title_en", "title_lt"} & self.errors.keys()
        ):
            self.add_error("title_en", _("Give the title in at least one language."))
        for name, field in self.fields.items():
            if field.disabled and self.data.get(name, "") not in ("", str(self.initial[name])):
                self.add_error(name, _("The period follows from the amendments. Another one changes it."))
            if name.startswith(LONG) and merge.MARKS.search(data.get(name) or ""):
                self.add_error(name, STILL_MARKED)
        first, last = data.get("starts_on"), data.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day is before the first day."))
        return data


class NewProjectForm(ProjectForm):
    """Carries a token, so that a form sent twice makes one project."""

    token = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["comment"]


class EditedProjectForm(ProjectForm):
    """Carries the version that is being edited."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class DocumentForm(PortalForm):
    """A file for a project."""

    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200, required=False)
    title_lt = forms.CharField(label=gettext_lazy("Title in Lithuanian"), max_length=200, required=False)
    upload = forms.FileField(
        label=gettext_lazy("File"), help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB.")
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("Show it to everybody"), required=False,
        help_text=gettext_lazy("Otherwise it is for the staff of its universities and the alliance office."),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one_language_at_least(self, "title")

    def clean(self) -> None:
        if not self.cleaned_data.get("title_en") and not self.cleaned_data.get("title_lt"):
            self.add_error("title_en", _("Give the title in at least one language."))
