"""The form of a call itself: texts, dates, rules."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import construct_instance
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ground.forms import MomentField, PortalForm, PortalModelForm, one_language_at_least
from members.models import FieldOfEducation
from members.models.exchange import Eqf, Kind, academic_year, year_of, year_on
from members.models.factsheet import Term
from mobility.models import Call, Mode

YEARS_AHEAD = 4
MOST_FIELDS = 300  # ISCED-F has fewer


class ZonedMomentField(MomentField):
    """A moment by the clocks of a university. An hour that they skip or have twice is refused in words."""

    zone = "UTC"

    def prepare_value(self, value: Any) -> Any:
        with timezone.override(ZoneInfo(self.zone)):
            return super().prepare_value(value)

    def clean(self, value: Any) -> Any:
        with timezone.override(ZoneInfo(self.zone)):
            return super().clean(value)

    def to_python(self, value: Any) -> Any:
        """The moment. Raises ValidationError, with the reason where the clocks are changed in that hour."""
        try:
            return super().to_python(value)
        except ValidationError as error:
            if error.code == "ambiguous_timezone":
                raise ValidationError(
                    _(
                        "The clocks are changed in this hour: it is skipped or comes twice. Choose another one,"
                        " such as an hour later."
                    ),
                    code=error.code,
                ) from error
            raise


def year_options(today: Any, *kept: str) -> list[tuple[str, str]]:
    """Academic years that can be chosen, with those that are stored already."""
    begins = int(year_on(today)[:4])
    years = {year_of(start) for start in range(begins - 1, begins + YEARS_AHEAD)} | {y for y in kept if y}
    return [(year, year) for year in sorted(years)]


class NewCallForm(PortalForm):
    """What a call begins with; everything else is written in its draft."""

    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=200, required=False)
    title_lt = forms.CharField(label=gettext_lazy("Title in Lithuanian"), max_length=200, required=False)
    university: Any = forms.ModelChoiceField(None, label=gettext_lazy("Sending university"), empty_label=None)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    academic_year = forms.ChoiceField(label=gettext_lazy("Academic year"))

    def __init__(self, *args: Any, universities: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: dict[str, Any] = dict(self.fields)
        chosen["university"].queryset = universities
        chosen["academic_year"].choices = year_options(today)
        chosen["academic_year"].initial = year_of(int(year_on(today)[:4]) + 1)
        one_language_at_least(self, "title")

    @property
    def pair(self) -> list[Any]:
        """The title in both languages."""
        return [self["title_en"], self["title_lt"]]

    def clean(self) -> None:
        if not (self.cleaned_data.get("title_en") or self.cleaned_data.get("title_lt")):
            self.add_error("title_en", _("Give the call a title, in at least one language."))


class CallForm(PortalModelForm):
    """The call's own fields. Dates and times are those of the university's clocks."""

    opens_at = ZonedMomentField(label=gettext_lazy("Opens"))
    closes_at = ZonedMomentField(label=gettext_lazy("Closes"))
    terms = forms.MultipleChoiceField(
        label=gettext_lazy("Terms"), choices=Term.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    levels = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Levels"), choices=Eqf.choices, coerce=int, required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("None ticked: all levels."),
    )  # fmt: skip
    fields_of_education = forms.CharField(
        label=gettext_lazy("Fields of education"), required=False, max_length=MOST_FIELDS * 6,
        help_text=gettext_lazy(
            "Codes of ISCED-F, with commas between them; 06 holds for all fields within it. Empty: all fields."
        ),
    )  # fmt: skip
    note_en = forms.CharField(
        label=gettext_lazy("What applicants have to know, in English"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )  # fmt: skip
    note_lt = forms.CharField(
        label=gettext_lazy("What applicants have to know, in Lithuanian"), max_length=500, required=False,
        widget=forms.Textarea(attrs={"rows": "3"}),
    )  # fmt: skip

    class Meta:
        model = Call
        fields = [
            "title_en", "title_lt", "summary_en", "summary_lt", "kind", "mode", "academic_year", "programme_starts_on",
            "programme_ends_on", "minimum_participants", "decision_on", "appeal_days", "max_wishes", "minimum_ects",
            "most_earlier_months", "may_take_back", "is_anonymous", "avoids_own_unit", "reviewers_wanted", "offer_days",
            "tie_break_en", "tie_break_lt",
        ]  # fmt: skip
        labels = {
            "title_en": gettext_lazy("Title in English"),
            "title_lt": gettext_lazy("Title in Lithuanian"),
            "summary_en": gettext_lazy("Summary in English"),
            "summary_lt": gettext_lazy("Summary in Lithuanian"),
            "tie_break_en": gettext_lazy("How ties are broken, in English"),
            "tie_break_lt": gettext_lazy("How ties are broken, in Lithuanian"),
        }

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: dict[str, Any] = dict(self.fields)
        for name in ("opens_at", "closes_at"):
            chosen[name].zone = self.instance.university.zone
        chosen["academic_year"] = forms.ChoiceField(
            label=gettext_lazy("Academic year"), choices=year_options(today, self.instance.academic_year)
        )
        self.fields["academic_year"] = chosen["academic_year"]
        for field in chosen.values():
            if isinstance(field, forms.IntegerField):
                _plain_number(field)
        one_language_at_least(self, "title")
        if not self.instance.has_opened:
            del self.fields["note_en"], self.fields["note_lt"]

    def clean_academic_year(self) -> str:
        academic_year(self.cleaned_data["academic_year"])
        return str(self.cleaned_data["academic_year"])

    def clean_fields_of_education(self) -> list[str]:
        """The codes, each known. Raises ValidationError."""
        codes = sorted(
            {code for code in re.split(r"[\s,;]+", self.cleaned_data["fields_of_education"]) if code}
        )
        known = set(FieldOfEducation.objects.filter(pk__in=codes[:MOST_FIELDS]).values_list("pk", flat=True))
        if unknown := [code for code in codes if code not in known]:
            raise ValidationError(_("There is no field with the code %(code)s.") % {"code": unknown[0][:20]})
        return codes

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not (given.get("title_en") or given.get("title_lt")):
            if not {"title_en", "title_lt"} & self.errors.keys():
                self.add_error("title_en", _("Give the call a title, in at least one language."))
        if given.get("opens_at") and given.get("closes_at") and given["closes_at"] <= given["opens_at"]:
            self.add_error("closes_at", _("The call closes before it opens."))
        if given.get("mode") != Mode.INTENSIVE:
            given |= dict.fromkeys(("programme_starts_on", "programme_ends_on", "minimum_participants"))
        else:
            _check_programme(given, self.add_error)
        return given

    def _post_clean(self) -> None:
        """Check each value by its field; what the table demands of the whole is said in `clean`, beside the fields."""
        construct_instance(self, self.instance, self._meta.fields, self._meta.exclude)
        try:
            self.instance.clean_fields(exclude=self._get_validation_exclusions())  # type: ignore[attr-defined]
        except ValidationError as problems:
            self._update_errors(problems)  # type: ignore[attr-defined]


def _check_programme(given: dict[str, Any], refuse: Callable[[str, Any], None]) -> None:
    first, last = given.get("programme_starts_on"), given.get("programme_ends_on")
    if bool(first) != bool(last):
        refuse("programme_ends_on" if first else "programme_starts_on", _("Give the first and the last day."))
    elif first and last and last < first:
        refuse("programme_ends_on", _("The last day comes before the first."))


def _plain_number(field: forms.IntegerField) -> None:
    attrs = {"inputmode": "numeric", "data-width": "short", "autocomplete": "off"}
    kept = {name: value for name, value in field.widget.attrs.items() if name not in ("min", "max", "step")}
    field.widget = forms.TextInput(attrs=kept | attrs)
    field.error_messages["invalid"] = _("Enter a whole number, such as 3.")
