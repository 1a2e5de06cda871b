"""What a person says of their university, and what is answered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ground import clock, text
from ground.forms import DateField, PortalForm
from members.models import Role, University

OTHER = "other"


class JoinForm(PortalForm):
    """Where one studies or works, as what, and a word for those who answer."""

    university = forms.ChoiceField(label=_("University"))
    role = forms.ChoiceField(
        label=_("What are you there?"),
        widget=forms.RadioSelect,
        choices=[
            (Role.STUDENT.value, _("Student: I study there and want to go to a partner university")),
            (Role.STAFF_TRAVELLER.value, _("Staff: I work there and want to teach or train at a partner university")),
            (OTHER, _("Something else: I manage projects, write news, coordinate mobility or review")),
        ],
    )  # fmt: skip
    note = forms.CharField(
        label=_("A word to those who answer"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("Such as your study programme or department. Leave out numbers of documents."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, suggested: University | None = None) -> None:
        super().__init__(data, initial={"university": suggested.slug if suggested else ""})
        self.universities = {row.slug: row for row in University.objects.for_list()}
        names = [(slug, row.name_shown) for slug, row in self.universities.items()]
        names.sort(key=lambda pair: text.sort_key(pair[1]))
        self.fields["university"].choices = [("", _("Choose your university")), *names]

    def university_chosen(self) -> University:
        """The university of a valid form."""
        return self.universities[self.cleaned_data["university"]]


class GrantForm(PortalForm):
    """Until when the role holds."""

    until = DateField(
        label=_("Holds until"), required=False,
        help_text=_("The last day, such as the expected end of studies. Leave it empty where no end is known."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, zone: str) -> None:
        super().__init__(data, auto_id="id_grant_%s")
        self.zone = zone

    def clean_until(self) -> dt.date | None:
        """Refuse a day that is over at the university."""
        until: dt.date | None = self.cleaned_data["until"]
        if until is not None and until < clock.today(self.zone):
            raise forms.ValidationError(
                _("This day is over. Choose today or a later day, or leave it empty.")
            )
        return until


class RefuseForm(PortalForm):
    """Why not."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=_("The person reads it. Say what to do next, such as whom to write to."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, zone: str) -> None:
        super().__init__(data, auto_id="id_refuse_%s")


ANSWERS: dict[str, type[GrantForm] | type[RefuseForm]] = {"grant": GrantForm, "refuse": RefuseForm}
