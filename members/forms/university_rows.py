"""Tables on the pages of a university: one small form for each row, with a few blank rows at the end."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from ground import languages
from ground.forms import PortalModelForm
from members.joining import domains
from members.models import EmailDomain, Eqf, Figure, Identifier, Membership, Scheme, TeachingLanguage
from members.models.organisation import plain_spaces

BLANK_ROWS, MOST_ROWS = 3, 200


class RowForm(PortalModelForm):
    """One row. It counts when something is written in it; one that was emptied or marked for removal is gone."""

    telling: tuple[str, ...] = ()
    optional_unsaid = True

    def has_changed(self) -> bool:
        return not self._typed("DELETE") and any(self._typed(name) for name in self.telling)

    def _post_clean(self) -> None:
        """Check by the model's own rules, but not its constraints: what they demand of all rows together is said by the
        table, and a row that stays as it is would be taken for its own double."""
        construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
        try:
            self.instance.clean_fields(exclude=self._get_validation_exclusions())
            self.instance.clean()
        except ValidationError as problems:
            self._update_errors(problems)

    def _typed(self, name: str) -> str:
        return str(self.data.get(self.add_prefix(name)) or "").strip()


class Rows(forms.BaseFormSet):  # type: ignore[type-arg]
    """A table. Blank rows don't count, those marked for removal neither."""

    once: tuple[str, ...] = ()
    twice: Any = ""
    title: Any = ""
    hint: Any = ""

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return {**super().get_form_kwargs(index), "empty_permitted": True}

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = gettext_lazy("Remove this row")

    @property
    def rows(self) -> list[dict[str, Any]]:
        """What was entered, row by row."""
        told = [form.cleaned_data for form in self.forms if form.cleaned_data]
        return [
            {name: value for name, value in row.items() if name != "DELETE"}
            for row in told
            if not row.get("DELETE")
        ]

    def clean(self) -> None:
        if any(self.errors):
            return
        seen = Counter(tuple(str(row[name]) for name in self.once) for row in self.rows)
        if any(number > 1 for number in seen.values()):
            raise ValidationError(self.twice)


class IdentifierForm(RowForm):
    telling = ("value",)

    class Meta:
        model = Identifier
        fields = ["scheme", "value"]
        labels = {"scheme": gettext_lazy("Kind of code"), "value": gettext_lazy("Code")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # An Erasmus code is padded with spaces; at its ends there are none.
        self.fields["value"].widget.attrs |= {"data-width": "short", "spellcheck": "false"}

    def clean_value(self) -> str:
        return plain_spaces(self.cleaned_data["value"])


class IdentifierRows(Rows):
    once = ("scheme", "value")
    twice = gettext_lazy("The same code stands here twice.")
    title = gettext_lazy("Codes")
    schemes: tuple[str, ...] = tuple(Scheme.values)
    organisation_id: int | None = None

    @property
    def hint(self) -> str:  # type: ignore[override]
        """How the codes that stand here are written; and who changes those that don't."""
        if Scheme.ERASMUS in self.schemes:
            return _(
                "Erasmus code such as LT KAUNAS02 (a country of one letter has two spaces: D  HAMBURG03), PIC of nine "
                "digits, OID such as E10208664, SCHAC domain such as ktu.lt, ROR id as a whole address."
            )
        written = _("OID such as E10208664, SCHAC domain such as ktu.lt, ROR id as a whole address.")
        others = _("The legal name, Erasmus code and PIC are changed by the alliance office.")
        return f"{written} {others}"

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        named = [
            ("", gettext_lazy("Choose")),
            *((s.value, s.label) for s in Scheme if s.value in self.schemes),
        ]
        form.fields["scheme"].choices = named

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        others = Identifier.objects.exclude(organisation=self.organisation_id).exclude(scheme=Scheme.OID)
        rows = others.filter(value__in=[row["value"] for row in self.rows]).select_related("organisation")
        taken = {(one.scheme, one.value): one.organisation.name for one in rows}
        kinds: set[str] = set()
        for form in self.forms:
            data = form.cleaned_data
            if data and not data.get("DELETE"):
                scheme, value = data["scheme"], data["value"]
                if holder := taken.get((scheme, value)):
                    words = _("%(kind)s: another organisation already has this code (%(name)s).")
                    form.add_error("value", words % {"kind": Scheme(scheme).label, "name": holder})
                if scheme in kinds and scheme != Scheme.NATIONAL:
                    words = _("%(kind)s: there is one already in a row above. Change that one, or remove it.")
                    form.add_error("scheme", words % {"kind": Scheme(scheme).label})
                kinds.add(scheme)


class WholeNumber(forms.IntegerField):
    """A whole number as people type it: 9500, 9 500, 9,500."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "data-width": "narrow", "autocomplete": "off"})

    def to_python(self, value: Any) -> int | None:
        return super().to_python(re.sub(r"[\s\u00a0\u202f,']", "", str(value if value is not None else "")))


class FigureForm(RowForm):
    telling = ("value", "year")
    value = WholeNumber(label=pgettext_lazy("how many", "Number"), min_value=0, max_value=2_000_000_000)
    year = WholeNumber(label=gettext_lazy("Year"), min_value=1900, max_value=2100)

    class Meta:
        model = Figure
        fields = ["kind", "qualifier", "value", "year"]


class FigureRows(Rows):
    once = ("kind", "year")
    twice = gettext_lazy("A figure stands here twice for the same year.")
    title = gettext_lazy("Figures")
    hint = gettext_lazy("The newest year of each figure is shown; older ones are kept.")


class TeachingForm(RowForm):
    telling = ("language",)
    language = forms.ChoiceField(label=gettext_lazy("Language"))
    level = forms.TypedChoiceField(
        label=gettext_lazy("At level"), required=False, coerce=int, empty_value=None,
        choices=[("", gettext_lazy("not said")), *Eqf.choices],
    )  # fmt: skip

    class Meta:
        model = TeachingLanguage
        fields = ["language", "level"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = [("", _("Choose")), *languages.choices()]  # type: ignore[attr-defined]


class TeachingRows(Rows):
    once = ("language", "level")
    twice = gettext_lazy("A language stands here twice for the same level.")
    title = gettext_lazy("Languages of teaching")
    hint = gettext_lazy("One row for each language and level.")


class MembershipForm(RowForm):
    telling = ("kind", "valid_from", "valid_until")

    class Meta:
        model = Membership
        fields = ["kind", "valid_from", "valid_until"]


class MembershipRows(Rows):
    title = gettext_lazy("Membership")
    hint = gettext_lazy("Leave a day empty when it is not known, or when the membership has not ended.")

    def clean(self) -> None:
        if any(self.errors):
            return
        held = sorted(self.rows, key=lambda row: str(row["valid_from"] or ""))
        for one, after in pairwise(held):
            if not one["valid_until"] or not after["valid_from"] or after["valid_from"] <= one["valid_until"]:
                raise ValidationError(_("Two memberships overlap. One ends before the next begins."))


class DomainForm(RowForm):
    telling = ("domain",)

    class Meta:
        model = EmailDomain
        fields = ["domain"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["domain"].widget.attrs |= {"spellcheck": "false", "autocapitalize": "none"}

    def clean_domain(self) -> str:
        found = domains.typed(self.cleaned_data["domain"])
        if not found:
            raise ValidationError(
                _("This is not an e-mail domain. Write what stands after @, such as ktu.lt.")
            )
        return found


class DomainRows(Rows):
    once = ("domain",)
    twice = gettext_lazy("The same domain stands here twice.")
    title = gettext_lazy("E-mail domains")
    hint = gettext_lazy(
        "What stands after @ in the addresses of its people, such as ktu.lt; domains below it (stud.ktu.lt) too."
    )
    organisation_id: int | None = None

    def clean(self) -> None:
        super().clean()
        others = EmailDomain.objects.exclude(university__organisation=self.organisation_id)
        rows = others.filter(domain__in=[row["domain"] for row in self.rows if row.get("domain")])
        taken = {one.domain: one.university.name for one in rows.select_related("university__organisation")}
        for form in self.forms:
            if holder := taken.get(form.cleaned_data.get("domain", "")):
                words = _("This domain suggests another university already (%(name)s).")
                form.add_error("domain", words % {"name": holder})


def table(form: type[RowForm], base: type[Rows]) -> Any:
    """The class of a table with rows of `form`."""
    return forms.formset_factory(
        form, formset=base, extra=BLANK_ROWS, can_delete=True, max_num=MOST_ROWS, validate_max=True,
        absolute_max=MOST_ROWS + 10,
    )  # fmt: skip


TABLES: dict[str, Any] = {
    "identifiers": table(IdentifierForm, IdentifierRows),
    "figures": table(FigureForm, FigureRows),
    "teaching": table(TeachingForm, TeachingRows),
    "memberships": table(MembershipForm, MembershipRows),
    "domains": table(DomainForm, DomainRows),
}
