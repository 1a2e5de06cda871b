"""The form of an amendment of the implementation period."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import DateField, PortalForm, one_language_at_least
from projects.actions import Paper, Terms
from projects.models import Project, ProjectDocument


class AmendmentForm(PortalForm):
    """What was agreed. Carries a token, so that a form sent twice makes one amendment, and the version it is about."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    agreed_on = DateField(
        label=gettext_lazy("Agreed on"),
        help_text=gettext_lazy("The date of the amendment of the grant agreement."),
    )
    starts_on = DateField(label=gettext_lazy("First day from now on"))
    ends_on = DateField(label=gettext_lazy("Last day from now on"))
    reason_en = forms.CharField(
        label=gettext_lazy("Reason in English"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": "4"}),
    )  # fmt: skip
    reason_lt = forms.CharField(
        label=gettext_lazy("Reason in Lithuanian"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": "4"}),
    )  # fmt: skip
    document = forms.ModelChoiceField(
        label=gettext_lazy("A document that the project has"), required=False,
        queryset=ProjectDocument.objects.none(), empty_label=gettext_lazy("None"),
    )  # fmt: skip
    upload = forms.FileField(
        label=gettext_lazy("Or a new file"), required=False,
        help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB."),
    )  # fmt: skip
    is_public = forms.BooleanField(
        label=gettext_lazy("Show the new file to everybody"), required=False,
        help_text=gettext_lazy("Otherwise it is for the staff of its universities and the alliance office."),
    )  # fmt: skip

    def __init__(self, data: Any = None, files: Any = None, *, project: Project) -> None:
        initial = {
            "token": uuid.uuid4(), "version": project.version, "starts_on": project.starts_on,
            "ends_on": project.ends_on,
        }  # fmt: skip
        super().__init__(data, files, initial=initial)
        one_language_at_least(self, "reason")
        self.fields["document"].queryset = project.documents.all()  # type: ignore[attr-defined]

    def clean(self) -> None:
        given = self.cleaned_data
        reasons = {"reason_en", "reason_lt"}
        if not reasons & self.errors.keys() and not any(given.get(reason) for reason in reasons):
            self.add_error("reason_en", _("Give the reason in at least one language."))
        if given.get("document") and given.get("upload"):
            self.add_error("upload", _("Choose a document of the project or a new file, not both."))

    @property
    def terms(self) -> Terms:
        """What `actions.amend_period` takes."""
        return Terms(**{name: self.cleaned_data[name] for name in Terms.__dataclass_fields__})

    @property
    def paper(self) -> Paper:
        """The document that goes with it, if any."""
        given = self.cleaned_data
        return Paper(kept=given["document"], upload=given["upload"], is_public=given["is_public"])
