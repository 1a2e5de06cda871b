"""One row of a project's form, and a set of rows: what all kinds of them share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import PortalForm
from members.models import Organisation

Options = list[tuple[Any, Any]]


@dataclass(frozen=True)
class Supply:
    """What the rows choose from, read once for all of them."""

    programmes: Options = field(default_factory=list)
    units: Options = field(default_factory=list)
    organisations: Mapping[int, Organisation] = field(default_factory=dict)
    papers: Options = field(default_factory=list)
    alike: list[Organisation] = field(default_factory=list)


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

    def _post_clean(self) -> None:
        """Check the values by the fields of the model, but not its constraints: what they demand the fields and the set
        say first, for all rows at once, and asking the database about each row takes a query each.
        """
        if not isinstance(self, forms.ModelForm):
            return
        construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
        try:
            self.instance.clean_fields(exclude=self._get_validation_exclusions())
        except ValidationError as problems:
            self._update_errors(problems)

    @property
    def shown(self) -> list[list[Any]]:
        """The visible fields in their order; the two languages of one text together."""
        fields = {bound.name: bound for bound in self.visible_fields()}
        pairs = {name: f"{name.removesuffix('_en')}_lt" for name in fields if name.endswith("_en")}
        return [
            [bound, fields[pairs[name]]] if name in pairs else [bound]
            for name, bound in fields.items()
            if name not in pairs.values()
        ]

    def _typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name)) or "").strip()


def choice(label: Any, options: Options, missing: Any, required: bool = True) -> forms.TypedChoiceField:
    """A choice of a record by its number."""
    return forms.TypedChoiceField(
        label=label, coerce=int, choices=[("", gettext_lazy("Choose")), *options], required=required, empty_value=None,
        error_messages={"required": missing, "invalid_choice": gettext_lazy("Choose one of the list.")},
    )  # fmt: skip


NO_ADDRESS = gettext_lazy("Enter a whole web address, such as https://www.eciu.eu/.")


def web_address(typed: Any) -> str:
    """Web addresses only: nothing that does something when it is followed. Raises ValidationError."""
    url = str(typed or "")
    if url and not url.lower().startswith(("https://", "http://")):
        raise ValidationError(NO_ADDRESS)
    return url


class RowSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """Rows of one kind. Empty ones don't count, removed ones neither."""

    once: str = ""
    twice: Any = ""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": True}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].widget = forms.HiddenInput()

    def total_form_count(self) -> int:
        total = super().total_form_count()
        return min(total, arrived(self.data, self.prefix or "")) if self.is_bound and total > 0 else total

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


def row_set(form: type[RowForm], base: type[RowSet], most: int) -> type[RowSet]:
    """A set of at most `most` rows, none of them made up in advance; the rows of two people are read, and refused."""
    made: Any = forms.formset_factory(
        form,
        formset=base,
        extra=0,
        can_delete=True,
        max_num=most,
        validate_max=True,
        absolute_max=2 * most + 10,
    )
    return cast(type[RowSet], made)


def arrived(data: Mapping[str, Any], prefix: str) -> int:
    """How many rows of the set `prefix` the sent `data` holds at most: one more than the highest number of a row.

    The count that a form sends beside them is only a claim; whoever draws that many rows draws what nobody wrote.
    """
    start = f"{prefix}-"
    heads = (name[len(start) :].partition("-")[0] for name in data if name.startswith(start))
    return max(
        (int(head) + 1 for head in heads if head.isascii() and head.isdigit() and len(head) < 5), default=0
    )


def ids_in(values: Iterable[Any]) -> set[int]:
    """Those of the typed `values` that can be numbers of records."""
    return {int(v) for v in map(str, values) if v.isascii() and v.isdigit() and len(v) < 19}
