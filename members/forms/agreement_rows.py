"""The parts of the form of an agreement: its terms, a side, a condition with its fields and languages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import PortalForm
from members.forms.agreement_typed import number
from members.models import Cefr, Condition, Eqf, Kind, OrganisationalUnit, VersionSide
from members.models.exchange import STUDENT_KINDS, year_of, year_on

Options = list[tuple[str, Any]]
YEARS_AHEAD = 10
ISCED = "isced"  # the id of the list of fields


@dataclass(frozen=True)
class Supply:
    """What can be chosen, read once for the whole form: years, the sides' names, units by side, fields by code."""

    years: Options
    sides: Mapping[int, str]
    units: Mapping[int, Options] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    languages: Options = field(default_factory=list)

    @property
    def directions(self) -> Options:
        first, second = self.sides[1], self.sides[2]
        return [("1", f"{first} → {second}"), ("2", f"{second} → {first}")]


def year_options(today: dt.date, *kept: str) -> Options:
    """Academic years that can be chosen, with those that are stored already."""
    begins = int(year_on(today)[:4])
    offered = {year_of(start) for start in range(begins - 1, begins + YEARS_AHEAD)}
    return [(year, year) for year in sorted(offered | {year for year in kept if year})]


def unit_options(units: Sequence[OrganisationalUnit]) -> Options:
    return [(str(unit.uuid), str(unit)) for unit in units]


class TermsForm(PortalForm):
    """What holds for the whole agreement."""

    first_year = forms.ChoiceField(label=gettext_lazy("From academic year"))
    last_year = forms.ChoiceField(label=gettext_lazy("To academic year"))
    remarks = forms.CharField(
        label=gettext_lazy("Further terms"), required=False, widget=forms.Textarea(attrs={"rows": "4"}),
        help_text=gettext_lazy("What else the two universities agree on."),
    )  # fmt: skip
    reason = forms.CharField(
        label=gettext_lazy("What changes and why"), required=False, widget=forms.Textarea(attrs={"rows": "3"}),
        help_text=gettext_lazy("The partner reads this first."),
    )  # fmt: skip

    def __init__(self, *args: Any, supply: Supply, is_change: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_year", "last_year"):
            self.fields[name].choices = supply.years  # type: ignore[attr-defined]
            self.fields[name].widget.attrs["data-width"] = "narrow"
        if not is_change:
            del self.fields["reason"]


class SideForm(PortalForm):
    """What the agreement says of one side."""

    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    signatory_name = forms.CharField(label=gettext_lazy("Who signs"), required=False)
    signatory_position = forms.CharField(label=gettext_lazy("Position"), required=False)
    signatory_email = forms.EmailField(label=gettext_lazy("E-mail address of who signs"), required=False)
    contact_name = forms.CharField(label=gettext_lazy("Contact"), required=False)
    contact_email = forms.EmailField(label=gettext_lazy("Contact's e-mail address"), required=False)
    contact_phone = forms.CharField(label=gettext_lazy("Contact's telephone"), required=False)
    optional_unsaid = True

    def __init__(self, *args: Any, supply: Supply, place: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [("", _("The whole university")), *supply.units.get(place, [])]  # type: ignore[attr-defined]
        for name, one in self.fields.items():
            if name != "unit":
                one.max_length = VersionSide._meta.get_field(name).max_length  # type: ignore[attr-defined]
                one.widget.attrs["autocomplete"] = "off"


class NumberField(forms.CharField):
    """A number as people type it: 7, 7.5, 7,5."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-width": "narrow", "autocomplete": "off"})

    def clean(self, value: Any) -> Decimal | None:
        said = super().clean(value)
        try:
            made = number(str(said or ""))
        except ValueError as wrong:
            raise ValidationError(_("Enter a number, such as 7 or 7.5."), code="invalid") from wrong
        if made is not None and (abs(made) >= 10_000 or round(made, 2) != made):
            raise ValidationError(_("Enter a number below 10,000 with at most two decimals."), code="invalid")
        return made


# What only exchanges of students have, and only those of staff; and how a condition says nothing of it.
OF_STUDENTS, OF_STAFF = ("months", "levels", "blended"), ("days",)
_NOTHING: dict[str, Any] = {"months": None, "days": None, "levels": [], "blended": False}


class ConditionForm(PortalForm):
    """One flow: who goes where, how many, for how long."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    sends = forms.ChoiceField(label=gettext_lazy("Direction"))
    places = forms.IntegerField(
        label=gettext_lazy("Places a year"), min_value=1, max_value=999,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "data-width": "narrow", "autocomplete": "off"}),
        error_messages={
            "invalid": gettext_lazy("Give 1 to 999 places a year."),
            "min_value": gettext_lazy("Give 1 to 999 places a year."),
            "max_value": gettext_lazy("Give 1 to 999 places a year."),
        },
    )  # fmt: skip
    months = NumberField(label=gettext_lazy("Months a year in all (students)"), required=False)
    days = NumberField(label=gettext_lazy("Days a year in all (staff)"), required=False)
    levels = forms.MultipleChoiceField(
        label=gettext_lazy("Levels (students)"), required=False, choices=[(str(v), words) for v, words in Eqf.choices],
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    blended = forms.BooleanField(label=gettext_lazy("Blended exchanges too (students)"), required=False)
    first_year = forms.ChoiceField(label=gettext_lazy("From academic year"), required=False)
    last_year = forms.ChoiceField(label=gettext_lazy("To academic year"), required=False)
    sending_unit = forms.ChoiceField(label=gettext_lazy("Sending unit"), required=False)
    receiving_unit = forms.ChoiceField(label=gettext_lazy("Receiving unit"), required=False)
    remarks = forms.CharField(
        label=gettext_lazy("Further terms"), required=False, widget=forms.Textarea(attrs={"rows": "3"})
    )
    origin = forms.CharField(required=False, widget=forms.HiddenInput)
    optional_unsaid = True

    def __init__(self, *args: Any, supply: Supply, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: dict[str, Any] = {name: self.fields[name] for name in self.fields}
        chosen["sends"].choices = supply.directions
        for name in ("first_year", "last_year"):
            chosen[name].choices = [("", _("As the agreement")), *supply.years]
            chosen[name].widget.attrs["data-width"] = "short"
        units: Options = [("", _("Any"))]
        for place in (1, 2):
            units += [
                (value, f"{supply.sides[place]}: {words}") for value, words in supply.units.get(place, [])
            ]
        chosen["sending_unit"].choices = chosen["receiving_unit"].choices = units
        chosen["remarks"].max_length = (
            Condition._meta.get_field("remarks").max_length or chosen["remarks"].max_length
        )

    @property
    def of_students(self) -> bool:
        """Whether the kind that is chosen is one of students: they have months and levels, staff has days."""
        return self["kind"].value() in STUDENT_KINDS

    @property
    def kinds_of_students(self) -> str:
        """The kinds of students as the page's script reads them."""
        return " ".join(STUDENT_KINDS)

    def clean(self) -> dict[str, Any]:
        """Leave out what the kind doesn't have, right or wrong; `left_out` names it by its labels."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self.left_out: list[str] = []
        for name in () if "kind" not in cleaned else OF_STAFF if self.of_students else OF_STUDENTS:
            if self[name].value():
                self.left_out.append(str(self.fields[name].label))
            self.errors.pop(name, None)
            cleaned[name] = _NOTHING[name]
        return cleaned

    @property
    def more_said(self) -> bool:
        """Whether something is written under "More", or wrong there."""
        names = ("first_year", "last_year", "sending_unit", "receiving_unit", "remarks")
        return any(self[name].value() or self.errors.get(name) for name in names)


class FieldForm(PortalForm):
    """A field of education: typed as a code or chosen from the list, which needs no script."""

    code = forms.CharField(
        label=gettext_lazy("Field"), required=False,
        widget=forms.TextInput(attrs={"list": ISCED, "autocomplete": "off"}),
    )  # fmt: skip
    clarification = forms.CharField(label=gettext_lazy("More exactly"), required=False, max_length=200)
    optional_unsaid = True

    def __init__(self, *args: Any, supply: Supply, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supply = supply

    def clean_code(self) -> str:
        """The four digits of what was chosen or typed: a code, or a name of the list. Raises ValidationError."""
        said = " ".join(self.cleaned_data["code"].split())
        if said[:4] in self.supply.fields and (len(said) == 4 or said[4:5] == " "):
            return said[:4]
        by_name = {words[5:].casefold(): code for code, words in self.supply.fields.items()}
        if found := by_name.get(said.casefold()):
            return found
        raise ValidationError(_("Choose a detailed field (four digits)."))


class LanguageForm(PortalForm):
    """A language that those who come should know, and how well."""

    language = forms.ChoiceField(label=gettext_lazy("Language"), required=False)
    level = forms.ChoiceField(
        label=gettext_lazy("Level"), required=False,
        choices=[("", gettext_lazy("Choose")), *[(c.value, c.label) for c in Cefr if c != Cefr.NATIVE]],
    )  # fmt: skip
    field = forms.CharField(
        label=gettext_lazy("Only for the field"), required=False,
        widget=forms.TextInput(attrs={"list": ISCED, "autocomplete": "off"}),
    )  # fmt: skip
    optional_unsaid = True

    def __init__(self, *args: Any, supply: Supply, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("Choose")), *supply.languages]  # type: ignore[attr-defined]
        self.fields["level"].widget.attrs["data-width"] = "narrow"
        self.supply = supply

    def clean_field(self) -> str:
        said = " ".join(self.cleaned_data["field"].split())
        if said and said[:4] not in self.supply.fields:
            raise ValidationError(_("Choose a detailed field (four digits)."))
        return str(said[:4])

    def clean(self) -> dict[str, Any]:
        """A level is one of a language. A draft may still lack the level; what is sent may not."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("language") and "language" not in self.errors:
            self.add_error("language", _("Choose the language."))
        return cleaned
