"""The rows of a project's partners: organisations on record, and new ones that are put on record with the project."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from ground.forms import PortalModelForm
from members.doubles import Newcomer, same
from members.models import Organisation
from members.models.organisation import PATTERNS, Scheme
from projects.forms.row import RowForm, RowSet, ids_in
from projects.models import Partnership

NEWCOMER_FIELDS = ("name", "country", "city", "pic")


class PartnerForm(RowForm, PortalModelForm):
    """The organisation was found and chosen, or typed as a new one, before; here it is only carried."""

    telling = ("organisation_id", "name")
    organisation_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(required=False, max_length=300, widget=forms.HiddenInput)
    country = forms.CharField(required=False, max_length=2, widget=forms.HiddenInput)
    city = forms.CharField(required=False, max_length=150, widget=forms.HiddenInput)
    pic = forms.CharField(required=False, max_length=9, widget=forms.HiddenInput)
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = Partnership
        fields = ["part"]
        labels = {"part": gettext_lazy("Role")}

    @property
    def organisation(self) -> Organisation | None:
        """The organisation of this row; none when it is no longer on record."""
        key = next(iter(ids_in([self["organisation_id"].value()])), None)
        return self.supply.organisations.get(key) if key is not None else None

    @property
    def newcomer(self) -> Newcomer | None:
        """The new organisation of this row, if it is one."""
        return newcomer_in({name: self[name].value() for name in (*NEWCOMER_FIELDS, "organisation_id")})

    @property
    def country_name(self) -> str:
        """The country of the new organisation, in words."""
        return str(countries.name(str(self["country"].value() or "")))

    def clean(self) -> None:
        newcomer = self.newcomer
        if newcomer is None:
            if self.organisation is None:
                self.add_error(None, _("This organisation is no longer on record. Remove the row."))
            return
        for problem in newcomer_problems(newcomer):
            self.add_error(None, problem)
        for known in self.supply.alike:
            reason = same(known, newcomer)
            if reason == "pic" or (reason and not self.cleaned_data.get("sure")):
                words = _("“%(name)s” is on record already. Remove this row, and choose it from the list.")
                self.add_error(None, words % {"name": known.name})
                return


def newcomer_in(row: Mapping[str, Any]) -> Newcomer | None:
    """The new organisation that a row of partners carries; none when it names one on record."""
    if row.get("organisation_id") or not row.get("name"):
        return None
    return Newcomer(**{name: " ".join(str(row.get(name) or "").split()) for name in NEWCOMER_FIELDS})


def newcomer_problems(newcomer: Newcomer) -> list[str]:
    """What is missing or wrong in a new organisation, in words."""
    found = []
    if not newcomer.folded:
        found.append(_("Type the name of the organisation."))
    if newcomer.country not in countries:
        found.append(_("Choose the country of the organisation."))
    if newcomer.pic and not PATTERNS[Scheme.PIC].fullmatch(newcomer.pic):
        found.append(_("A PIC has nine digits. Leave it empty if you do not know it."))
    return found


class PartnerSet(RowSet):
    def clean(self) -> None:
        super().clean()
        seen = Counter(_partner_key(row) for row in self.rows) if not any(self.errors) else Counter()
        if any(number > 1 for number in seen.values()):
            raise ValidationError(_("The same partner is given twice."))


def _partner_key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    newcomer = newcomer_in(row)
    return (newcomer.folded, newcomer.country) if newcomer else (row["organisation_id"],)
