"""The rows of a project's form: one small form for each kind, and what a set of them must hold together."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import DateField, PortalModelForm
from projects.forms.partner_rows import PartnerForm, PartnerSet
from projects.forms.row import NO_ADDRESS, RowForm, RowSet, Supply, choice, row_set, web_address
from projects.models import FundingLine, Milestone, Result, TeamMember, Website


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
        return web_address(self.cleaned_data["url"])


class AmountField(forms.DecimalField):
    """An amount of money as people type it: 12000.50, 12 000,50, 12,000."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "data-width": "narrow", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        plain = re.sub(r"[\s\u00a0\u202f']", "", str(value if value is not None else ""))
        if re.search(r",\d{1,2}$", plain):
            plain = plain.replace(".", "").replace(",", ".")
        return super().to_python(plain.replace(",", "") or None)


class ShareField(AmountField):
    """A share in percent, shown without the places after the point that say nothing."""

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


class FundingForm(RowForm, PortalModelForm):
    telling = ("programme_id", "amount", "share", "contract_number")
    field_order = ["programme_id", "amount", "currency", "share", "contract_number"]
    amount = AmountField(
        label=gettext_lazy("Amount"), required=False, max_digits=14, decimal_places=2, min_value=0,
        error_messages={"invalid": gettext_lazy("Enter an amount, such as 12000.50.")},
    )  # fmt: skip
    share = ShareField(
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


class MilestoneForm(RowForm, PortalModelForm):
    telling = ("title_en", "title_lt", "due_on", "done_on", "evidence_url")
    field_order = ["title_en", "title_lt", "kind", "due_on", "done_on", "evidence_url", "evidence_id"]
    due_on = DateField(label=gettext_lazy("Due on"))
    done_on = DateField(label=gettext_lazy("Done on"), required=False)

    class Meta:
        model = Milestone
        fields = ["title_en", "title_lt", "kind", "due_on", "done_on", "evidence_url"]
        labels = {
            "title_en": gettext_lazy("What is due, in English"),
            "title_lt": gettext_lazy("What is due, in Lithuanian"),
            "kind": gettext_lazy("Kind"),
            "evidence_url": gettext_lazy("Evidence: web address"),
        }
        error_messages = {"evidence_url": {"invalid": NO_ADDRESS}}

    def __init__(self, *args: Any, supply: Supply, **kwargs: Any) -> None:
        super().__init__(*args, supply=supply, **kwargs)
        label = gettext_lazy("Evidence: document")
        self.fields["evidence_id"] = choice(label, supply.papers, "", required=False)
        if not supply.papers:
            self.fields["evidence_id"].widget = forms.HiddenInput()
        self.fields["evidence_id"].error_messages["invalid_choice"] = gettext_lazy(
            "Choose one of this project's documents."
        )
        self.order_fields(self.field_order)

    def clean_evidence_url(self) -> str:
        return web_address(self.cleaned_data["evidence_url"])

    def clean(self) -> None:
        if not (self.cleaned_data.get("title_en") or self.cleaned_data.get("title_lt")):
            self.add_error("title_en", _("Say what is due, in at least one language."))
        if self.cleaned_data.get("done_on") or "done_on" in self.errors:
            return
        for name in ("evidence_url", "evidence_id"):
            if self.cleaned_data.get(name):
                words = _("Evidence is for what is done. Fill in “Done on”, or leave the evidence out.")
                self.add_error(name, words)


class ResultForm(RowForm, PortalModelForm):
    telling = ("title_en", "title_lt", "url", "reached_on")
    field_order = ["title_en", "title_lt", "category", "url", "reached_on"]
    reached_on = DateField(label=gettext_lazy("Reached on"), required=False)

    class Meta:
        model = Result
        fields = ["title_en", "title_lt", "category", "url", "reached_on"]
        labels = {
            "title_en": gettext_lazy("Result in English"),
            "title_lt": gettext_lazy("Result in Lithuanian"),
            "category": gettext_lazy("Category"),
            "url": gettext_lazy("Web address"),
        }
        error_messages = {"url": {"invalid": NO_ADDRESS}}

    def clean_url(self) -> str:
        return web_address(self.cleaned_data["url"])

    def clean(self) -> None:
        if not (self.cleaned_data.get("title_en") or self.cleaned_data.get("title_lt")):
            self.add_error("title_en", _("Name the result in at least one language."))


class WebsiteSet(RowSet):
    once, twice = "url", gettext_lazy("The same web address is given twice.")


class DepartmentSet(RowSet):
    once, twice = "unit_id", gettext_lazy("The same department is given twice.")


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


# The kinds of rows by the name under which the form sends them and `actions.PARTS` takes them.
ROW_SETS: Mapping[str, type[RowSet]] = {
    "websites": row_set(WebsiteForm, WebsiteSet, 10),
    "funding": row_set(FundingForm, FundingSet, 20),
    "team": row_set(TeamForm, TeamSet, 40),
    "departments": row_set(DepartmentForm, DepartmentSet, 20),
    "partners": row_set(PartnerForm, PartnerSet, 100),
    "milestones": row_set(MilestoneForm, RowSet, 60),
    "results": row_set(ResultForm, RowSet, 60),
}
