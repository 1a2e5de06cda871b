"""The form in which a project is duplicated."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import PortalModelForm, one_language_at_least
from members.models import University
from projects.actions import PARTS_TO_TAKE, Copy
from projects.forms.project import LeadField
from projects.models import Project

TAKE = {
    "texts": gettext_lazy("Description and objectives"),
    "funding": gettext_lazy("Funding"),
    "team": gettext_lazy("People"),
    "departments": gettext_lazy("Departments, when the lead university is the same"),
    "partners": gettext_lazy("Partners"),
    "milestones": gettext_lazy("Milestones, as far from the first day as they are here"),
    "websites": gettext_lazy("Websites"),
}


class DuplicateForm(PortalModelForm):
    """What the new project is told apart by, and what is taken along. A form sent twice makes one project."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    lead = LeadField(label=gettext_lazy("Lead university"), queryset=University.objects.none())
    take = forms.MultipleChoiceField(
        label=gettext_lazy("What to take along"), required=False,
        choices=[(name, TAKE[name]) for name in PARTS_TO_TAKE], widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    class Meta:
        model = Project
        fields = ["code", "lead", "title_en", "title_lt", "starts_on", "ends_on"]
        labels = {
            "code": gettext_lazy("Number of the new project"),
            "title_en": gettext_lazy("Title in English"),
            "title_lt": gettext_lazy("Title in Lithuanian"),
            "starts_on": gettext_lazy("First day"),
            "ends_on": gettext_lazy("Last day"),
        }

    def __init__(self, data: Any = None, *, source: Project, leads: QuerySet[University]) -> None:
        initial = {
            "token": uuid.uuid4(), "take": list(PARTS_TO_TAKE), **_titles(source),
            "lead": next((one.pk for one in leads if len(leads) == 1 or one.pk == source.lead_id), None),
        }  # fmt: skip
        super().__init__(data, initial=initial)
        self.fields["lead"].queryset = leads  # type: ignore[attr-defined]
        self.fields["code"].widget.attrs["data-width"] = "short"
        one_language_at_least(self, "title")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        titles = {"title_en", "title_lt"}
        if not titles & self.errors.keys() and not any(data.get(title) for title in titles):
            self.add_error("title_en", _("Give the title in at least one language."))
        return data

    @property
    def copy(self) -> Copy:
        """What `actions.duplicate_project` takes."""
        return Copy(**{name: self.cleaned_data[name] for name in Copy.__dataclass_fields__})

    def made_before(self, leads: QuerySet[University]) -> Project | None:
        """The project that this form made when it was sent before, if it was."""
        try:
            token = uuid.UUID(str(self.data.get("token", "")))
        except ValueError:
            return None
        return Project.objects.filter(uuid=token, lead__in=leads).first()


def _titles(source: Project) -> dict[str, str]:
    """The titles, told apart from those of `source`, each in its own language."""
    longest = Project._meta.get_field("title_en").max_length or 0
    found = {}
    for code, _words in settings.LANGUAGES:
        title = getattr(source, f"title_{code}") or ""
        with translation.override(code):
            words = _("Copy of “%(title)s”")
        spare = longest - len(words % {"title": ""})
        found[f"title_{code}"] = words % {"title": title[:spare]} if title else ""
    return found
