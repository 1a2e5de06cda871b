"""The rows of a project's form: one small form for each kind, and what a set of them must hold together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import DateField, PortalForm, PortalModelForm
from members.models import Organisation
from projects.models import FundingLine, Milestone, Partnership, TeamMember, Website

Options = list[tuple[str, Any]]


@dataclass(frozen=True)
class Supply:
    """What the rows choose from, read once for all of them."""

    programmes: Options = field(default_factory=list)
    units: Options = field(default_factory=list)
    organisations: Mapping[int, Organisation] = field(default_factory=dict)


class RowForm(PortalForm):
    """One row. It counts when something is written in it; one that was emptied or marked for removal is gone."""

    telling: tuple[str, ...] = ()
    optional_unsaid = True
    id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, supply: Supply, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.supply = supply

    def has_changed(self) -> bool:
        if self._typed("DELETE") not in ("", "False", "false"):
            return False
        return any(self._typed(name) for name in self.telling)

    def _typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name)) or "").strip()


def choice(label: Any, options: Options, missing: Any) -> forms.TypedChoiceField:
    """A required choice of a record by its number."""
    return forms.TypedChoiceField(
        label=label, coerce=int, choices=[("", gettext_lazy("Choose")), *options],
        error_messages={"required": missing, "invalid_choice": gettext_lazy("Choose one of the list.")},
    )  # fmt: skip


class WebsiteForm(RowForm, PortalModelForm):
    telling = ("url",)

    class Meta:
        model = Website
        fields = ["url"]
        labels = {"url": gettext_lazy("Web address")}
        error_messages = {
            "url": {
                "required": gettext_lazy("Fill in: Web address."),
                "invalid": gettext_lazy("Enter a whole web address, such as https://www.eciu.eu/."),
            }
        }

    def clean_url(self) -> str:
        """Web addresses only: nothing that does something when it is followed."""
        url = str(self.cleaned_data["url"])
        if not url.lower().startswith(("https://", "http://")):
            raise ValidationError(self.fields["url"].error_messages["invalid"])
        return url


class AmountField(forms.DecimalField):
    """An amount of money as people type it: 12000.50, 12 000,50, 12,000."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-width": "narrow", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        plain = re.sub(r"[\s\u00a0\u202f']", "", str(value if value is not None else ""))
        if re.search(r",\d{1,2}$", plain):
            plain = plain.replace(".", "").replace(",", ".")
        return super().to_python(plain.replace(",", "") or None)


class FundingForm(RowForm, PortalModelForm):
    telling = ("programme_id", "amount", "share", "contract_number")
    field_order = ["programme_id", "amount", "currency", "share", "contract_number"]
    amount = AmountField(
        label=gettext_lazy("Amount"), required=False, max_digits=14, decimal_places=2, min_value=0,
        error_messages={"invalid": gettext_lazy("Enter an amount, such as 12000.50.")},
    )  # fmt: skip
    share = AmountField(
        label=gettext_lazy("Share in percent"), required=False, max_digits=5, decimal_places=2, min_value=0,
        max_value=100, error_messages={"invalid": gettext_lazy("Enter a share, such as 85 or 12.5.")},
    )  # fmt: skip

    class Meta:
        model = FundingLine
        fields = ["amount", "currency", "share", "contract_number"]
        labels = {"currency": gettext_lazy("Currency"), "contract_number": gettext_lazy("Contract number")}

    def __init__(self, *args: Any, supply: Supply, **kwargs: Any) -> None:
        super().__init__(*args, supply=supply, **kwargs)
        self.fields["programme_id"] = choice(
            gettext_lazy("Programme"), supply.programmes, gettext_lazy("Choose: Programme.")
        )
        self.fields["currency"].widget.attrs["data-width"] = "narrow"
        self.order_fields(self.field_order)

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class TeamForm(RowForm, PortalModelForm):
    telling = ("name",)

    class Meta:
        model = TeamMember
        fields = ["name", "part"]
        labels = {"name": gettext_lazy("Name"), "part": gettext_lazy("Role")}


class DepartmentForm(RowForm):
    telling = ("unit_id",)

    def __init__(self, *args: Any, supply: Supply, **kwargs: Any) -> None:
        super().__init__(*args, supply=supply, **kwargs)
        self.fields["unit_id"] = choice(
            gettext_lazy("Department"), supply.units, gettext_lazy("Choose: Department.")
        )


class PartnerForm(RowForm, PortalModelForm):
    """The organisation was found and chosen before; here it is only carried."""

    telling = ("organisation_id",)
    organisation_id = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Partnership
        fields = ["part"]
        labels = {"part": gettext_lazy("Role")}

    @property
    def organisation(self) -> Organisation | None:
        """The organisation of this row; none when it is no longer on record."""
        key = next(iter(ids_in([self["organisation_id"].value()])), None)
        return self.supply.organisations.get(key) if key is not None else None

    def clean(self) -> None:
        if self.organisation is None:
            self.add_error(None, _("This organisation is no longer on record. Remove the row."))


class MilestoneForm(RowForm, PortalModelForm):
    telling = ("title_en", "title_lt", "due_on", "done_on")
    due_on = DateField(label=gettext_lazy("Due on"))
    done_on = DateField(label=gettext_lazy("Done on"), required=False)

    class Meta:
        model = Milestone
        fields = ["title_en", "title_lt", "kind", "due_on", "done_on"]
        labels = {
            "title_en": gettext_lazy("What is due, in English"),
            "title_lt": gettext_lazy("What is due, in Lithuanian"),
            "kind": gettext_lazy("Kind"),
        }

    def clean(self) -> None:
        if not (self.cleaned_data.get("title_en") or self.cleaned_data.get("title_lt")):
            self.add_error("title_en", _("Say what is due, in at least one language."))


class RowSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of one kind. Empty ones don't count, removed ones neither."""

    once: str = ""
    twice: Any = ""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": True}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = gettext_lazy("Remove this row")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What was entered, row by row."""
        return [
            {name: value for name, value in form.cleaned_data.items() if name != "DELETE"}
            for form in self.forms
            if form.cleaned_data
        ]

    def clean(self) -> None:
        if self.total_form_count() < 0:
            raise ValidationError(_("This part of the form did not arrive whole. Load the page again."))
        if any(self.errors) or not self.once:
            return
        seen = Counter(str(row[self.once]).casefold() for row in self.rows)
        if any(number > 1 for number in seen.values()):
            raise ValidationError(self.twice)


class WebsiteSet(RowSet):
    once, twice = "url", gettext_lazy("The same web address is given twice.")


class DepartmentSet(RowSet):
    once, twice = "unit_id", gettext_lazy("The same department is given twice.")


class PartnerSet(RowSet):
    once, twice = "organisation_id", gettext_lazy("The same partner is given twice.")


class FundingSet(RowSet):
    def clean(self) -> None:
        super().clean()
        if not any(self.errors) and sum(row["share"] or 0 for row in self.rows) > 100:
            raise ValidationError(_("The shares of the funding add up to more than 100 percent."))


class TeamSet(RowSet):
    def clean(self) -> None:
        super().clean()
        if not any(self.errors) and sum(row["part"] == TeamMember.Part.HEAD for row in self.rows) > 1:
            raise ValidationError(_("A project has one head. Give the other one another role."))


def row_set(form: type[RowForm], base: type[RowSet], most: int) -> type[RowSet]:
    """A set of at most `most` rows, none of them made up in advance."""
    made: Any = forms.formset_factory(
        form, formset=base, extra=0, can_delete=True, max_num=most, validate_max=True, absolute_max=most + 10
    )
    return cast(type[RowSet], made)


# The kinds of rows by the name under which the form sends them and `actions.PARTS` takes them.
ROW_SETS: Mapping[str, type[RowSet]] = {
    "websites": row_set(WebsiteForm, WebsiteSet, 10),
    "funding": row_set(FundingForm, FundingSet, 20),
    "team": row_set(TeamForm, TeamSet, 40),
    "departments": row_set(DepartmentForm, DepartmentSet, 20),
    "partners": row_set(PartnerForm, PartnerSet, 100),
    "milestones": row_set(MilestoneForm, RowSet, 60),
}


def ids_in(values: Iterable[Any]) -> set[int]:
    """Those of the typed `values` that can be numbers of records."""
    return {int(v) for v in map(str, values) if v.isascii() and v.isdigit() and len(v) < 19}
