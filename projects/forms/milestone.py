"""The form by which a milestone is marked as done."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import DateField, PortalForm
from ground.templatetags.ground_tags import day
from projects.actions import Evidence
from projects.forms.row import NO_ADDRESS, web_address
from projects.models import Milestone, Project, ProjectDocument


class DoneForm(PortalForm):
    """The day on which it was done, and what shows it: a web address, a document of the project, or a new file."""

    done_on = DateField(label=gettext_lazy("Done on"))
    evidence_url = forms.URLField(
        label=gettext_lazy("Evidence: web address"), required=False, max_length=300,
        assume_scheme="https", error_messages={"invalid": NO_ADDRESS},
    )  # fmt: skip
    document = forms.ModelChoiceField(
        label=gettext_lazy("Evidence: a document that the project has"), required=False,
        queryset=ProjectDocument.objects.none(), empty_label=gettext_lazy("None"),
        error_messages={"invalid_choice": gettext_lazy("Choose one of this project's documents.")},
    )  # fmt: skip
    upload = forms.FileField(
        label=gettext_lazy("Or a new file"), required=False,
        help_text=gettext_lazy("PDF, JPEG or PNG, at most 10 MB."),
    )  # fmt: skip
    is_public = forms.BooleanField(
        label=gettext_lazy("Show the new file to everybody"), required=False,
        help_text=gettext_lazy("Otherwise it is for the staff of its universities and the alliance office."),
    )  # fmt: skip

    def __init__(self, data: Any = None, files: Any = None, *, project: Project, today: dt.date) -> None:
        super().__init__(data, files, initial={"done_on": today})
        papers = project.documents.all()
        field: Any = self.fields["document"]
        if papers:
            field.queryset = papers
        elif data and data.get("document"):  # it was removed meanwhile; that is not passed over in silence
            field.error_messages["invalid_choice"] = _(
                "This project has no documents any more. Choose “None”, or add a new file."
            )
        else:
            del self.fields["document"]

    def clean_evidence_url(self) -> str:
        return web_address(self.cleaned_data["evidence_url"])

    def clean(self) -> None:
        if self.cleaned_data.get("document") and self.cleaned_data.get("upload"):
            self.add_error("upload", _("Choose a document of the project or a new file, not both."))

    @property
    def evidence(self) -> Evidence:
        """What `actions.complete_milestone` takes."""
        given = self.cleaned_data
        return Evidence(
            url=given["evidence_url"],
            kept=given.get("document"),
            upload=given["upload"],
            is_public=given["is_public"],
        )


def not_taken(data: Any, files: Any, milestone: Milestone) -> list[tuple[str, str]]:
    """What was sent of a milestone that somebody marked as done before, where it is not what stands there: label and
    value, in words.
    """
    form = DoneForm(data, files, project=milestone.project, today=dt.date.max)
    form.is_valid()
    typed = {name: data.get(name, "").strip() for name in ("done_on", "evidence_url")}
    done_on, address = (form.cleaned_data.get(name, typed[name]) for name in typed)
    paper, upload = form.cleaned_data.get("document"), files.get("upload")
    given = {
        "done_on": ""
        if done_on == milestone.done_on
        else day(done_on)
        if isinstance(done_on, dt.date)
        else done_on,
        "evidence_url": address if address != milestone.evidence_url else "",
        "document": str(paper) if paper and paper.pk != milestone.evidence_id else "",
        "upload": upload.name if upload else "",
    }
    return [(str(form.fields[name].label), value) for name, value in given.items() if value]
