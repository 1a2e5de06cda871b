"""The form in which a university is chosen for sharing."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from ground.forms import PortalForm
from members.models import University
from projects.forms.project import LeadField


class SharingForm(PortalForm):
    """A university of the portal. Which ones are offered is given by whoever asks."""

    university = LeadField(
        label=gettext_lazy("University"), queryset=University.objects.none(), to_field_name="slug",
        error_messages={"invalid_choice": gettext_lazy("Choose one of the list.")},
    )  # fmt: skip

    def __init__(self, *args: Any, universities: QuerySet[University], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["university"].queryset = universities  # type: ignore[attr-defined]
